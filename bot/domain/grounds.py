"""Grounds: why a size is recommended, in plain sentences with numbers."""

from bot.domain.calibration import Calibration, kills_replayed, replayed
from bot.domain.diagnosis import Pattern
from bot.domain.duration import rough
from bot.domain.layout import Layout, Plot
from bot.domain.shape import Shape
from bot.domain.tail import Tail
from bot.domain.target import Ladder, Rule


def of_rule(ladder: Ladder, shape: Shape, multiplier: float) -> str:
    """What similar kills needed in the replay; "" for the rules that do not rest on them."""
    if ladder.rule not in (Rule.CREEP, Rule.CLIMB):
        return ""
    told = f"{multiplier:.3g} times the limit was enough in"
    if ladder.rule is Rule.CLIMB:
        little, enough = replayed(1.25, climbs=True), replayed(multiplier, climbs=True)
        kills = kills_replayed(climbs=True)
        return (
            f"Of {kills} kills that climbed into the limit, {told} {enough:.0%}, 1.25 times in {little:.0%}."
        )
    if shape.rho is None:
        return f"Of {kills_replayed(climbs=None):,} kills of any shape, {told} {replayed(multiplier, climbs=None):.0%}."
    kills = kills_replayed(climbs=False)
    return (
        f"Of {kills} kills after an hour close to the limit, {told} {replayed(multiplier, climbs=False):.0%}."
    )


def of_start(shape: Shape) -> str:
    """Where to look when it died at its start."""
    return "Look at what it loads at its start, not at traffic." if shape.pattern is Pattern.STARTUP else ""


def of_leak(ladder: Ladder, shape: Shape, next_kill_s: float | None) -> str:
    """How fast it leaks, and what memory buys."""
    if ladder.rule is not Rule.LEAK:
        return ""
    speed = f" by {shape.slope_mib_per_h:,.0f} MiB an hour" if shape.slope_mib_per_h else ""
    until = "" if next_kill_s is None else f", at this one after about {rough(next_kill_s)}"
    return f"It leaks{speed}: every size fills up{until}."


def of_tail(ladder: Ladder, tail: Tail | None, size_mib: float) -> str:
    """What earlier runs peaked at, and how seldom one passes the size."""
    if ladder.rule is not Rule.TAIL or tail is None:
        return ""
    seldom = max(2, round(1 / tail.exceeds(size_mib)))
    return (
        f"{len(tail.peaks)} runs peaked at {tail.record_mib:,.0f} MiB at most; "
        f"by their spread, one in {seldom:,} passes {size_mib:,.0f} MiB."
    )


def of_own(calibration: Calibration) -> str:
    """How the bot's own raises did so far; "" below three of them."""
    rate = calibration.hit_rate()
    if rate is None or rate.total < 3:
        return ""
    return f"Here, {rate.held} of {rate.total} raises were enough ({rate.promised:.0f} promised)."


def of_layout(plot: Plot, layout: Layout) -> str:
    """What the task needs for the new limit, where that is not plain."""
    old, others = plot.definition.memory_mib, plot.others
    if layout.raises_cpu:
        return (
            f"Fargate sells {layout.task_mib or 0:,} MiB only with {(layout.cpu or 0) / 1024:g} vCPU "
            f"(now {(plot.definition.cpu or 0) / 1024:g})."
        )
    if plot.is_task_limit or old is None:
        return ""
    if layout.task_mib == old:
        return f"The task has {old:,} MiB already: only the container's limit has to be raised."
    beside = f" for the {others:,} MiB of its other containers too" if others else ""
    return f"The container's limit was reached: it is raised, and the task's {old:,} MiB with it{beside}."
