"""Spans: how far measured times reach: `31–33 min`, `45 s to 5 h 20 min`."""

from collections.abc import Sequence

from bot.domain.calendar.duration import rough
from bot.domain.telling.language import say


def spread(seconds: Sequence[float]) -> str:
    """From the shortest to the longest, the unit said once where it is the same; "" for no times at all."""
    if not seconds:
        return ""
    low, high = rough(min(seconds)), rough(max(seconds))
    if low == high:
        return low
    low_parts, high_parts = low.split(" "), high.split(" ")
    if len(low_parts) == len(high_parts) == 2 and low_parts[1] == high_parts[1]:
        return f"{low_parts[0]}–{high}"
    return say("{shortest} to {longest}", shortest=low, longest=high)
