"""Timetable: when a schedule's expression falls due, cron(…) and rate(…) as EventBridge writes them."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_RATE = re.compile(r"rate\(([1-9]\d*) (minute|hour|day)s?\)")
_CRON = re.compile(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)")
_FIELD = re.compile(r"(\*|\?|\d+)(?:-(\d+))?(?:/([1-9]\d*))?")
_MINUTES = {"minute": 1, "hour": 60, "day": 1440}
_MINUTE = timedelta(minutes=1)


def is_played(expression: str) -> bool:
    """Whether it is a rate, or a cron of numbers, ranges, lists and steps (no names, L, W or #)."""
    cron = _CRON.fullmatch(expression)
    parts = [part for field in cron.groups() for part in field.split(",")] if cron else []
    return bool(_RATE.fullmatch(expression)) or bool(parts and all(map(_FIELD.fullmatch, parts)))


def is_due(expression: str, since: datetime, now: datetime, zone: str = "UTC") -> bool:
    """Whether a minute after `since` and up to `now` is one of the expression's; a rate counts from 1970."""
    rate, cron = _RATE.fullmatch(expression), _CRON.fullmatch(expression)
    for minute in _minutes(since, now):
        if rate and int(minute.timestamp() // 60) % (int(rate[1]) * _MINUTES[rate[2]]) == 0:
            return True
        if cron and _matches(cron.groups(), minute.astimezone(ZoneInfo(zone))):
            return True
    return False


def _minutes(since: datetime, now: datetime) -> Iterator[datetime]:
    """Every full minute after `since` and up to `now`."""
    minute = since.replace(second=0, microsecond=0) + _MINUTE
    while minute <= now:
        yield minute
        minute += _MINUTE


def _matches(fields: tuple[str, ...], at: datetime) -> bool:
    """Minute, hour, day, month, day of the week (1 is Sunday), year."""
    values = (at.minute, at.hour, at.day, at.month, at.isoweekday() % 7 + 1, at.year)
    return all(
        any(_holds(part, value) for part in field.split(","))
        for field, value in zip(fields, values, strict=True)
    )


def _holds(part: str, value: int) -> bool:
    found = _FIELD.fullmatch(part)
    if found is None:
        return False
    first, last, step = found.groups()
    if first in "*?":
        return value % int(step or 1) == 0
    least = int(first)
    greatest = int(last) if last else least if step is None else value
    return least <= value <= greatest and (value - least) % int(step or 1) == 0
