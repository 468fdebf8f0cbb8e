"""Metrics of the reconcilers, for Prometheus."""

from prometheus_client import CollectorRegistry, Counter

from bot.domain.notice import Reason
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
