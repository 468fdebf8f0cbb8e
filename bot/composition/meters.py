"""Meters: what a process counts, from its start to its stop, whichever settings are in force meanwhile."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from prometheus_client import CollectorRegistry, generate_latest

from bot.configuration.in_force import ConfigurationMetrics, InForce
from bot.reconcile.metrics import Metrics
from bot.reconcile.pull_metrics import PullMetrics
from bot.store.backlog import Backlog
from handlers.backlog_metrics import BacklogMetrics
from handlers.command_metrics import CommandMetrics
from handlers.delivery_metrics import DeliveryMetrics


@dataclass(frozen=True, slots=True, kw_only=True)
class Meters:
    """All that /metrics tells."""

    registry: CollectorRegistry
    deliveries: DeliveryMetrics
    commands: CommandMetrics
    pulled: PullMetrics
    work: Metrics
    backlog: BacklogMetrics

    @classmethod
    def begin(cls, in_force: InForce) -> Self:
        """All at zero; `in_force` is asked whenever somebody reads them."""
        registry = CollectorRegistry()
        ConfigurationMetrics(registry).follow(in_force)
        return cls(
            registry=registry,
            deliveries=DeliveryMetrics(registry),
            commands=CommandMetrics(registry),
            pulled=PullMetrics(registry),
            work=Metrics(registry),
            backlog=BacklogMetrics(registry),
        )

    def told(self, found: Backlog | None, now: datetime) -> bytes:
        """All in Prometheus's text form, with the backlog as the store has it; None where it does not answer."""
        self.backlog.set(found, now)
        return generate_latest(self.registry)
