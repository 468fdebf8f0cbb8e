"""Quantiles: of many waits, the one that a given part stayed under."""

from collections.abc import Sequence


def quantile(values: Sequence[float], part: float) -> float:
    """The value below which `part` (0 … 1) of them lie; ValueError for none."""
    if not values:
        raise ValueError("nothing was measured")
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def p50_p99_ms(seconds: Sequence[float]) -> tuple[float, float]:
    """Median and 99th percentile in milliseconds."""
    return 1000 * quantile(seconds, 0.5), 1000 * quantile(seconds, 0.99)
