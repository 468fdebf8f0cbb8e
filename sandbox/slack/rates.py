"""Rates: how often a method may be called, and a message posted to a channel."""

import math

from sandbox.clock import Clock
from sandbox.slack import limits
from sandbox.slack.refusal import RateLimited


class Bucket:
    """Holds up to `size` tokens and gets `per_second` new ones; each call takes one."""

    def __init__(self, size: float, per_second: float, now: float) -> None:
        """Begin full."""
        self._size, self._per_second = size, per_second
        self._tokens, self._at = size, now

    def take(self, now: float) -> float:
        """Take a token and return 0, or return the seconds until there is one."""
        self._tokens = min(self._size, self._tokens + (now - self._at) * self._per_second)
        self._at = now
        if self._tokens < 1 - 1e-9:
            return (1 - self._tokens) / self._per_second
        self._tokens -= 1
        return 0.0


class Rates:
    """Slack's tiers per method, and its limits per channel for posting."""

    def __init__(self, clock: Clock) -> None:
        """Count on this clock."""
        self._clock = clock
        self._buckets: dict[str, Bucket] = {}

    def tier(self, method: str, tier: int) -> None:
        """Count a call of a tiered method; RateLimited if the minute is used up."""
        per_minute = limits.TIERS[tier]
        self._take(method, per_minute, per_minute / 60)

    def post(self, channel: str) -> None:
        """Count a post to a channel; RateLimited beyond 1 a second and a short burst, or too many in all."""
        self._take(f"channel {channel}", limits.POST_BURST, limits.POSTS_PER_SECOND)
        self._take("posts", limits.POSTS_PER_MINUTE, limits.POSTS_PER_MINUTE / 60)

    def _take(self, key: str, size: float, per_second: float) -> None:
        now = self._clock.time()
        wait = self._buckets.setdefault(key, Bucket(size, per_second, now)).take(now)
        if wait:
            raise RateLimited(math.ceil(wait))
