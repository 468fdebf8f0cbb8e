"""Pace: keep the calls to Slack under Slack's rates, by waiting before a call instead of being refused after it."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable

from bot.slack.posting import RateLimited

# https://docs.slack.dev/apis/web-api/rate-limits: one message a second and channel; chat.update is tier 3, 50 a minute.
POST_INTERVAL_S = 1.0
UPDATE_INTERVAL_S = 60 / 50
_LONGEST_WAIT_S = 30.0  # leases, readiness and a stop all suffer from a pass that sleeps
_REMEMBERED = 10_000


class Pace:
    """Hands out turns: for one key no two turns are closer than its interval."""

    def __init__(
        self,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Start with every key free; seconds are told by `monotonic` and waited for by `sleep`."""
        self._monotonic = monotonic
        self._sleep = sleep
        self._free_at: dict[Hashable, float] = {}

    async def turn(self, key: Hashable, interval_s: float) -> None:
        """Wait for the next turn of this key; raises RateLimited where that is further off than half a minute."""
        now = self._monotonic()
        at = max(now, self._free_at.get(key, now))
        if at - now > _LONGEST_WAIT_S:
            raise RateLimited(at - now)
        self._forget_the_past(now)
        self._free_at[key] = at + interval_s
        await self._sleep(at - now)

    def hold(self, key: Hashable, seconds: float) -> None:
        """Slack asked to wait: no turn of this key for so long."""
        until = self._monotonic() + seconds
        self._free_at[key] = max(until, self._free_at.get(key, until))

    def _forget_the_past(self, now: float) -> None:
        if len(self._free_at) > _REMEMBERED:
            self._free_at = {key: at for key, at in self._free_at.items() if at > now}
