"""Worker lines: what a service's logs say of killed processes, searched by CloudWatch Logs itself, within bounds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.aws.calls import Calls
from bot.aws.evidence.site import Site
from bot.aws.survey.pacing import Pacing
from bot.aws.trouble import AwsTrouble, Forbidden, Rejected
from bot.domain.aws.task_definition import Container
from bot.domain.diagnosis.evidence import LogLine
from bot.domain.inspection.running import Running
from bot.domain.inspection.worker_kill import TaskLine
from bot.domain.signatures.silent import filter_pattern
from bot.domain.telling.language import say
from bot.domain.telling.masking import cut, masked

MOST_LINES = 2000  # of one container
_MOST_PAGES = 30  # pages may be empty though there is more: AWS searches on
_LONGEST_LINE = 1000  # characters


@dataclass(slots=True)
class Searched:
    """The lines that were found; `is_cut`: there are more; in sentences what could not be searched, and what we may not."""

    lines: list[TaskLine] = field(default_factory=list)
    is_cut: bool = False
    gaps: list[str] = field(default_factory=list)
    forbidden: list[str] = field(default_factory=list)


async def search(
    calls: Calls, pacing: Pacing, running: Running, since: datetime, until: datetime
) -> Searched:
    """The masked lines of all its containers that may tell of a killed process. Never raises an AwsTrouble."""
    found = Searched()
    for container in running.definition.containers:
        log = container.log
        if log is None or log.driver != "awslogs" or not log.group:
            found.gaps.append(_elsewhere(container))
            continue
        site = Site(calls, running.subject.account, log.region or running.subject.region)
        try:
            await _search(pacing, site, container, found, (since, until))
        except Rejected as trouble:
            missing = trouble.code == "ResourceNotFoundException"
            why = say("there is no log group {group}", group=log.group) if missing else str(trouble)
            found.gaps.append(_of(container, why))
        except Forbidden as trouble:
            found.forbidden.append(_of(container, str(trouble)))
        except AwsTrouble as trouble:
            found.gaps.append(_of(container, str(trouble)))
    return found


def _elsewhere(container: Container) -> str:
    """Why CloudWatch Logs has none of its lines."""
    if container.log and container.log.driver:
        return say(
            "container {name}: its log driver is {driver}, so that CloudWatch has no lines of it",
            name=container.name,
            driver=container.log.driver,
        )
    return say(
        "container {name}: it has no log configuration, so that CloudWatch has no lines of it",
        name=container.name,
    )


def _of(container: Container, why: str) -> str:
    return say("container {name}: {why}", name=container.name, why=why)


async def _search(
    pacing: Pacing, site: Site, container: Container, found: Searched, span: tuple[datetime, datetime]
) -> None:
    log, before = container.log, len(found.lines)
    asked: dict[str, Any] = {
        "logGroupName": log.group if log else "",
        "startTime": _ms(span[0]),
        "endTime": _ms(span[1]),
        "filterPattern": filter_pattern(),
    }
    if log and log.stream_prefix:
        asked["logStreamNamePrefix"] = f"{log.stream_prefix}/{container.name}/"
    for _ in range(_MOST_PAGES):
        answer = await pacing.ask(site, "logs", "filter_log_events", **asked)
        found.lines += [_line(container.name, one) for one in answer.get("events", ())]
        if len(found.lines) - before > MOST_LINES:
            break
        if not answer.get("nextToken"):
            return
        asked["nextToken"] = answer["nextToken"]
    found.is_cut = True
    del found.lines[before + MOST_LINES :]


def _line(container: str, event: Mapping[str, Any]) -> TaskLine:
    at = datetime.fromtimestamp(int(event.get("timestamp", 0)) / 1000, UTC)
    task = str(event.get("logStreamName", "")).rpartition("/")[2]
    return TaskLine(task, container, LogLine(at, cut(masked(str(event.get("message", ""))), _LONGEST_LINE)))


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
