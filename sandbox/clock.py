"""Clocks: the sandbox's time, which may run faster than ours or stand still until told."""

import asyncio
import heapq
import itertools
from datetime import UTC, datetime, timedelta
from time import time as wall_time
from typing import Protocol


class Clock(Protocol):
    """Time as the sandbox sees it."""

    def now(self) -> datetime:
        """The moment, aware, UTC."""

    def time(self) -> float:
        """The moment in seconds since 1970."""

    async def sleep(self, seconds: float) -> None:
        """Return once `seconds` of this clock have passed."""


class SystemClock:
    """The wall's time from its start on, times `speed`; a change of speed never makes it jump."""

    def __init__(self, speed: float = 1.0) -> None:
        """Start at the wall's time; `speed` is sandbox seconds per real second."""
        self._speed = speed
        self._wall_origin = self._origin = wall_time()

    @property
    def speed(self) -> float:
        """Sandbox seconds per real second."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        if not 0.1 <= speed <= 3600:
            raise ValueError("The speed must be between 0.1 and 3600.")
        self._origin, self._wall_origin = self.time(), wall_time()
        self._speed = speed

    def now(self) -> datetime:
        """The moment, aware, UTC."""
        return datetime.fromtimestamp(self.time(), UTC)

    def time(self) -> float:
        """The moment in seconds since 1970."""
        return self._origin + (wall_time() - self._wall_origin) * self._speed

    async def sleep(self, seconds: float) -> None:
        """Return once `seconds` have passed; wakes now and then to notice a change of speed."""
        due = self.time() + seconds
        while (left := due - self.time()) > 0:
            await asyncio.sleep(min(left / self._speed, 0.5))


class ManualClock:
    """Stands still until advance(); sleepers wake one after the other, in order of their due time."""

    def __init__(self, start: datetime | None = None) -> None:
        """Stand at `start` (aware; a fixed day when left out)."""
        self._now = (start or datetime(2026, 3, 2, 9, 0, tzinfo=UTC)).timestamp()
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        """The moment, aware, UTC."""
        return datetime.fromtimestamp(0, UTC) + timedelta(seconds=self._now)

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


async def _let_others_run() -> None:
    """Give every ready task a few turns, so that what was woken can act before time goes on."""
    for _ in range(10):
        await asyncio.sleep(0)
