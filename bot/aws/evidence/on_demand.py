"""On demand: the last log lines of a dead container for somebody who has just asked for them."""

from collections.abc import Sequence

from bot.aws.calls import AwsTrouble, Calls
from bot.aws.evidence import jobs
from bot.aws.evidence.definitions import Definitions, is_known
from bot.aws.evidence.log_tail import read_log_tail
from bot.aws.evidence.site import Site
from bot.domain.diagnosis.evidence import Gap, LogLine
from bot.domain.kills.batch_job import is_told_by_batch, job_arn
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
        site, arn = Site.of(self._calls, death.group_key), death.task_definition_arn
        definition = None
        try:
            if is_known(arn):
                definition = await self._definitions.get(site, arn)
        except AwsTrouble as trouble:
            if not is_told_by_batch(death):  # the lines of jobs have a usual place
                return str(trouble)
        found = await read_log_tail(self._calls, death, definition, stream=await _stream(site, death))
        if not isinstance(found, Gap):
            return found
        if not found.permission:
            return found.why
        return say("{why} (needs {permission})", why=found.why, permission=found.permission)


async def _stream(site: Site, death: Death) -> str:
    """As Batch tells it; "" where it is no job's, or Batch does not tell: then the usual name will do."""
    if not (arn := job_arn(death)):
        return ""
    try:
        job = await jobs.look(site, arn)
    except AwsTrouble:
        return ""
    return job.stream(death) if job else ""
