"""Working hours: when the people of a route are at work, by their own wall clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.calendar.window import Window, parse

_DAY_MINUTES = 24 * 60
_LOOKED_AHEAD = 9  # days: a span of last night, today, and the same weekday of the next week


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """Spans of the week (`Mon-Fri 09:00-18:00`, past midnight where they end earlier) in an IANA time zone.

    They follow the wall clock: a day on which clocks change begins at nine all the same.
    """

    spans: tuple[str, ...]
    zone: str = "UTC"

    def include(self, now: datetime) -> bool:
        """Whether somebody is at work at `now` (aware)."""
        return any(begins <= now < ends for begins, ends in self._around(now))

    def next_beginning(self, now: datetime) -> datetime | None:
        """When they begin next after `now` (aware UTC); None where they never do."""
        return min((begins for begins, _ in self._around(now) if begins > now), default=None)

    def _around(self, now: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The spans from yesterday's on, as moments in UTC."""
        zone = ZoneInfo(self.zone)
        today = now.astimezone(zone).date()
        for window in map(parse, self.spans):
            for offset in range(-1, _LOOKED_AHEAD):
                day = today + timedelta(days=offset)
                if day.weekday() in window.days:
                    yield _moments(window, day, zone)


def _moments(window: Window, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    length = (window.end - window.start) % _DAY_MINUTES or _DAY_MINUTES
    return _moment(day, window.start, zone), _moment(day, window.start + length, zone)


def _moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """A wall-clock minute counted from the day's midnight. One that a change of clocks leaves out comes just after."""
    days, rest = divmod(minute, _DAY_MINUTES)
    wall = datetime.combine(day + timedelta(days=days), time(rest // 60, rest % 60), zone)
    return wall.astimezone(UTC)
