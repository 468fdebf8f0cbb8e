"""Upkeep: resolve what went quiet, end silences, remove what is too old; in small steps."""

from datetime import timedelta

import structlog

from bot.reconcile.bench import Bench
from bot.reconcile.keep import Keep
from bot.store import audit_trail, incidents, prune, silences

log = structlog.get_logger(__name__)

_AUDIT_BATCH = 1000


class Upkeep:
    """One pass does a little of each; it never asks to be followed at once, except to go on pruning."""

    def __init__(self, bench: Bench, *, resolve_after: timedelta, keep: Keep) -> None:
        """The spans are the installation's settings."""
        self._bench = bench
        self._db = bench.db
        self._resolve_after = resolve_after
        self._keep = keep

    async def one_pass(self) -> bool:
        """Do what is due; whether pruning has more to remove."""
        now = self._bench.clock()
        resolved = await self._db.write(incidents.resolve_quiet, now - self._resolve_after, now)
        expired = await self._db.write(silences.expire, now)
        removed = await self._db.write(
            prune.prune,
            kills_before=now - self._keep.kills,
            deliveries_before=now - self._keep.deliveries,
            now=now,
        )
        removed += await self._db.write(audit_trail.forget, now - self._keep.audit, _AUDIT_BATCH)
        for what, rows in (("resolved", resolved), ("silences_ended", len(expired)), ("pruned", removed)):
            if rows:
                log.info("upkeep.done", what=what, rows=rows)
                self._bench.metrics.kept_up(what, rows)
        return removed > 0
