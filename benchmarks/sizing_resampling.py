"""Resampling: how far a mean might be off because other recordings would have shown another one."""

import random
from collections.abc import Iterable
from statistics import fmean

_TIMES = 1000


def interval(values: Iterable[tuple[str, float]]) -> tuple[float, float]:
    """95 % of the means of recordings drawn with replacement, from pairs of a recording's name and a value of it.

    Kills of one recording are alike, so recordings are drawn and not kills. The draws are the same each time.
    """
    groups: dict[str, list[float]] = {}
    for name, value in values:
        groups.setdefault(name, []).append(value)
    drawn, chance = list(groups.values()), random.Random(1)
    means = sorted(
        fmean(value for group in chance.choices(drawn, k=len(drawn)) for value in group)
        for _ in range(_TIMES)
    )
    return means[round(0.025 * _TIMES)], means[round(0.975 * _TIMES) - 1]
