"""Task definitions: revisions never change, so each is asked for once."""

from bot.aws.evidence import definition_reading
from bot.aws.evidence.kept import FOR_GOOD, Kept
from bot.aws.evidence.site import Site
from bot.aws.trouble import Rejected
from bot.domain.aws.arn import Arn
from bot.domain.aws.task_definition import TaskDefinition

_MOST_LISTED = 10


class Definitions:
    """Revisions by their ARNs."""

    def __init__(self) -> None:
        """None is known yet."""
        self._known: Kept[TaskDefinition] = Kept(FOR_GOOD)

    async def get(self, site: Site, arn: str) -> TaskDefinition:
        """The revision, active or not. Raises an AwsTrouble."""
        return await self._known.get((site.account, arn), lambda: _describe(site, arn))

    async def before(self, site: Site, arn: str) -> TaskDefinition | None:
        """The family's next lower revision that still exists; None where this is the first. Raises an AwsTrouble."""
        revision = Arn.parse(arn).revision
        if revision is None or revision < 2:
            return None
        stem = arn.rpartition(":")[0]
        try:
            return await self.get(site, f"{stem}:{revision - 1}")
        except Rejected:  # deleted: look for one that was not
            lower = await self._newest_below(site, arn, revision)
            return await self.get(site, lower) if lower else None

    async def _newest_below(self, site: Site, arn: str, revision: int) -> str:
        """Among the family's ten newest active ones; "" where none of them is."""
        family = Arn.parse(arn).name
        answer = await site.ask(
            "ecs", "list_task_definitions", familyPrefix=family, sort="DESC", maxResults=_MOST_LISTED
        )
        listed = [str(one) for one in answer.get("taskDefinitionArns", ())]
        return next((one for one in listed if (Arn.parse(one).revision or revision) < revision), "")


async def _describe(site: Site, arn: str) -> TaskDefinition:
    answer = await site.ask("ecs", "describe_task_definition", taskDefinition=arn)
    return definition_reading.read(answer["taskDefinition"])
