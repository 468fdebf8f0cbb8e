"""Dwellings: how full the containers of living tasks were over the last minutes, from Container Insights' records."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.aws.calls import Calls
from bot.aws.evidence.insights import Insights, Query, Row, is_off
from bot.aws.evidence.performance_log import group, may_ask
from bot.aws.evidence.site import Site
from bot.aws.trouble import AwsTrouble
from bot.domain.inspection.dwelling import Dwelling
from bot.domain.inspection.running import Running
from bot.domain.subject.subject import Subject
from bot.domain.telling.language import say

LOOKED_AT = timedelta(minutes=10)  # of which the last ones are not there yet: records come minutes late
_MOST_ROWS = 10_000  # that one query gives
_QUERY = (
    'filter Type="Container" | stats min(MemoryUtilized) as low, max(MemoryUtilized) as peak, count(*) as minutes '
    "by TaskDefinitionFamily, ServiceName, TaskId, ContainerName | sort peak desc"
)


@dataclass(frozen=True, slots=True)
class Dwellings:
    """Asks one query a cluster, and none of a cluster whose services' own figures tell as much."""

    calls: Calls
    insights: Insights

    async def of(
        self, running: Sequence[Running], *, now: datetime
    ) -> tuple[Mapping[Subject, Sequence[Dwelling]], list[str]]:
        """What is known of them, and in sentences what could not be asked; of clusters without records nothing."""
        clusters: dict[tuple[str, str, str], list[Running]] = defaultdict(list)
        for one in running:
            clusters[one.subject.account, one.subject.region, one.subject.cluster].append(one)
        wanted = {
            place: its for place, its in clusters.items() if any(map(_hides, its)) and may_ask(place[2])
        }
        if not self.insights.is_on:
            return {}, []
        gaps: list[str] = []
        found = await asyncio.gather(*(self._in(place, its, now, gaps) for place, its in wanted.items()))
        return {subject: told for part in found for subject, told in part.items()}, gaps

    async def _in(
        self, place: tuple[str, str, str], running: Sequence[Running], now: datetime, gaps: list[str]
    ) -> Mapping[Subject, Sequence[Dwelling]]:
        account, region, cluster = place
        query = Query(
            group=group(cluster), text=_QUERY, since=now - LOOKED_AT, until=now, most_rows=_MOST_ROWS
        )
        try:
            rows = await self.insights.rows(Site(self.calls, account, region), query)
        except AwsTrouble as trouble:
            if not is_off(trouble):
                gaps.append(say("single containers in {cluster}: {why}", cluster=cluster, why=str(trouble)))
            return {}
        return _by_subject(running, rows)


def _hides(running: Running) -> bool:
    """Whether the service's own figure may hide one container: it is one of all tasks together."""
    return running.desired_count > 1 or len(running.definition.containers) > 1


def _by_subject(running: Iterable[Running], rows: Iterable[Row]) -> Mapping[Subject, Sequence[Dwelling]]:
    """Records name the family, newer ones the service too; else what two of them share is told of neither."""
    owners: dict[str, list[Subject]] = defaultdict(list)
    for one in running:
        owners[one.definition.family].append(one.subject)
    found: dict[Subject, list[Dwelling]] = defaultdict(list)
    for row in rows:
        service, dwelling = row.get("ServiceName", ""), _read(row)
        family = owners.get(row.get("TaskDefinitionFamily", ""), [])
        mine = [one for one in family if service in ("", one.name)]
        if len(mine) == 1 and dwelling is not None:
            found[mine[0]].append(dwelling)
    return found


def _read(row: Row) -> Dwelling | None:
    try:
        return Dwelling(
            task_id=row["TaskId"],
            container=row["ContainerName"],
            low_mib=float(row["low"]),
            peak_mib=float(row["peak"]),
            minutes=int(float(row["minutes"])),
        )
    except (KeyError, ValueError, OverflowError):
        return None
