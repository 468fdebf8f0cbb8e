"""Tallying: count the kills of each day that is over, once, so that a month is answered without reading its kills."""

from collections.abc import Callable
from datetime import datetime

import structlog

from bot.store import tallies
from bot.store.database import Database

log = structlog.get_logger(__name__)

TALLY_S = 300.0  # a day that has changed again and again is not counted oftener


class Tallying:
    """One pass counts what has no tally that holds. Without any, answers are as right, and slower."""

    def __init__(self, db: Database, clock: Callable[[], datetime], *, many: int = tallies.MANY) -> None:
        """Nothing is counted where all the days have fewer than `many` kills: a question reads those as fast.

        Replicas may count the same day; the one whose claim came last keeps it.
        """
        self._db = db
        self._clock = clock
        self._many = many

    async def one_pass(self) -> bool:
        """Count; there is never more to do at once."""
        now = self._clock()
        await self._db.write_aside(tallies.forget_older, now)
        # Each step in a transaction of its own: a change that comes in between is noted against the claim.
        wanted = await self._db.read(tallies.wanted, now, self._many)
        claimed = await self._db.write_aside(tallies.claim, wanted)
        kept = [day for day, name in claimed.items() if await self._count(day, name)]
        if kept:
            log.info("tallies.kept", days=len(kept))
        return False

    async def _count(self, day: int, claimed: int) -> bool:
        counted = await self._db.read(tallies.count, day)
        return await self._db.write_aside(tallies.keep, claimed, day, counted)
