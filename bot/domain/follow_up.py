"""Follow-ups: what people do with a new revision that nothing moves to by itself."""

from collections.abc import Iterator

from bot.domain.plan import TargetKind
from bot.domain.resize_facts import Facts

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
    yield f"Whoever names {family} without a revision runs the new one from now on: there is nothing to do."
    where = f" --cluster {cluster}" if cluster else ""
    yield f"In scripts that name a revision: aws ecs run-task{where} --task-definition {NEW_ARN}, all else as before."
    yield f"In Step Functions: set TaskDefinition of the ecs:runTask state to {NEW_ARN}."
    yield f"To go back: run {facts.definition.arn}, which stays active."


def _of_job(facts: Facts) -> Iterator[str]:
    name = facts.target.subject.name
    yield f"Jobs that are submitted as {name}, without a revision, take the new one from now on: there is nothing to do."
    yield "Jobs that were submitted before keep the old one: submit them again."
    yield f"Where a revision is named: aws batch submit-job --job-definition {NEW_ARN}, all else as before."
    yield f"To go back: submit with {facts.definition.arn}, which stays active."
