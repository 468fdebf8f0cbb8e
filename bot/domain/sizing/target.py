"""Targets: how much memory to aim at after a kill, before it is rounded to what ECS accepts."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.diagnosis.diagnosis import Pattern
from bot.domain.diagnosis.shape import Shape
from bot.domain.sizing.tail import Tail

FEWEST_PEAKS = 3  # of earlier runs, before their tail is believed
LEAST_MIB = 64
_CREEP, _CLIMB = (1.1, 1.25, 1.5), (1.5, 2.0, 3.0)
_BLIND_LEAK = (1.25, 2.0, 3.0)  # equal lifetimes without a series: so many times the life
_RISKS = (0.1, 0.03, 0.01)  # that a job's kill would have gone further
_BLIND = (1.26, 1.42, 1.58)  # the tail formula where no run was measured: 1/risk to the prior index, 0.1
_KEEP_RISK = 0.01
_BRIDGE_H, _LONG_BRIDGE_H = 72.0, 168.0
_BRIDGE_MARGIN = 1.1
_BRIDGE_MOST = 2.0  # times the limit: a leak is not worth more, it comes back


class Rule(StrEnum):
    """What a target rests on."""

    CREEP = "creep"  # it was close to its limit all the last hour
    CLIMB = "climb"  # it climbed into its limit
    LEAK = "leak"  # memory only buys time
    TAIL = "tail"  # the peaks of earlier runs
    BLIND = "blind"  # nothing but the limit at which a job was killed


@dataclass(frozen=True, slots=True)
class Ladder:
    """Three sizes to aim at, MiB, ascending; the middle one is the one that we would take."""

    rule: Rule
    sizes: tuple[float, float, float]

    @property
    def best(self) -> float:
        """The size that we would take."""
        return self.sizes[1]


def ladder(
    limit_mib: float, shape: Shape, tail: Tail | None, *, is_job: bool = False, is_repeat: bool = False
) -> Ladder | None:
    """Sizes after a kill at `limit_mib`; None of a service where neither a shape nor three earlier peaks are known.

    `is_repeat`: it was killed again within an hour, or after a raise: then it climbs, whatever it looked like.
    None is below a peak that was seen under a larger limit, unless it leaks: then every size fills up.
    """
    found = _ladder(limit_mib, shape, tail, is_job=is_job, is_repeat=is_repeat)
    if found is None or tail is None or found.rule is Rule.LEAK:
        return found
    low, mid, high = (max(size, tail.roomy_mib) for size in found.sizes)
    return Ladder(found.rule, (low, mid, high))


def _ladder(
    limit_mib: float, shape: Shape, tail: Tail | None, *, is_job: bool, is_repeat: bool
) -> Ladder | None:
    if tail and len(tail.peaks) >= FEWEST_PEAKS and (is_job or shape.pattern is Pattern.UNKNOWN):
        low, mid, high = (tail.raised(limit_mib, risk) for risk in _RISKS)
        return Ladder(Rule.TAIL, (low, mid, high))
    if shape.pattern is Pattern.UNKNOWN:
        low, mid, high = (limit_mib * multiplier for multiplier in _BLIND)
        return Ladder(Rule.BLIND, (low, mid, high)) if is_job else None
    grows = shape.pattern is Pattern.LEAK
    # A run ends: what grows all its length does not leak, it climbs.
    climbs = shape.climbs or is_repeat or (grows and is_job)
    low, mid, high = (limit_mib * multiplier for multiplier in (_CLIMB if climbs else _CREEP))
    if grows and not is_job:
        return _leak(limit_mib, shape, mid)
    return Ladder(Rule.CLIMB if climbs else Rule.CREEP, (low, mid, high))


def _leak(limit_mib: float, shape: Shape, least: float) -> Ladder:
    """At least what such a kill wants anyway; a weekend if that is no more than twice the limit; a week."""
    if shape.slope_mib_per_h is None or shape.floor_mib is None:
        low, mid, high = (limit_mib * multiplier for multiplier in _BLIND_LEAK)
        return Ladder(Rule.LEAK, (low, mid, high))
    grown = shape.slope_mib_per_h * (shape.lifetime_s or 0.0) / 3600  # the next life starts without it
    bridge, long_bridge = (
        shape.floor_mib - grown + shape.slope_mib_per_h * hours * _BRIDGE_MARGIN
        for hours in (_BRIDGE_H, _LONG_BRIDGE_H)
    )
    mid = max(least, min(bridge, _BRIDGE_MOST * limit_mib))
    return Ladder(Rule.LEAK, (min(1.25 * limit_mib, mid), mid, max(mid * 1.5, long_bridge)))


def next_kill_s(size_mib: float, limit_mib: float, shape: Shape) -> float | None:
    """Seconds that a new life of a leak lasts at that size; None where nothing tells.

    With a slope: to the size from where the floor stood, and the life so far (0 where unknown: then it is the least).
    By lifetimes alone: in proportion to the size, the least that fits what was seen.
    """
    if shape.pattern is not Pattern.LEAK:
        return None
    if shape.slope_mib_per_h and shape.floor_mib is not None:
        return max(0.0, size_mib - shape.floor_mib) / shape.slope_mib_per_h * 3600 + (shape.lifetime_s or 0.0)
    return None if shape.lifetime_s is None else shape.lifetime_s * size_mib / limit_mib


def keep(tail: Tail, risk: float = _KEEP_RISK) -> float:
    """The size for a workload that runs well: what its next peak passes once in a hundred, 64 MiB at least."""
    return max(LEAST_MIB, tail.keep(risk))
