"""Definitions: revisions of tasks and of Batch jobs; they never change, so each is asked for once."""

from bot.aws.evidence import definition_reading, job_definition_reading
from bot.aws.evidence.kept import FOR_GOOD, Kept
from bot.aws.evidence.site import Site
from bot.aws.trouble import Rejected
from bot.domain.aws.arn import Arn
from bot.domain.aws.task_definition import TaskDefinition
from bot.domain.telling.language import mark

_MOST_LISTED = 10
_GONE = "ClientException"  # what ECS says of a revision that was deleted; Batch leaves it out of its answer


def is_known(arn: str) -> bool:
    """Whether this is the ARN of a revision that can be asked for."""
    return Arn.parse(arn).kind in {"task-definition", "job-definition"}


class Definitions:
    """Revisions by their ARNs."""

    def __init__(self) -> None:
        """None is known yet."""
        self._known: Kept[TaskDefinition] = Kept(FOR_GOOD)

    async def get(self, site: Site, arn: str) -> TaskDefinition:
        """The revision, active or not. Raises an AwsTrouble."""
        describe = _describe_job if _is_of_job(arn) else _describe
        return await self._known.get((site.account, arn), lambda: describe(site, arn))

    async def before(self, site: Site, arn: str) -> TaskDefinition | None:
        """The family's next lower revision that still exists; None where this is the first. Raises an AwsTrouble."""
        revision = Arn.parse(arn).revision
        if revision is None or revision < 2:
            return None
        stem = arn.rpartition(":")[0]
        try:
            return await self.get(site, f"{stem}:{revision - 1}")
        except Rejected:  # deleted: look for one that was not
            listed = await (_jobs_listed if _is_of_job(arn) else _listed)(site, Arn.parse(arn).name)
            lower = next((one for one in listed if (Arn.parse(one).revision or revision) < revision), "")
            return await self.get(site, lower) if lower else None


def _is_of_job(arn: str) -> bool:
    return Arn.parse(arn).kind == "job-definition"


async def _listed(site: Site, family: str) -> list[str]:
    """The family's ten newest active ones, newest first."""
    answer = await site.ask(
        "ecs", "list_task_definitions", familyPrefix=family, sort="DESC", maxResults=_MOST_LISTED
    )
    return [str(one) for one in answer.get("taskDefinitionArns", ())]


async def _jobs_listed(site: Site, name: str) -> list[str]:
    """Likewise."""
    answer = await site.ask("batch", "describe_job_definitions", jobDefinitionName=name, status="ACTIVE")
    arns = [str(one.get("jobDefinitionArn", "")) for one in answer.get("jobDefinitions", ())]
    return sorted(arns, key=lambda arn: Arn.parse(arn).revision or 0, reverse=True)


async def _describe(site: Site, arn: str) -> TaskDefinition:
    answer = await site.ask("ecs", "describe_task_definition", taskDefinition=arn)
    return definition_reading.read(answer["taskDefinition"])


async def _describe_job(site: Site, arn: str) -> TaskDefinition:
    answer = await site.ask("batch", "describe_job_definitions", jobDefinitions=[arn])
    found = next(iter(answer.get("jobDefinitions", ())), None)
    if found is None:
        raise Rejected(_GONE, mark("Batch does not know this revision any more"))
    return job_definition_reading.read(found)
