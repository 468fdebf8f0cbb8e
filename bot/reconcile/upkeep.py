"""Upkeep: resolve what went quiet, end silences, remove what is too old; in small steps."""

from datetime import timedelta

import structlog

from bot.reconcile.bench import Bench
from bot.store import incidents, prune, silences

log = structlog.get_logger(__name__)


class Upkeep:
    """One pass does a little of each; it never asks to be followed at once, except to go on pruning."""

    def __init__(
        self, bench: Bench, *, resolve_after: timedelta, keep_kills: timedelta, keep_deliveries: timedelta
    ) -> None:
        """The spans are the installation's settings."""
        self._bench = bench
        self._db = bench.db
        self._resolve_after = resolve_after
        self._keep_kills = keep_kills
        self._keep_deliveries = keep_deliveries

    async def one_pass(self) -> bool:
        """Do what is due; whether pruning has more to remove."""
        now = self._bench.clock()
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
                self._bench.metrics.kept_up(what, rows)
        return removed > 0
