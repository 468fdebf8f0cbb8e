"""Report periods: when a weekly report is due, and which days a report is about."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

CAUGHT_UP_WITHIN = timedelta(days=1)  # later than that a report is left out: the next one is nearer
_WEEK = 7
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Whole local days, the last one perhaps only so far, and as long a time before to compare with. Aware UTC.

    `edges` are the beginnings of the days in their order, and the end.
    """

    edges: tuple[datetime, ...]
    days: tuple[date, ...]
    before: tuple[datetime, datetime]

    @property
    def since(self) -> datetime:
        """Its beginning."""
        return self.edges[0]

    @property
    def until(self) -> datetime:
        """Its end, which is no part of it."""
        return self.edges[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """Once a week: `weekday` counts from Monday, 0; `at` is told by the clocks of `zone`."""

    weekday: int
    at: time
    zone: tzinfo

    def last_due(self, now: datetime) -> datetime:
        """The latest moment at which a report was due, at or before `now`; UTC.

        An hour that clocks skip is told as they tell it afterwards, one that comes twice the first time.
        """
        today = now.astimezone(self.zone).date()
        days = (today - timedelta(days=back) for back in range(_WEEK + 1))
        return max(at for day in days if day.weekday() == self.weekday and (at := self._on(day)) <= now)

    def period(self, due_at: datetime) -> Period:
        """The seven whole days before the one on which the report is due."""
        return _period(_begin(due_at.astimezone(self.zone).date(), self.zone), _WEEK, self.zone)

    def _on(self, day: date) -> datetime:
        return datetime.combine(day, self.at, tzinfo=self.zone).astimezone(UTC)


def so_far(now: datetime, days: int, zone: tzinfo) -> Period:
    """So many days up to now, today among them; compared with as many days up to the same time of day."""
    return _period(now, days, zone)


def _period(until: datetime, number: int, zone: tzinfo) -> Period:
    last = (until - timedelta(microseconds=1)).astimezone(zone).date()
    days = tuple(last - back * _DAY for back in reversed(range(number)))
    begins = [_begin(day, zone) for day in days]
    until = until.astimezone(UTC)
    compared = (_begin(days[0] - number * _DAY, zone), _local_shift(until, -number, zone))
    return Period(edges=(*begins, until), days=days, before=compared)


def _begin(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def _local_shift(at: datetime, days: int, zone: tzinfo) -> datetime:
    """The same time of day some days on, by the clocks there."""
    return (at.astimezone(zone) + days * _DAY).astimezone(UTC)
