"""Calibration: in how many similar kills a raise was enough, from replays and from what this bot saw itself."""

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.diagnosis.diagnosis import Pattern
from bot.domain.diagnosis.shape import Shape

MOST_CLAIM = 1 - 1 / 2000


class Alike(StrEnum):
    """Which replayed kills a kill is like."""

    ANY = "any"  # nobody saw how it came to its limit
    CREEP = "creep"  # close to it for the last hour
    CLIMB = "climb"  # from below, no more is known: the two that follow together
    SLOPE = "slope"  # from little below, or slowly
    BURST = "burst"  # within half an hour, from well below


# Multiplier: share of replayed kills in which it was enough to the end of the recording. At 1 none was.
# Creep and climb: 1,308 kills. What tells a slope and a burst from a climb: the 266 climbs of the half of these recordings
# that was at hand, shrunk as if 30 recordings more had shown no difference; mixed as they came, they make the climb.
_SHARES = {
    Alike.CREEP: ((1.0, 0.0), (1.1, 0.78), (1.25, 0.90), (1.5, 0.92), (2.0, 0.94), (3.0, 0.98)),
    Alike.CLIMB: (
        (1.0, 0.0),
        (1.25, 0.38),
        (1.5, 0.50),
        (1.75, 0.61),
        (2.0, 0.72),
        (2.5, 0.85),
        (3.0, 0.90),
        (4.0, 0.95),
    ),
    Alike.SLOPE: (
        (1.0, 0.0),
        (1.25, 0.52),
        (1.5, 0.60),
        (1.75, 0.68),
        (2.0, 0.78),
        (2.5, 0.87),
        (3.0, 0.90),
        (4.0, 0.95),
    ),
    Alike.BURST: (
        (1.0, 0.0),
        (1.25, 0.31),
        (1.5, 0.45),
        (1.75, 0.58),
        (2.0, 0.69),
        (2.5, 0.84),
        (3.0, 0.90),
        (4.0, 0.95),
    ),
}
_KILLS = {Alike.ANY: 1308, Alike.CREEP: 746, Alike.CLIMB: 562}
_CLIMBING = (Pattern.SPIKE, Pattern.RAMP)
_BURST_RHO = 1.1  # the limit over the median of the last hour
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

    def enough(self, multiplier: float, alike: Alike) -> float:
        """Probability that so many times the limit is enough.

        The table's rate of failures times (failures seen + 5) / (failures expected of the same raises + 5): a
        Gamma-Poisson posterior. It never falls as the multiplier grows, and a few outcomes move it little.
        """
        if alike is Alike.ANY:
            return _mixed(self.enough(multiplier, Alike.CREEP), self.enough(multiplier, Alike.CLIMB))
        failing = (1 - replayed(multiplier, alike)) * self._correction(climbs=alike is not Alike.CREEP)
        return min(MOST_CLAIM, max(0.0, 1 - failing))

    def _correction(self, *, climbs: bool) -> float:
        alike = [one for one in _counted(self.outcomes) if one.climbs == climbs]
        seen = sum(not one.held for one in alike)
        expected = math.fsum(1 - _promised(one) for one in alike)
        return (seen + _PRIOR_FAILURES) / (expected + _PRIOR_FAILURES)

    def hit_rate(self) -> HitRate | None:
        """How well the raises did here, for `/oom stats`; None where none was seen."""
        counted = _counted(self.outcomes)
        if not counted:
            return None
        promised = math.fsum(map(_promised, counted))
        return HitRate(sum(one.held for one in counted), len(counted), promised)


UNTAUGHT = Calibration()
"""The replay's table alone."""


def alike_of(shape: Shape) -> Alike:
    """Which replayed kills the shape is like, as far as anybody saw how it came to its limit."""
    if not shape.climbs:
        return Alike.ANY if shape.rho is None else Alike.CREEP
    if shape.rho is None or shape.pattern not in _CLIMBING:
        return Alike.CLIMB
    is_burst = shape.pattern is Pattern.SPIKE and shape.rho > _BURST_RHO
    return Alike.BURST if is_burst else Alike.SLOPE


def replayed(multiplier: float, alike: Alike) -> float:
    """The replay's share, between its multipliers on a straight line; beyond the last, the last."""
    if alike is Alike.ANY:
        return _mixed(replayed(multiplier, Alike.CREEP), replayed(multiplier, Alike.CLIMB))
    shares = _SHARES[alike]
    if not multiplier > 1:
        return 0.0
    right = bisect_right(shares, (multiplier, 1.0))
    if right == len(shares):
        return shares[-1][1]
    (low, below), (high, above) = shares[right - 1], shares[right]
    return below + (above - below) * (multiplier - low) / (high - low)


def kills_replayed(alike: Alike) -> int:
    """How many kills the table rests on; a slope's and a burst's rest on those of all climbs."""
    return _KILLS.get(alike, _KILLS[Alike.CLIMB])


def _counted(outcomes: Iterable[Outcome]) -> Sequence[Outcome]:
    return [one for one in outcomes if one.pattern is not Pattern.LEAK and one.multiplier > 1]


def _promised(one: Outcome) -> float:
    return replayed(one.multiplier, Alike.CLIMB if one.climbs else Alike.CREEP)


def _mixed(creep: float, climb: float) -> float:
    return (_KILLS[Alike.CREEP] * creep + _KILLS[Alike.CLIMB] * climb) / _KILLS[Alike.ANY]
