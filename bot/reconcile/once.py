"""Once: tell the operators of a trouble that lasts, not at every pass."""

from datetime import datetime, timedelta

from bot.reconcile.bench import Bench
from bot.store import operator_alerts

_AGAIN_AFTER = timedelta(hours=24)


class Once:
    """Operator alerts, each key at most once a day and process."""

    def __init__(self, bench: Bench) -> None:
        """No key told yet."""
        self._bench = bench
        self._told: dict[str, datetime] = {}

    async def tell(self, key: str, summary: str, detail: str) -> None:
        """Raise the alert unless it was lately. Raises StoreUnavailable."""
        now = self._bench.clock()
        before = self._told.get(key)
        if before is None or now - before >= _AGAIN_AFTER:
            await self._bench.db.write(operator_alerts.raise_alert, key, summary, detail, now)
            self._told[key] = now
