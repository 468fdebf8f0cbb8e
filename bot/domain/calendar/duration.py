"""Durations: lengths of time as people type and read them: `90m`, `3h`, `2d`, `1w`."""

import re
from datetime import timedelta

from bot.domain.telling.language import count, say

UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
TYPED = re.compile(
    r"(?P<count>\d{1,6})(?P<unit>m|min|mins|minutes?|h|hrs?|hours?|d|days?|w|wks?|weeks?)", re.ASCII
)


def parse(word: str) -> timedelta | None:
    """What `90m`, `3h`, `2days` or `1w` says; None where the word is no duration."""
    found = TYPED.fullmatch(word.lower())
    return None if found is None else int(found["count"]) * UNITS[found["unit"][0]]


def typed(span: timedelta) -> str:
    """A span as a person would type it, in the largest unit that fits exactly; whole minutes, at least one."""
    number, letter = _whole(span)
    return f"{number}{letter}"


def said(span: timedelta) -> str:
    """A span in words: `3 hours`, `1 week`; like `typed`, which stays as it is typed in every language."""
    number, letter = _whole(span)
    match letter:
        case "w":
            return count(number, "{n} week", "{n} weeks", n=number)
        case "d":
            return count(number, "{n} day", "{n} days", n=number)
        case "h":
            return count(number, "{n} hour", "{n} hours", n=number)
    return count(number, "{n} minute", "{n} minutes", n=number)


def rough(seconds: float) -> str:
    """A measured span for reading at a glance: `45 s`, `31 min`, `5 h 20 min`, `3 d 4 h`."""
    minutes, hours = round(seconds / 60), round(seconds / 3600)
    if seconds < 99.5:
        return say("{seconds} s", seconds=max(0, round(seconds)))
    if minutes < 120:
        return say("{minutes} min", minutes=minutes)
    if minutes < 48 * 60:
        return _two(minutes // 60, minutes % 60)
    if hours % 24:
        return say("{days} d {hours} h", days=hours // 24, hours=hours % 24)
    return say("{days} d", days=hours // 24)


def coarse(seconds: float) -> str:
    """A span in its largest unit alone: `4 h`, not `4 h 16 min`; what is estimated is no more exact than that."""
    minutes, hours = round(seconds / 60), round(seconds / 3600)
    if minutes < 120:
        return rough(seconds)
    return _two(minutes // 60, 0) if minutes < 48 * 60 else say("{days} d", days=hours // 24)


def _two(hours: int, minutes: int) -> str:
    if minutes:
        return say("{hours} h {minutes} min", hours=hours, minutes=minutes)
    return say("{hours} h", hours=hours)


def _whole(span: timedelta) -> tuple[int, str]:
    minutes = max(1, round(span.total_seconds() / 60))
    for letter in ("w", "d", "h"):
        number, left = divmod(minutes, int(UNITS[letter].total_seconds() // 60))
        if number and not left:
            return number, letter
    return minutes, "m"
