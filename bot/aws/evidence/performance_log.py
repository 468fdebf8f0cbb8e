"""The performance log of Container Insights: one record a minute and container."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.aws.evidence.insights import Insights, Query, Row, quoted
from bot.aws.evidence.site import Site
from bot.aws.evidence.together import Together
from bot.domain.diagnosis.series import Sample, Series, SeriesSource
from bot.domain.telling.language import say

LIFE = timedelta(hours=3)  # the longest stretch before a death that is read minute by minute
_AFTER = timedelta(minutes=2)
_STEP_S, _EARLIER_STEP_S = 60.0, 300.0
_TASK_ID = re.compile(r"[0-9a-f-]{32,36}", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}", re.ASCII)
_ROWS_OF_ONE, _MOST_ROWS = 3000, 10_000  # ten thousand are the most that AWS gives
_STATS = "stats max(MemoryUtilized) as peak, max(MemoryReserved) as reserved by"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lives:
    """Of whom the earlier lives are wanted: a container of a family in a cluster, until a moment."""

    cluster: str
    family: str
    container: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Dead:
    """A task whose memory is wanted, and its end."""

    cluster: str
    task_id: str
    died_at: datetime


def may_ask(cluster: str, *names: str) -> bool:
    """Whether these are names that ECS gives; nothing else gets into a query."""
    return all(_NAME.fullmatch(name) for name in (cluster, *names))


def may_ask_of(task_id: str) -> bool:
    """Whether this is the id of a task."""
    return _TASK_ID.fullmatch(task_id) is not None


class PerformanceLog:
    """Reads it; what is asked at the same time of the same cluster is one query."""

    def __init__(self, insights: Insights) -> None:
        """Nothing was asked yet."""
        self.insights = insights
        self._tasks: Together[Dead, list[Row]] = Together()
        self._families: Together[Lives, list[Row]] = Together()

    async def of_task(self, site: Site, dead: Dead) -> dict[str, Series]:
        """By container, the last three hours of a task, a sample a minute; {} for no data. Raises an AwsTrouble.

        A reservation of 0 means none. Records come minutes late: ask again later where the last ones lack.
        """
        rows = await self._tasks.ask(
            (*_place(site, dead.cluster), dead.died_at.replace(minute=0, second=0, microsecond=0)),
            dead,
            lambda seal: self.insights.rows(site, lambda: _of_tasks(seal())),
        )
        mine = _within(
            (row for row in rows if row.get("TaskId") == dead.task_id),
            dead.died_at - LIFE,
            dead.died_at + _AFTER,
        )
        return {name: _series(its, name, _STEP_S) for name, its in _by(mine, "ContainerName").items() if name}

    async def of_family(self, site: Site, lives: Lives) -> dict[str, Series]:
        """By task id, the lives of one container of a family, a sample every five minutes. Raises an AwsTrouble."""
        rows = await self._families.ask(
            (*_place(site, lives.cluster), lives.until.replace(minute=0, second=0, microsecond=0)),
            lives,
            lambda seal: self.insights.rows(site, lambda: _of_families(seal())),
        )
        whose = (lives.family, lives.container)
        mine = _within(
            (row for row in rows if (row.get("TaskDefinitionFamily"), row.get("ContainerName")) == whose),
            lives.since,
            lives.until,
        )
        return {
            task: _series(its, lives.container, _EARLIER_STEP_S)
            for task, its in _by(mine, "TaskId").items()
            if task
        }


def _place(site: Site, cluster: str) -> tuple[str, str, str]:
    return site.account, site.region, cluster


def _of_tasks(wanted: Sequence[Dead]) -> Query:
    ids = _listed({one.task_id for one in wanted})
    by = "TaskId, ContainerName, bin(1m) as at"
    return Query(
        group=group(wanted[0].cluster),
        text=f'filter Type="Container" and TaskId in {ids} | {_STATS} {by} | sort at desc',
        since=min(one.died_at for one in wanted) - LIFE,
        until=max(one.died_at for one in wanted) + _AFTER,
        most_rows=min(_MOST_ROWS, _ROWS_OF_ONE * len(wanted)),
    )


def _of_families(wanted: Sequence[Lives]) -> Query:
    families = _listed({one.family for one in wanted})
    containers = _listed({one.container for one in wanted})
    whose = f"TaskDefinitionFamily in {families} and ContainerName in {containers}"
    by = "TaskDefinitionFamily, ContainerName, TaskId, bin(5m) as at"
    return Query(
        group=group(wanted[0].cluster),
        text=f'filter Type="Container" and {whose} | {_STATS} {by} | sort at desc',
        since=min(one.since for one in wanted),
        until=max(one.until for one in wanted),
        most_rows=min(_MOST_ROWS, _ROWS_OF_ONE * len(wanted)),
    )


def _listed(names: Iterable[str]) -> str:
    return f"[{', '.join(map(quoted, sorted(names)))}]"


def _within(rows: Iterable[Row], since: datetime, until: datetime) -> Iterator[Row]:
    """Those between the moments; others asked for a longer span."""
    for row in rows:
        at = _moment(row.get("at", ""))
        if at is not None and since <= at <= until:
            yield row


def group(cluster: str) -> str:
    """The log group of a cluster."""
    return f"/aws/ecs/containerinsights/{cluster}/performance"


def _by(rows: Iterable[Row], field: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.get(field, "")].append(row)
    return found


def _series(rows: Sequence[Row], container: str, step_s: float) -> Series:
    samples = sorted(filter(None, map(_sample, rows)), key=lambda sample: sample.at)
    limits = [limit for row in rows if (limit := _number(row.get("reserved", "")))]
    return Series(
        samples=tuple(samples),
        step_s=step_s,
        source=SeriesSource.CONTAINER_INSIGHTS,
        of=say("container {name}", name=container),
        limit_mib=max(limits, default=None),
        container=container,
    )


def _sample(row: Row) -> Sample | None:
    at, peak = _moment(row.get("at", "")), _number(row.get("peak", ""))
    return None if at is None or peak is None else Sample(at, peak)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 <= number < 1e9 else None


def _moment(text: str) -> datetime | None:
    """As Insights prints it, without a zone; or milliseconds."""
    try:
        if text.isdigit():
            return datetime.fromtimestamp(int(text) / 1000, UTC)
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None
