"""Backoff: how long to wait before trying again what failed."""

from datetime import timedelta

_FIRST = timedelta(seconds=2)
LONGEST = timedelta(minutes=5)


def after(attempts: int) -> timedelta:
    """2 s after the first failed attempt (`attempts` 0 or 1), then twice as long each time, 5 minutes at most."""
    return min(LONGEST, _FIRST * (1 << min(max(0, attempts - 1), 10)))
