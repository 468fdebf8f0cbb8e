"""On demand: the last log lines of a dead container for somebody who has just asked for them."""

from collections.abc import Sequence

from bot.aws.calls import AwsTrouble, Calls
from bot.aws.evidence.definitions import Definitions
from bot.aws.evidence.log_tail import read_log_tail
from bot.aws.evidence.site import Site
from bot.domain.aws.arn import Arn
from bot.domain.diagnosis.evidence import Gap, LogLine
from bot.domain.kills.death import Death
from bot.domain.telling.language import say


class LogTails:
    """Reads them anew each time: log lines are kept nowhere."""

    def __init__(self, calls: Calls) -> None:
        """No revision is known yet."""
        self._calls = calls
        self._definitions = Definitions()

    async def of(self, death: Death) -> Sequence[LogLine] | str:
        """The lines, oldest first and masked, or in words why there are none. Never raises."""
        key, arn = death.group_key, death.task_definition_arn
        definition = None
        if Arn.parse(arn).kind == "task-definition":
            try:
                definition = await self._definitions.get(Site.of(self._calls, key), arn)
            except AwsTrouble as trouble:
                return str(trouble)
        found = await read_log_tail(self._calls, key, death, definition)
        if not isinstance(found, Gap):
            return found
        if not found.permission:
            return found.why
        return say("{why} (needs {permission})", why=found.why, permission=found.permission)
