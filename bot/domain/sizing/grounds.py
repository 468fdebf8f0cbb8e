"""Grounds: why a size is recommended, in plain sentences with numbers."""

from bot.domain.aws.layout import Layout, Plot
from bot.domain.calendar.duration import rough
from bot.domain.diagnosis.diagnosis import Pattern
from bot.domain.diagnosis.shape import Shape
from bot.domain.sizing.calibration import Alike, Calibration, kills_replayed, replayed
from bot.domain.sizing.tail import Tail
from bot.domain.sizing.target import Ladder, Rule
from bot.domain.telling.language import say

_CLEARLY = 1.05  # times the limit: a reading may be a little above the limit in force


def of_rule(alike: Alike, multiplier: float) -> str:
    """What similar kills needed in the replay."""
    kills, enough = kills_replayed(alike), replayed(multiplier, alike)
    if alike is Alike.ANY:
        return say(
            "Of {kills:,} kills of any shape, {times:.3g} times the limit was enough in {enough:.0%}.",
            kills=kills,
            times=multiplier,
            enough=enough,
        )
    if alike is Alike.CREEP:
        return say(
            "Of {kills} kills after an hour close to the limit, {times:.3g} times the limit was enough in {enough:.0%}.",
            kills=kills,
            times=multiplier,
            enough=enough,
        )
    return _of_climb(alike, multiplier)


def _of_climb(alike: Alike, multiplier: float) -> str:
    enough, little = replayed(multiplier, alike), replayed(1.25, alike)
    if alike is Alike.SLOPE:
        return say(
            "Of kills that climbed into the limit slowly or from little below it, {times:.3g} times the limit was "
            "enough in {enough:.0%}, 1.25 times in {little:.0%}.",
            times=multiplier,
            enough=enough,
            little=little,
        )
    if alike is Alike.BURST:
        return say(
            "Of kills that climbed into the limit within half an hour from well below it, {times:.3g} times the limit "
            "was enough in {enough:.0%}, 1.25 times in {little:.0%}.",
            times=multiplier,
            enough=enough,
            little=little,
        )
    return say(
        "Of {kills} kills that climbed into the limit, {times:.3g} times the limit was enough in {enough:.0%}, "
        "1.25 times in {little:.0%}.",
        kills=kills_replayed(alike),
        times=multiplier,
        enough=enough,
        little=little,
    )


def of_start(shape: Shape) -> str:
    """Where to look when it died at its start."""
    if shape.pattern is not Pattern.STARTUP:
        return ""
    return say("Look at what it loads at its start, not at traffic.")


def of_leak(ladder: Ladder, shape: Shape, next_kill_s: float | None) -> str:
    """How fast it leaks, and what memory buys."""
    if ladder.rule is not Rule.LEAK:
        return ""
    speed = shape.slope_mib_per_h
    if next_kill_s is None:
        if not speed:
            return say("It leaks: every size fills up.")
        return say("It leaks by {speed:,.0f} MiB an hour: every size fills up.", speed=speed)
    span = rough(next_kill_s)
    if not speed:
        return say("It leaks: every size fills up, at this one after about {span}.", span=span)
    return say(
        "It leaks by {speed:,.0f} MiB an hour: every size fills up, at this one after about {span}.",
        speed=speed,
        span=span,
    )


def of_record(ladder: Ladder, tail: Tail | None, limit_mib: int) -> str:
    """What it peaked at before somebody lowered its limit; "" where it was never above it."""
    if tail is None or tail.record_mib <= _CLEARLY * limit_mib or ladder.rule in (Rule.LEAK, Rule.TAIL):
        return ""
    return say(
        "It has peaked at {peak:,.0f} MiB under a larger limit: less is not enough.", peak=tail.record_mib
    )


def of_tail(ladder: Ladder, tail: Tail | None, size_mib: float) -> str:
    """What earlier runs peaked at, and how seldom one passes the size."""
    if ladder.rule is not Rule.TAIL or tail is None:
        return ""
    seldom = max(2, round(1 / tail.exceeds(size_mib)))
    return say(
        "{runs} runs peaked at {peak:,.0f} MiB at most; by their spread, one in {seldom:,} passes {size:,.0f} MiB.",
        runs=len(tail.peaks),
        peak=tail.record_mib,
        seldom=seldom,
        size=size_mib,
    )


def of_own(calibration: Calibration) -> str:
    """How the bot's own raises did so far; "" below three of them."""
    rate = calibration.hit_rate()
    if rate is None or rate.total < 3:
        return ""
    return say(
        "Here, {held} of {total} raises were enough ({promised:.0f} promised).",
        held=rate.held,
        total=rate.total,
        promised=rate.promised,
    )


def of_layout(plot: Plot, layout: Layout) -> str:
    """What the task needs for the new limit, where that is not plain."""
    old, others = plot.definition.memory_mib, plot.others
    if layout.raises_cpu:
        return say(
            "Fargate sells {mib:,} MiB only with {cpu:g} vCPU (now {now:g}).",
            mib=layout.task_mib or 0,
            cpu=(layout.cpu or 0) / 1024,
            now=(plot.definition.cpu or 0) / 1024,
        )
    if plot.is_task_limit or old is None:
        return ""
    if layout.task_mib == old:
        return say("The task has {old:,} MiB already: only the container's limit has to be raised.", old=old)
    if not others:
        return say(
            "The container's limit was reached: it is raised, and the task's {old:,} MiB with it.", old=old
        )
    return say(
        "The container's limit was reached: it is raised, and the task's {old:,} MiB with it for the {others:,} MiB "
        "of its other containers too.",
        old=old,
        others=others,
    )
