"""Clocks: the sandbox's time, which runs as ours does or stands still until told."""

import asyncio
import heapq
import itertools
from datetime import UTC, datetime
from time import time as wall_time
from typing import Protocol


class Clock(Protocol):
    """Time as the sandbox and the bot see it: stamps, deadlines, retries, rate limits."""

    def now(self) -> datetime:
        """The moment, aware, UTC."""

    def time(self) -> float:
        """The moment in seconds since 1970."""

    async def sleep(self, seconds: float) -> None:
        """Return once `seconds` of this clock have passed."""


class SystemClock:
    """The wall's time."""

    def now(self) -> datetime:
        """The moment, aware, UTC."""
        return datetime.now(UTC)

    def time(self) -> float:
        """The moment in seconds since 1970."""
        return wall_time()

    async def sleep(self, seconds: float) -> None:
        """Return once `seconds` have passed."""
        await asyncio.sleep(seconds)


class ManualClock:
    """Stands still until advance(); sleepers wake one after the other, in order of their due time."""

    def __init__(self, start: datetime | None = None) -> None:
        """Stand at `start` (aware; a fixed day when left out)."""
        self._now = (start or datetime(2026, 3, 2, 9, 0, tzinfo=UTC)).timestamp()
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        """The moment, aware, UTC."""
        return datetime.fromtimestamp(self._now, UTC)

    def time(self) -> float:
        """The moment in seconds since 1970."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Return once advance() has gone `seconds` further."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + seconds, next(self._order), woken))
        await woken

    async def advance(self, seconds: float) -> None:
        """Go `seconds` further; whoever is due on the way wakes at its own time and gets to run."""
        end = self._now + seconds
        await _let_others_run()
        while self._sleepers and self._sleepers[0][0] <= end:
            due, _, woken = heapq.heappop(self._sleepers)
            self._now = max(self._now, due)
            if not woken.done():
                woken.set_result(None)
                await _let_others_run()
        self._now = end
        await _let_others_run()


class Pace:
    """How fast life goes: memory, tasks and deployments may race while stamps and deadlines stay true.

    The bot lives on the wall's time, so only what happens inside the simulated cluster is hurried:
    a clock that ran ahead would make every event look as if it came from the future.
    """

    def __init__(self, clock: Clock, speed: float = 1.0) -> None:
        """Let `speed` seconds of life pass in one second of `clock`; ValueError outside 0.1 … 3600."""
        self._clock = clock
        self.speed = speed

    @property
    def speed(self) -> float:
        """Seconds of life in one second of the clock."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        if not 0.1 <= speed <= 3600:
            raise ValueError("The speed must be between 0.1 and 3600.")
        self._speed = speed

    async def live(self, seconds: float) -> None:
        """Return once `seconds` of life have passed, at the speed of when they began."""
        await self._clock.sleep(seconds / self._speed)


async def _let_others_run() -> None:
    """Give every ready task a few turns, so that what was woken can act before time goes on."""
    for _ in range(10):
        await asyncio.sleep(0)
