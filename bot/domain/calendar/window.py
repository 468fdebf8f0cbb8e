"""Windows: the times of the week at which changes may begin, in UTC: `Mon-Fri 08:00-17:00`."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FORM = re.compile(
    r"(?:(?P<days>[a-z]{3}(?:-[a-z]{3})?(?:,[a-z]{3}(?:-[a-z]{3})?)*)\s+)?"
    r"(?P<start>\d\d:\d\d)-(?P<end>\d\d:\d\d)",
    re.ASCII,
)
_DAY_MINUTES, _WEEK_MINUTES = 24 * 60, 7 * 24 * 60


@dataclass(frozen=True, slots=True)
class Window:
    """Open on these days (0 is Monday) from minute to minute of the day; past midnight where it ends earlier."""

    days: frozenset[int]
    start: int
    end: int

    def has(self, minute: int) -> bool:
        """Whether it is open at this minute of the week."""
        length = (self.end - self.start) % _DAY_MINUTES or _DAY_MINUTES
        return any((minute - day * _DAY_MINUTES - self.start) % _WEEK_MINUTES < length for day in self.days)


def parse(text: str) -> Window:
    """The window that is written as `Mon-Fri 08:00-17:00`, `Sat,Sun 22:00-04:00` or `08:00-24:00` (every day).

    Raise ValueError, in words, for anything else.
    """
    found = _FORM.fullmatch(text.strip().lower())
    if found is None:
        raise ValueError(f"{text!r} is no window: write it as Mon-Fri 08:00-17:00, in UTC")
    start, end = _minutes(found["start"], text), _minutes(found["end"], text)
    if start == end:
        raise ValueError(f"{text!r} is empty: for the whole day write 00:00-24:00")
    return Window(_days(found["days"] or "mon-sun", text), start % _DAY_MINUTES, end % _DAY_MINUTES)


def is_open(windows: Iterable[str], now: datetime) -> bool:
    """Whether changes may begin at `now` (aware UTC); without any window, always."""
    parsed = [parse(one) for one in windows]
    return not parsed or any(one.has(_minute_of_week(now)) for one in parsed)


def next_opening(windows: Sequence[str], now: datetime) -> datetime:
    """When changes may begin: `now` while it is open, else the next beginning of a window (a whole minute)."""
    if is_open(windows, now):
        return now
    minute = _minute_of_week(now)
    starts = [day * _DAY_MINUTES + one.start for one in map(parse, windows) for day in one.days]
    wait = min((start - minute) % _WEEK_MINUTES for start in starts)
    return now.replace(second=0, microsecond=0) + timedelta(minutes=wait)


def _days(text: str, whole: str) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        if first not in DAYS or (last or first) not in DAYS:
            raise ValueError(f"{whole!r} names a day that is none: they are Mon Tue Wed Thu Fri Sat Sun")
        start = DAYS.index(first)
        length = (DAYS.index(last or first) - start) % len(DAYS)
        found |= {(start + step) % len(DAYS) for step in range(length + 1)}
    return frozenset(found)


def _minutes(text: str, whole: str) -> int:
    hours, minutes = map(int, text.split(":"))
    if minutes > 59 or hours * 60 + minutes > _DAY_MINUTES:
        raise ValueError(f"{whole!r} names a time that is none: they go from 00:00 to 24:00")
    return hours * 60 + minutes


def _minute_of_week(now: datetime) -> int:
    return now.weekday() * _DAY_MINUTES + now.hour * 60 + now.minute
