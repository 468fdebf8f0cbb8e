"""Backlog metrics: how much waits to be shown and how long, as the store knows it when Prometheus asks."""

import math
from datetime import datetime

from prometheus_client import CollectorRegistry, Gauge

from bot.store.backlog import Backlog


class BacklogMetrics:
    """Three gauges, NaN while the store does not answer."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Register the gauges."""
        self._waiting = Gauge(
            "oomguard_notices_waiting", "Notices that Slack does not show truly yet", registry=registry
        )
        self._letters = Gauge(
            "oomguard_letters_waiting",
            "Deliveries in the letter box that wait to be recorded",
            registry=registry,
        )
        self._oldest = Gauge(
            "oomguard_notices_oldest_wait_seconds",
            "How long the notice that waits longest has waited; 0 while none waits",
            registry=registry,
        )

    def set(self, found: Backlog | None, now: datetime) -> None:
        """As the store has it now; None where it did not answer."""
        since = now if found is None else found.since or now
        self._waiting.set(math.nan if found is None else found.waiting)
        self._letters.set(math.nan if found is None else found.letters)
        self._oldest.set(math.nan if found is None else max(0.0, (now - since).total_seconds()))
