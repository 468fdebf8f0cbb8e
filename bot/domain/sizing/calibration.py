"""Calibration: in how many similar kills a raise was enough, from replays and from what this bot saw itself."""

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.domain.diagnosis.diagnosis import Pattern

MOST_CLAIM = 1 - 1 / 2000

# Multiplier: share of replayed kills in which it was enough to the end of the recording. At 1 none was.
_CREEP = ((1.0, 0.0), (1.1, 0.78), (1.25, 0.90), (1.5, 0.92), (2.0, 0.94), (3.0, 0.98))
_CLIMB = (
    (1.0, 0.0),
    (1.25, 0.38),
    (1.5, 0.50),
    (1.75, 0.61),
    (2.0, 0.72),
    (2.5, 0.85),
    (3.0, 0.90),
    (4.0, 0.95),
)
_CREEP_KILLS, _CLIMB_KILLS = 746, 562
_PRIOR_FAILURES = 5.0  # the table is worth so many failures of our own


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one raise. `climbs` is the shape's; `held` is False where it was killed again.

    Leaks tell nothing of a multiplier: whoever collects outcomes may leave them in, they are not counted.
    """

    pattern: Pattern
    climbs: bool
    multiplier: float
    held: bool


@dataclass(frozen=True, slots=True)
class HitRate:
    """How many raises were enough, of how many, and how many the table had promised."""

    held: int
    total: int
    promised: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """The replay's table, corrected by the outcomes that this bot has seen."""

    outcomes: tuple[Outcome, ...] = ()

    def enough(self, multiplier: float, *, climbs: bool | None) -> float:
        """Probability that so many times the limit is enough; `climbs` is None where the shape is unknown.

        The table's rate of failures times (failures seen + 5) / (failures expected of the same raises + 5): a
        Gamma-Poisson posterior. It never falls as the multiplier grows, and a few outcomes move it little.
        """
        if climbs is None:
            return _mixed(*(self.enough(multiplier, climbs=one) for one in (False, True)))
        failing = (1 - replayed(multiplier, climbs=climbs)) * self._correction(climbs=climbs)
        return min(MOST_CLAIM, max(0.0, 1 - failing))

    def _correction(self, *, climbs: bool) -> float:
        alike = [one for one in _counted(self.outcomes) if one.climbs == climbs]
        seen = sum(not one.held for one in alike)
        expected = math.fsum(1 - replayed(one.multiplier, climbs=climbs) for one in alike)
        return (seen + _PRIOR_FAILURES) / (expected + _PRIOR_FAILURES)

    def hit_rate(self) -> HitRate | None:
        """How well the raises did here, for `/oom stats`; None where none was seen."""
        counted = _counted(self.outcomes)
        if not counted:
            return None
        promised = math.fsum(replayed(one.multiplier, climbs=one.climbs) for one in counted)
        return HitRate(sum(one.held for one in counted), len(counted), promised)


UNTAUGHT = Calibration()
"""The replay's table alone."""


def _counted(outcomes: Iterable[Outcome]) -> Sequence[Outcome]:
    return [one for one in outcomes if one.pattern is not Pattern.LEAK and one.multiplier > 1]


def replayed(multiplier: float, *, climbs: bool | None) -> float:
    """The replay's share, between its multipliers on a straight line; beyond the last, the last."""
    if climbs is None:
        return _mixed(*(replayed(multiplier, climbs=one) for one in (False, True)))
    table = _CLIMB if climbs else _CREEP
    if not multiplier > 1:
        return 0.0
    right = bisect_right(table, (multiplier, 1.0))
    if right == len(table):
        return table[-1][1]
    (low, below), (high, above) = table[right - 1], table[right]
    return below + (above - below) * (multiplier - low) / (high - low)


def _mixed(creep: float, climb: float) -> float:
    return (_CREEP_KILLS * creep + _CLIMB_KILLS * climb) / kills_replayed(climbs=None)


def kills_replayed(*, climbs: bool | None) -> int:
    """How many kills the table rests on; all of them where the shape is unknown."""
    if climbs is None:
        return _CREEP_KILLS + _CLIMB_KILLS
    return _CLIMB_KILLS if climbs else _CREEP_KILLS
