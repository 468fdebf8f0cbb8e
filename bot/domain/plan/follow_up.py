"""Follow-ups: what people do with a new revision that nothing moves to by itself."""

from collections.abc import Iterator

from bot.domain.plan.plan import TargetKind
from bot.domain.plan.resize_facts import Facts
from bot.domain.telling.language import say

NEW_ARN = "NEW_REVISION_ARN"
"""Stands for the new revision's ARN, which nobody knows before it is registered."""


def steps(facts: Facts) -> tuple[str, ...]:
    """What to do, a sentence or a command each; () where the bot moves the target itself."""
    match facts.target.kind:
        case TargetKind.FAMILY:
            return tuple(_of_family(facts))
        case TargetKind.JOB:
            return tuple(_of_job(facts))
        case _:
            return ()


def filled(step: str, arn: str) -> str:
    """The step with the ARN of the revision that was registered."""
    return step.replace(NEW_ARN, arn)


def _of_family(facts: Facts) -> Iterator[str]:
    family, cluster = facts.definition.family, facts.target.subject.cluster
    yield say(
        "Whoever names {family} without a revision runs the new one from now on: there is nothing to do.",
        family=family,
    )
    where = f" --cluster {cluster}" if cluster else ""
    yield say(
        "In scripts that name a revision: {command}, all else as before.",
        command=f"aws ecs run-task{where} --task-definition {NEW_ARN}",
    )
    yield say("In Step Functions: set TaskDefinition of the ecs:runTask state to {arn}.", arn=NEW_ARN)
    yield say("To go back: run {arn}, which stays active.", arn=facts.definition.arn)


def _of_job(facts: Facts) -> Iterator[str]:
    name = facts.target.subject.name
    yield say(
        "Jobs that are submitted as {name}, without a revision, take the new one from now on: "
        "there is nothing to do.",
        name=name,
    )
    yield say("Jobs that were submitted before keep the old one: submit them again.")
    yield say(
        "Where a revision is named: {command}, all else as before.",
        command=f"aws batch submit-job --job-definition {NEW_ARN}",
    )
    yield say("To go back: submit with {arn}, which stays active.", arn=facts.definition.arn)
