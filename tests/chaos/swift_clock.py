"""A swift clock: the wall's time, but so many times as fast, and the same in all processes that know when it began."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from time import time as wall_time


@dataclass(frozen=True)
class SwiftClock:
    """As the sandbox's clocks are. `origin` is when it showed the wall's time, in seconds since 1970."""

    origin: float
    speed: float

    def now(self) -> datetime:
        """The moment, aware, UTC."""
        return datetime.fromtimestamp(self.time(), UTC)

    def time(self) -> float:
        """The moment in seconds since 1970."""
        return self.origin + (wall_time() - self.origin) * self.speed

    async def sleep(self, seconds: float) -> None:
        """Return once `seconds` of this clock have passed."""
        await asyncio.sleep(seconds / self.speed)
