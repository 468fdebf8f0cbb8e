"""Foreseeing: once a day all services are looked at for near misses and waste, and what was found is kept."""

from datetime import timedelta

import structlog

from bot.reconcile.bench import Bench
from bot.reconcile.outlook import Outlook
from bot.store import report_material, rounds

log = structlog.get_logger(__name__)

ROUND = "foresight"
_EVERY = timedelta(days=1)
_AGAIN_AFTER = timedelta(hours=1)  # where a process died over it, or AWS did not answer at all


class Foreseeing:
    """One pass looks, if it is our turn. What could not be looked at is kept with the rest, and told by reports."""

    def __init__(self, bench: Bench, outlook: Outlook) -> None:
        """Look through this outlook, at the pace of all other looks."""
        self._bench = bench
        self._db = bench.db
        self._outlook = outlook

    async def one_pass(self) -> bool:
        """Always False: the next look is a day off."""
        now = self._bench.clock()
        if not await self._db.read(rounds.is_due, ROUND, now, _EVERY):
            return False
        if await self._db.write(rounds.take, ROUND, now, _AGAIN_AFTER, longest=_EVERY):
            found = await self._outlook.foresee()
            await self._db.write(report_material.keep_foresight, found)
            await self._db.write(rounds.put_off, ROUND, now + _EVERY)
            log.info("foresight.made", services=found.looked_at, near=len(found.near), gaps=len(found.gaps))
        return False
