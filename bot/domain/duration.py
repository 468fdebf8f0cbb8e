"""Durations: lengths of time as people type and read them: `90m`, `3h`, `2d`, `1w`."""

import re
from datetime import timedelta

UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
NAMES = {"m": "minute", "h": "hour", "d": "day", "w": "week"}
TYPED = re.compile(
    r"(?P<count>\d{1,6})(?P<unit>m|min|mins|minutes?|h|hrs?|hours?|d|days?|w|wks?|weeks?)", re.ASCII
)


def parse(word: str) -> timedelta | None:
    """What `90m`, `3h`, `2days` or `1w` says; None where the word is no duration."""
    found = TYPED.fullmatch(word.lower())
    return None if found is None else int(found["count"]) * UNITS[found["unit"][0]]


def typed(span: timedelta) -> str:
    """A span as a person would type it, in the largest unit that fits exactly; whole minutes, at least one."""
    count, letter = _whole(span)
    return f"{count}{letter}"


def said(span: timedelta) -> str:
    """A span in words: `3 hours`, `1 week`; like `typed`."""
    count, letter = _whole(span)
    return f"{count} {NAMES[letter]}{'' if count == 1 else 's'}"


def rough(seconds: float) -> str:
    """A measured span for reading at a glance: `45 s`, `31 min`, `5 h 20 min`, `3 d 4 h`."""
    minutes, hours = round(seconds / 60), round(seconds / 3600)
    if seconds < 99.5:
        return f"{max(0, round(seconds))} s"
    if minutes < 120:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h" + (f" {minutes % 60} min" if minutes % 60 else "")
    return f"{hours // 24} d" + (f" {hours % 24} h" if hours % 24 else "")


def _whole(span: timedelta) -> tuple[int, str]:
    minutes = max(1, round(span.total_seconds() / 60))
    for letter in ("w", "d", "h"):
        count, left = divmod(minutes, int(UNITS[letter].total_seconds() // 60))
        if count and not left:
            return count, letter
    return minutes, "m"
