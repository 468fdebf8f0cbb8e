"""Seen: what a sizer knows of the past, and weighted percentiles of it."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Seen:
    """A peak, MiB, and when (seconds). A killed one was at its limit."""

    at_s: float
    mib: float
    was_killed: bool = False


def percentile(values: Sequence[tuple[float, float]], share: float) -> float:
    """The smallest value with so much of the weight at or below it; pairs of value and weight."""
    ordered = sorted(values)
    left = share * sum(weight for _, weight in ordered)
    for value, weight in ordered:
        left -= weight
        if left <= 1e-12:
            return value
    return ordered[-1][0]


def aged(seen: Sequence[tuple[float, float]], half_life_s: float) -> list[tuple[float, float]]:
    """Pairs of value and weight from pairs of time and value: half the weight each half-life before the last."""
    newest = seen[-1][0]
    return [(value, 0.5 ** ((newest - at) / half_life_s)) for at, value in seen]
