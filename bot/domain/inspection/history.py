"""Histories: how full a service's tasks were, in per cent of what they reserve, over hours and over minutes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.inspection.dwelling import Dwelling
from bot.domain.inspection.running import Running
from bot.domain.sizing.tail import Peak

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Reading:
    """The Maximum of one period in per cent of the reservation; `at` is the period's beginning, aware UTC."""

    at: datetime
    percent: float


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """One service's readings, oldest first: `hours` a reading an hour, `minutes` the last of them one a minute.

    `dwellings`: its tasks' containers one by one over the last minutes, where Container Insights records them.
    """

    running: Running
    hours: tuple[Reading, ...] = ()
    minutes: tuple[Reading, ...] = ()
    dwellings: tuple[Dwelling, ...] = ()

    def peak(self, since: datetime, until: datetime | None = None) -> Reading | None:
        """The fullest reading of that time; None where there is none: that is no data, not no problem."""
        readings = [
            one
            for one in (*self.minutes, *self.hours)  # of equal ones the one whose time is known to the minute
            if one.at >= since and (until is None or one.at < until) and math.isfinite(one.percent)
        ]
        return max(readings, key=lambda one: one.percent, default=None)

    def is_to_the_minute(self, reading: Reading) -> bool:
        """Whether its time is known to the minute; else it was in the hour from `at`."""
        return reading in self.minutes

    def mib(self, reading: Reading) -> float | None:
        """The reading as MiB of one task; None where nobody knows what the per cent are of."""
        reserved = self.running.reserved_mib
        return None if reserved is None else reading.percent * reserved / 100

    def share(self, reading: Reading) -> float:
        """The reading as a share of the limit, of the reservation where there is no limit: 1.0 is full."""
        used, limit = self.mib(reading), self.running.limit_mib
        return reading.percent / 100 if used is None or not limit else used / limit


def daily_peaks(history: History, now: datetime) -> Sequence[Peak]:
    """The largest use of each whole day (24 h back from now) that has readings, in MiB, oldest first."""
    days: dict[int, float] = {}
    for reading in history.hours:
        used, day = history.mib(reading), max(0, -((reading.at - now) // _DAY) - 1)
        if used is not None and math.isfinite(used):
            days[day] = max(used, days.get(day, 0.0))
    return [Peak(days[day]) for day in sorted(days, reverse=True)]
