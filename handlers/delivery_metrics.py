"""Delivery metrics: what came through the SNS door, and what stopped the rest.

What was kept in the letter box counts once more when it is recorded.
"""

from prometheus_client import CollectorRegistry, Counter

_RESULTS = (
    "kept",
    "recorded",
    "duplicate",
    "confirmation",
    "unsubscribed",
    "refused",
    "unauthorized",
    "unverifiable",
    "unavailable",
)


class DeliveryMetrics:
    """Counts deliveries by result, and refusals by the check that refused."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Every result is there from the start, at zero: an alarm on a rate needs a first value."""
        self._deliveries = Counter(
            "oomguard_deliveries",  # the client appends _total
            "Deliveries from SNS, by result.",
            ("result",),
            registry=registry,
        )
        self._refusals = Counter(
            "oomguard_delivery_refusals", "Refused deliveries, by the check.", ("layer",), registry=registry
        )
        for result in _RESULTS:
            self._deliveries.labels(result)

    def count(self, result: str) -> None:
        """One more delivery with this result."""
        self._deliveries.labels(result).inc()

    def count_refusal(self, layer: str) -> None:
        """One more refused delivery."""
        self.count("refused")
        self._refusals.labels(layer).inc()
