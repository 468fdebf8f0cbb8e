"""Metrics of what is fetched rather than delivered, for Prometheus."""

from prometheus_client import CollectorRegistry, Counter

_RESULTS = ("recorded", "duplicate", "confirmation", "poison", "left", "unavailable")


class PullMetrics:
    """Counts messages from queues, and what the sweep found."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Every result is there from the start, at zero."""
        self._messages = Counter(
            "oomguard_queue_messages_total", "Messages from SQS, by result", ["result"], registry=registry
        )
        self._recovered = Counter(
            "oomguard_sweep_recovered_total",
            "Kills that the sweep found and no event told of",
            registry=registry,
        )
        self._trouble = Counter(
            "oomguard_pull_trouble_total",
            "Calls to AWS for queues and sweeps that did not work out",
            ["what", "kind"],
            registry=registry,
        )
        for result in _RESULTS:
            self._messages.labels(result)

    def message(self, result: str) -> None:
        """One more message with this result."""
        self._messages.labels(result).inc()

    def recovered(self, kills: int) -> None:
        """So many more kills were recovered."""
        self._recovered.inc(kills)

    def trouble(self, what: str, error: Exception) -> None:
        """A call for `what` (queue, sweep) did not work out."""
        self._trouble.labels(what, type(error).__name__).inc()
