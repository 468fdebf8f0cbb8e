"""Histories: AWS/ECS MemoryUtilization of many services, in as few calls of GetMetricData as it takes."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.aws.calls import Calls
from bot.aws.evidence.site import Site
from bot.aws.survey.pacing import Pacing
from bot.aws.trouble import AwsTrouble
from bot.domain.inspection.history import History, Reading
from bot.domain.inspection.near import STUCK_LOOKED_AT
from bot.domain.inspection.running import Running
from bot.domain.subject.group_key import OwnerKind
from bot.domain.subject.subject import Subject
from bot.domain.telling.language import say

_QUERIES, _POINTS = 500, 100_800  # that one GetMetricData takes and gives
_MOST_PAGES = 20
_HOUR, _MINUTE = timedelta(hours=1), timedelta(minutes=1)

_Found = dict[Subject, tuple[Reading, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stretch:
    """A time to ask for, and its period."""

    begin: datetime
    end: datetime
    step: timedelta


@dataclass(frozen=True, slots=True)
class Histories:
    """Asks CloudWatch for many services."""

    calls: Calls
    pacing: Pacing

    async def of(
        self, running: Sequence[Running], *, now: datetime, back: timedelta, with_minutes: bool = True
    ) -> tuple[list[History], list[str]]:
        """One for each, empty where there is no data; and in sentences what could not be asked."""
        gaps: dict[str, None] = {}
        full_hour = now.replace(minute=0, second=0, microsecond=0)
        hours = _Stretch(begin=full_hour - back + _HOUR, end=now, step=_HOUR)
        minutes = _Stretch(begin=now - STUCK_LOOKED_AT, end=now, step=_MINUTE)
        by_hour = await self._all(running, hours, gaps)
        by_minute = await self._all(running, minutes, gaps) if with_minutes else {}
        return [
            History(running=one, hours=by_hour.get(one.subject, ()), minutes=by_minute.get(one.subject, ()))
            for one in running
        ], list(gaps)

    async def _all(self, running: Iterable[Running], stretch: _Stretch, gaps: dict[str, None]) -> _Found:
        places: dict[tuple[str, str], list[Subject]] = defaultdict(list)
        for one in running:
            if one.subject.kind is OwnerKind.SERVICE:
                places[one.subject.account, one.subject.region].append(one.subject)
        most = max(1, min(_QUERIES, _POINTS // ((stretch.end - stretch.begin) // stretch.step + 1)))
        batches = [
            (Site(self.calls, *place), subjects[start : start + most])
            for place, subjects in places.items()
            for start in range(0, len(subjects), most)
        ]
        found = await asyncio.gather(*(self._batch(*batch, stretch, gaps) for batch in batches))
        return {subject: readings for part in found for subject, readings in part.items()}

    async def _batch(
        self, site: Site, subjects: Sequence[Subject], stretch: _Stretch, gaps: dict[str, None]
    ) -> _Found:
        asked: dict[str, Any] = {
            "MetricDataQueries": [_query(number, one, stretch.step) for number, one in enumerate(subjects)],
            "StartTime": stretch.begin,
            "EndTime": stretch.end,
            "ScanBy": "TimestampAscending",
        }
        found: dict[Subject, list[Reading]] = defaultdict(list)
        try:
            for _ in range(_MOST_PAGES):
                answer = await self.pacing.ask(site, "cloudwatch", "get_metric_data", **asked)
                for result in answer.get("MetricDataResults", ()):
                    found[subjects[int(str(result["Id"])[1:])]] += _readings(result)
                if not answer.get("NextToken"):
                    break
                asked["NextToken"] = answer["NextToken"]
        except AwsTrouble as trouble:
            gap = say(
                "memory history in {account} {region}: {why}",
                account=site.account,
                region=site.region,
                why=trouble,
            )
            gaps[gap] = None
        return {subject: tuple(sorted(readings, key=_at)) for subject, readings in found.items()}


def _query(number: int, subject: Subject, step: timedelta) -> dict[str, Any]:
    names = {"ClusterName": subject.cluster, "ServiceName": subject.name}
    metric = {
        "Namespace": "AWS/ECS",
        "MetricName": "MemoryUtilization",
        "Dimensions": [{"Name": name, "Value": value} for name, value in names.items()],
    }
    stat = {"Metric": metric, "Period": int(step.total_seconds()), "Stat": "Maximum"}
    return {"Id": f"s{number}", "MetricStat": stat}


def _readings(result: Mapping[str, Any]) -> list[Reading]:
    pairs = zip(result.get("Timestamps", ()), result.get("Values", ()), strict=False)
    return [Reading(at.astimezone(UTC), float(value)) for at, value in pairs]


def _at(reading: Reading) -> datetime:
    return reading.at
