"""Upkeep: resolve what went quiet, end silences, remove what is too old; in small steps."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.reconcile.metrics import Metrics
from bot.store import incidents, prune, silences
from bot.store.database import Database

log = structlog.get_logger(__name__)


class Upkeep:
    """One pass does a little of each; it never asks to be followed at once, except to go on pruning."""

    def __init__(
        self,
        db: Database,
        *,
        resolve_after: timedelta,
        keep_kills: timedelta,
        keep_deliveries: timedelta,
        metrics: Metrics,
        clock: Callable[[], datetime],
    ) -> None:
        """The spans are the installation's settings."""
        self._db = db
        self._resolve_after = resolve_after
        self._keep_kills = keep_kills
        self._keep_deliveries = keep_deliveries
        self._metrics = metrics
        self._clock = clock

    async def one_pass(self) -> bool:
        """Do what is due; whether pruning has more to remove."""
        now = self._clock()
        resolved = await self._db.write(incidents.resolve_quiet, now - self._resolve_after, now)
        expired = await self._db.write(silences.expire, now)
        removed = await self._db.write(
            prune.prune,
            kills_before=now - self._keep_kills,
            deliveries_before=now - self._keep_deliveries,
            now=now,
        )
        for what, rows in (("resolved", resolved), ("silences_ended", len(expired)), ("pruned", removed)):
            if rows:
                log.info("upkeep.done", what=what, rows=rows)
                self._metrics.kept_up(what, rows)
        return removed > 0
