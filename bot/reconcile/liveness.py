"""Liveness: say that we are alive, and take over the leases of who has stopped saying so."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog

from bot.reconcile.bench import Bench
from bot.store import workers
from bot.store.database import StoreUnavailable

log = structlog.get_logger(__name__)

BEAT_S = 2.0
_DEAD_AFTER = timedelta(seconds=10)
_AWAY_AFTER = timedelta(seconds=5)  # who has not looked for so long cannot tell whether others were silent


class Liveness:
    """One pass is one beat. Others are judged by their counters and our clock alone: no clocks are compared."""

    def __init__(self, bench: Bench) -> None:
        """Nobody has been watched yet."""
        self._bench = bench
        self._db = bench.db
        self._seen: dict[str, tuple[int, datetime]] = {}  # how many beats, and since when as many
        self._looked_at: datetime | None = None

    async def one_pass(self) -> bool:
        """Beat, and bury who is dead; there is never more to do at once."""
        try:
            await self._look(await self._db.write_aside(workers.beat, self._bench.worker))
        except StoreUnavailable as error:
            # A pass that fails puts off the next one: we would be silent for longer than the store is away.
            log.warning("worker.beat_missed", error=str(error))
        return False

    async def _look(self, beats: Mapping[str, int]) -> None:
        now = self._bench.clock()
        if self._looked_at is None or now - self._looked_at > _AWAY_AFTER:
            self._seen = {}
        self._looked_at = now
        self._seen = {name: self._since(name, count, now) for name, count in beats.items()}
        silent = {name: count for name, (count, since) in self._seen.items() if now - since >= _DEAD_AFTER}
        if silent:
            for worker, leases in (await self._db.write(workers.bury, silent)).items():
                log.warning("worker.dead", worker=worker, leases=leases)

    def _since(self, name: str, count: int, now: datetime) -> tuple[int, datetime]:
        before = self._seen.get(name)
        return before if before is not None and before[0] == count else (count, now)
