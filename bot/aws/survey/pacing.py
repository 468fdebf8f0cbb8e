"""Pacing: how fast a survey asks AWS, whose rates it shares with everybody's deployments."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.aws.evidence.site import Site
from bot.aws.trouble import Unreachable

Sleep = Callable[[float], Awaitable[object]]

_AT_ONCE = 4  # of the eight lanes of an account: an investigation passes us
_ATTEMPTS = 3  # besides those that boto3 makes
_REST_S = 2.0

# Calls a second, half of what AWS refills (ecs.md §6) or less.
_RATES: Mapping[str, float] = {
    "describe_task_definition": 10.0,
    "filter_log_events": 2.0,
    "get_metric_data": 10.0,
}
_RATE = 10.0  # of all others


class Pacing:
    """Asks at most so often, a few at a time, and slows down when AWS says so. For all surveys of a process."""

    def __init__(self, *, sleep: Sleep = asyncio.sleep, clock: Callable[[], float] = time.monotonic) -> None:
        """Nothing was asked yet."""
        self._sleep = sleep
        self._clock = clock
        self._next: dict[tuple[str, str, str], float] = {}
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def ask(
        self, site: Site, service: str, operation: str, /, **arguments: object
    ) -> Mapping[str, Any]:
        """Call one operation in its turn; again after a rest where AWS asks to slow down. Raises an AwsTrouble."""
        async with self._places:
            for attempt in range(1, _ATTEMPTS):
                await self._turn(site, operation)
                try:
                    return await site.ask(service, operation, **arguments)
                except Unreachable:
                    await self._sleep(_REST_S * attempt)
            await self._turn(site, operation)
            return await site.ask(service, operation, **arguments)

    async def rest(self, seconds: float) -> None:
        """Let time go by, by the same clock."""
        await self._sleep(seconds)

    async def _turn(self, site: Site, operation: str) -> None:
        bucket, now = (site.account, site.region, operation), self._clock()
        at = max(now, self._next.get(bucket, now))
        self._next[bucket] = at + 1 / _RATES.get(operation, _RATE)
        if at > now:
            await self._sleep(at - now)
