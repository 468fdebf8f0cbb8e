"""The performance log of Container Insights: one record a minute and container."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.aws.evidence.insights import Insights, Query, Row, quoted
from bot.aws.evidence.site import Site
from bot.domain.series import Sample, Series, SeriesSource

LIFE = timedelta(hours=3)  # the longest stretch before a death that is read minute by minute
_AFTER = timedelta(minutes=2)
_STEP_S, _EARLIER_STEP_S = 60.0, 300.0
_TASK_ID = re.compile(r"[0-9a-f-]{32,36}", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}", re.ASCII)
_STATS = "stats max(MemoryUtilized) as peak, max(MemoryReserved) as reserved by"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lives:
    """Of whom the earlier lives are wanted: a container of a family in a cluster, until a moment."""

    cluster: str
    family: str
    container: str
    since: datetime
    until: datetime


def may_ask(cluster: str, *names: str) -> bool:
    """Whether these are names that ECS gives; nothing else gets into a query."""
    return all(_NAME.fullmatch(name) for name in (cluster, *names))


def may_ask_of(task_id: str) -> bool:
    """Whether this is the id of a task."""
    return _TASK_ID.fullmatch(task_id) is not None


async def of_task(
    insights: Insights, site: Site, cluster: str, task_id: str, died_at: datetime
) -> dict[str, Series]:
    """By container, the last three hours of a task, a sample a minute; {} for no data. Raises an AwsTrouble.

    A reservation of 0 means none. Records come minutes late: ask again later where the last ones lack.
    """
    text = f'filter Type="Container" and TaskId={quoted(task_id)} | {_STATS} ContainerName, bin(1m) as at'
    rows = await insights.rows(
        site,
        Query(
            group=group(cluster), text=f"{text} | sort at desc", since=died_at - LIFE, until=died_at + _AFTER
        ),
    )
    return {
        name: _series(mine, f"container {name}", _STEP_S)
        for name, mine in _by(rows, "ContainerName").items()
        if name
    }


async def of_family(insights: Insights, site: Site, lives: Lives) -> dict[str, Series]:
    """By task id, the lives of one container of a family, a sample every five minutes. Raises an AwsTrouble."""
    text = (
        f'filter Type="Container" and TaskDefinitionFamily={quoted(lives.family)} '
        f"and ContainerName={quoted(lives.container)} | {_STATS} TaskId, bin(5m) as at | sort at desc"
    )
    query = Query(group=group(lives.cluster), text=text, since=lives.since, until=lives.until)
    rows = await insights.rows(site, query)
    return {
        task: _series(mine, f"container {lives.container}", _EARLIER_STEP_S)
        for task, mine in _by(rows, "TaskId").items()
        if task
    }


def group(cluster: str) -> str:
    """The log group of a cluster."""
    return f"/aws/ecs/containerinsights/{cluster}/performance"


def _by(rows: Iterable[Row], field: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.get(field, "")].append(row)
    return found


def _series(rows: Sequence[Row], of: str, step_s: float) -> Series:
    samples = sorted(filter(None, map(_sample, rows)), key=lambda sample: sample.at)
    limits = [limit for row in rows if (limit := _number(row.get("reserved", "")))]
    return Series(
        samples=tuple(samples),
        step_s=step_s,
        source=SeriesSource.CONTAINER_INSIGHTS,
        of=of,
        limit_mib=max(limits, default=None),
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
