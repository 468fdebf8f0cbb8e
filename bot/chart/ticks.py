"""Ticks: the few places of an axis that are labelled: round numbers, and round times of the day."""

import math
from datetime import datetime

from bot.domain.telling.language import say

_STEPS_S = (60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800, 1209600)


def time_ticks(begin_s: float, end_s: float, zero: datetime, most: int = 4) -> list[float]:
    """At most so many seconds after `zero` that are round times of its day."""
    step = next((one for one in _STEPS_S if (end_s - begin_s) / one <= most), _STEPS_S[-1])
    midnight = (zero - zero.replace(hour=0, minute=0, second=0, microsecond=0)).total_seconds()
    return _multiples(begin_s + midnight, end_s + midnight, step, -midnight)[:most]


def countdown_ticks(begin_s: float, most: int = 4) -> list[float]:
    """At most so many round times before 0, and 0; `begin_s` is negative."""
    step = next((one for one in _STEPS_S if -begin_s / one <= most), _STEPS_S[-1])
    return _multiples(begin_s, 0, step, 0)[-most - 1 :]


def countdown_label(seconds: float) -> str:
    """`0`, `−30 min`, `−2 h`, `−3 d`."""
    if seconds and seconds % 86400 == 0:
        return say("−{days} d", days=f"{-seconds / 86400:.0f}")
    if seconds and seconds % 3600 == 0:
        return say("−{hours} h", hours=f"{-seconds / 3600:.0f}")
    if seconds and seconds % 60 == 0:
        return say("−{minutes} min", minutes=f"{-seconds / 60:.0f}")
    return f"{seconds:.0f}"


def amount_ticks(top: float, most: int = 4) -> list[float]:
    """At most so many multiples of 64 · 2ⁿ MiB above 0, and 0; of less where there is less."""
    step = 2.0 ** math.floor(math.log2(max(top, 8) / most))
    while top / step > most:
        step *= 2
    return _multiples(0, top, step, 0)


def _multiples(begin: float, end: float, step: float, offset: float) -> list[float]:
    first, last = math.ceil(begin / step), math.floor(end / step)
    return [number * step + offset for number in range(first, last + 1)]
