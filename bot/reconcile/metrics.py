"""Metrics of the reconcilers, for Prometheus."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from bot.domain.diagnosis.evidence import Gap
from bot.domain.incident.notice import Reason
from bot.slack.posting import SlackTrouble


class Metrics:
    """Counts what was shown and what went wrong on the way."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Register the counters."""
        self._shown = Counter(
            "oomguard_notices_shown_total",
            "Notices posted or updated in Slack",
            ["reason"],
            registry=registry,
        )
        self._trouble = Counter(
            "oomguard_slack_trouble_total",
            "Calls to Slack that did not work out",
            ["kind"],
            registry=registry,
        )
        self._passed = Counter(
            "oomguard_upkeep_total",
            "Rows that upkeep resolved, expired or removed",
            ["what"],
            registry=registry,
        )

        self._examined = Counter(
            "oomguard_failures_examined_total",
            "Failures whose last log lines were to be looked at",
            ["result"],
            registry=registry,
        )

        self._register_investigations(registry)
        self._register_resizes(registry)

    def _register_investigations(self, registry: CollectorRegistry) -> None:
        self._investigations = Counter(
            "oomguard_investigations_total",
            "Looks into incidents, by what came of them",
            ["result"],
            registry=registry,
        )
        self._gaps = Counter(
            "oomguard_investigation_gaps_total",
            "What could not be looked at in investigations",
            ["source"],
            registry=registry,
        )
        self._seconds = Histogram(
            "oomguard_investigation_seconds",
            "How long it took to look into an incident",
            buckets=(0.5, 1, 1.5, 2.5, 5, 10, 20),
            registry=registry,
        )
        self._in_flight = Gauge(
            "oomguard_investigations_in_flight",
            "Incidents that are being looked into",
            registry=registry,
        )

    def _register_resizes(self, registry: CollectorRegistry) -> None:
        self._resize_steps = Counter(
            "oomguard_resize_steps_total",
            "Steps of resizes that were tried in AWS",
            ["step", "result"],
            registry=registry,
        )

    def investigated(self, gaps: Iterable[Gap], seconds: float) -> None:
        """A look led to a diagnosis."""
        self._investigations.labels(result="made").inc()
        self._seconds.observe(seconds)
        for gap in gaps:
            self._gaps.labels(source=gap.source.value).inc()

    def not_investigated(self, result: str) -> None:
        """A look led to none: `failed`, or `poorer` than what was known."""
        self._investigations.labels(result=result).inc()

    def under_way(self, investigations: int) -> None:
        """So many incidents are being looked into."""
        self._in_flight.set(investigations)

    def resize_step(self, step: str, *, is_unknown: bool) -> None:
        """AWS answered to a step of a resize, or nobody knows what it did."""
        self._resize_steps.labels(step=step, result="unknown" if is_unknown else "answered").inc()

    def shown(self, reason: Reason) -> None:
        """A notice was shown for this reason."""
        self._shown.labels(reason=reason.name.lower()).inc()

    def trouble(self, trouble: SlackTrouble) -> None:
        """A call to Slack did not work out."""
        self._trouble.labels(kind=type(trouble).__name__).inc()

    def kept_up(self, what: str, rows: int) -> None:
        """Upkeep did something to so many rows."""
        self._passed.labels(what=what).inc(rows)

    def examined(self, result: str) -> None:
        """A failure's log spoke of memory, spoke of something else, or could not be read."""
        self._examined.labels(result=result).inc()
