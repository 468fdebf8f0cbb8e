"""Expectations: how likely a size is enough, and what it costs, as far as anybody knows."""

from bisect import bisect_left
from itertools import pairwise

from bot.domain.aws.layout import Layout
from bot.domain.diagnosis.diagnosis import Pattern
from bot.domain.plan.aim import AimKind
from bot.domain.plan.fitting import Fitting
from bot.domain.plan.resize_facts import Facts
from bot.domain.sizing import bill, tail
from bot.domain.sizing.shrink import kill_within_30_days


def enough(facts: Facts, fitting: Fitting) -> float | None:
    """Probability that the new size is enough, 0…1; None for a leak, and where nothing carries a figure."""
    if fitting.got_mib < fitting.aim.mib:
        risk = kill_risk(facts, fitting)
        return None if risk is None else 1 - risk
    if facts.diagnosis and facts.diagnosis.pattern is Pattern.LEAK:
        return None
    return _between(_points(facts, fitting), fitting.got_mib)


def kill_risk(facts: Facts, fitting: Fitting) -> float | None:
    """Probability of a kill within 30 days at the new size; None without a history of its use."""
    peaks = tail.fit(facts.peaks)
    return None if peaks is None else kill_within_30_days(peaks, facts.stretch_h, fitting.got_mib)


def more_a_month(facts: Facts, layout: Layout) -> float | None:
    """USD a month for all copies, above or below today's; None for what runs by the run, and where nobody knows."""
    if facts.service is None:
        return None
    return bill.more_a_month(facts.definition, layout, facts.prices, facts.service.desired_count)


def _points(facts: Facts, fitting: Fitting) -> list[tuple[int, float]]:
    """Sizes that the diagnosis has a figure for; today's was not enough."""
    recommendation = facts.diagnosis.recommendation if facts.diagnosis else None
    if recommendation is None:
        return []
    is_tasks = fitting.aim.kind is AimKind.TASK
    points = [
        ((one.task_mib or one.memory_mib) if is_tasks else one.memory_mib, one.enough)
        for one in recommendation.options
    ]
    return sorted([(fitting.aim.mib, 0.0), *((mib, enough) for mib, enough in points if enough is not None)])


def _between(points: list[tuple[int, float]], mib: int) -> float | None:
    """On a straight line between two points; beyond the last one, the last: nothing more was promised."""
    if len(points) < 2:
        return None
    right = bisect_left(points, (mib, 0.0))
    if right == len(points):
        return points[-1][1]
    for (low, below), (high, above) in pairwise(points):
        if low < mib <= high:
            return above if mib == high else below + (above - below) * (mib - low) / (high - low)
    return None
