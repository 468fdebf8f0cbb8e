"""Log tails: the last lines of a container that died, from CloudWatch Logs; secrets are masked before anybody sees them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.aws import tasks
from bot.aws.calls import Calls
from bot.aws.evidence.gaps import LIMIT_S, Gaps
from bot.aws.evidence.job_definition_reading import LOG_GROUP
from bot.aws.evidence.site import Site
from bot.aws.trouble import Rejected
from bot.domain.aws.arn import Arn
from bot.domain.aws.task_definition import LogRoute, TaskDefinition
from bot.domain.diagnosis.evidence import Gap, LogLine, Source
from bot.domain.kills.batch_job import SOLE_CONTAINER
from bot.domain.kills.death import Death
from bot.domain.subject.group_key import OwnerKind
from bot.domain.telling.language import say
from bot.domain.telling.masking import cut, masked

MOST_LINES = 200
_LONGEST_LINE = 2000  # characters
_BACK = timedelta(hours=1)
_AFTER = timedelta(minutes=1)
_MOST_PAGES = 3  # a page may be empty though there is more


@dataclass(frozen=True, slots=True)
class _Stream:
    """Where lines are."""

    group: str
    name: str
    region: str


async def read_log_tail(
    calls: Calls,
    death: Death,
    definition: TaskDefinition | None,
    *,
    stream: str = "",
    limit_s: float = LIMIT_S,
) -> tuple[LogLine, ...] | Gap:
    """The last lines of the container before its death, oldest first, or why there are none. Never raises.

    `stream`: its log stream, where somebody has told it. Since 2025 awslogs drops lines rather than blocking: that a
    line is missing proves nothing.
    """
    gaps = Gaps(limit_s)
    site = Site.of(calls, death.group_key)
    found = await gaps.within(Source.LOGS, _read(site, death, definition, stream))
    return gaps.found[0] if found is None else found


async def _read(
    site: Site, death: Death, definition: TaskDefinition | None, told: str
) -> tuple[LogLine, ...] | Gap:
    stream = await _stream(site, death, definition, told)
    if isinstance(stream, str):
        return Gap(source=Source.LOGS, why=stream)
    try:
        lines = await _last(Site(site.calls, site.account, stream.region), stream, death.died_at)
    except Rejected as trouble:
        if trouble.code != "ResourceNotFoundException":
            raise
        why = say("there is no log stream {name} in {group}", name=stream.name, group=stream.group)
        return Gap(source=Source.LOGS, why=why)
    return lines or Gap(source=Source.LOGS, why=say("the container wrote nothing in its last hour"))


async def _stream(site: Site, death: Death, definition: TaskDefinition | None, told: str) -> _Stream | str:
    """Where the container's lines are, or in words why nobody can tell."""
    key, task = death.group_key, Arn.parse(death.task_arn)
    if not task.is_task:
        return say("there is no task whose log could be read")
    container = definition.container(death.container) if definition else None
    if container is None and key.kind is OwnerKind.JOB:  # where Batch puts the lines of all jobs by itself
        usual = f"{key.name}/{death.container or SOLE_CONTAINER}/{task.name}"
        return _Stream(LOG_GROUP, told or usual, key.region)
    if container is None:
        return say("its log configuration is not known")
    if container.log is None:
        return say("the container has no log configuration")
    return await _awslogs(site, death, container.log, told)


async def _awslogs(site: Site, death: Death, log: LogRoute, told: str) -> _Stream | str:
    if log.driver == "awsfirelens":
        return say("FireLens sends the log where its own configuration says: it cannot be read here")
    if not log.driver:
        return say("the log driver of the container keeps its lines elsewhere: they cannot be read here")
    if log.driver != "awslogs" or not log.group:
        return say(
            "the log driver {driver} keeps its lines elsewhere: they cannot be read here", driver=log.driver
        )
    task = Arn.parse(death.task_arn)
    region = log.region or site.region
    if told or log.stream_prefix:
        return _Stream(log.group, told or f"{log.stream_prefix}/{death.container}/{task.name}", region)
    runtime_id = await _runtime_id(site, death, task.cluster or death.group_key.cluster)
    if not runtime_id:
        return say("its log stream is named after the Docker container, which ECS no longer tells")
    return _Stream(log.group, runtime_id, region)


async def _runtime_id(site: Site, death: Death, cluster: str) -> str:
    task = await tasks.describe(site.calls, region=site.region, cluster=cluster, task_arn=death.task_arn)
    containers = (task or {}).get("containers", ())
    return next(
        (str(one.get("runtimeId", "")) for one in containers if one.get("name") == death.container), ""
    )


async def _last(site: Site, stream: _Stream, died_at: datetime) -> tuple[LogLine, ...]:
    """The newest lines around the death. Raises an AwsTrouble."""
    asked: dict[str, Any] = {
        "logGroupName": stream.group,
        "logStreamName": stream.name,
        "startTime": _ms(died_at - _BACK),
        "endTime": _ms(died_at + _AFTER),
        "startFromHead": False,
        "limit": MOST_LINES,
    }
    for _ in range(_MOST_PAGES):
        answer = await site.ask("logs", "get_log_events", **asked)
        if events := answer.get("events", ()):
            return tuple(_line(event) for event in events)
        if answer.get("nextBackwardToken") in (None, asked.get("nextToken")):
            break
        asked["nextToken"] = answer["nextBackwardToken"]
    return ()


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _line(event: Mapping[str, Any]) -> LogLine:
    at = datetime.fromtimestamp(int(event.get("timestamp", 0)) / 1000, UTC)
    return LogLine(at, cut(masked(str(event.get("message", ""))), _LONGEST_LINE))
