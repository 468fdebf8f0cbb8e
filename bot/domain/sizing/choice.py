"""Choices: up to three layouts that ECS accepts, around the size that we would take."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.aws.layout import Layout, Plot, layouts
from bot.domain.diagnosis.evidence import Host
from bot.domain.sizing import placement
from bot.domain.sizing.placement import Room
from bot.domain.sizing.target import Ladder
from bot.domain.telling.language import say

_MOST = 3
_RUNG = 1.125


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a new limit must be above and not beyond, MiB, and the host that it must find room on."""

    above_mib: int
    most_mib: float
    host: Host | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """Layouts, ascending, and the index of the one that we would take; where there is none, `why`."""

    layouts: tuple[Layout, ...]
    best: int = 0
    why: str = ""


def choose(plot: Plot, ladder: Ladder, bounds: Bounds) -> Choice:
    """The layouts for the ladder's sizes, further ones where they fall together, none beyond the bounds."""
    allowed = _allowed(plot, ladder.sizes, bounds)
    if len(allowed) < _MOST or allowed[-1].limit_mib < ladder.best:
        allowed = _allowed(plot, [*ladder.sizes, *_rungs(bounds)], bounds)
    return _around(allowed, ladder.best) if allowed else Choice((), why=_why_none(plot, bounds))


def _around(allowed: list[Layout], wanted_mib: float) -> Choice:
    """The smallest that is large enough, else the largest; one below and one above it where there are."""
    reached = (index for index, layout in enumerate(allowed) if layout.limit_mib >= wanted_mib)
    best = next(reached, len(allowed) - 1)
    first = max(0, min(best - 1, len(allowed) - _MOST))
    return Choice(tuple(allowed[first : first + _MOST]), best - first)


def _by_size(layout: Layout) -> tuple[int, int]:
    return layout.limit_mib, layout.cpu or 0


def _rungs(bounds: Bounds) -> list[float]:
    """Sizes between the bounds, an eighth apart."""
    count = int(math.log(max(1.0, bounds.most_mib / bounds.above_mib), _RUNG))
    return [bounds.above_mib * _RUNG**step for step in range(1, count + 1)]


def _allowed(plot: Plot, sizes: Sequence[float], bounds: Bounds) -> list[Layout]:
    """What ECS accepts for the sizes, within the bounds and with room on the instances, ascending."""
    found = {layout for size in sizes for layout in layouts(plot, min(size, bounds.most_mib))}
    kept = [
        layout
        for layout in found
        if bounds.above_mib < layout.limit_mib <= bounds.most_mib
        and _room(plot, layout, bounds).fits is not False
    ]
    return sorted(kept, key=_by_size)


def _room(plot: Plot, layout: Layout, bounds: Bounds) -> Room:
    """Room for the layout and for its limit; on Fargate there always is, and what is unknown is not refused."""
    if plot.definition.is_fargate or bounds.host is None:
        return Room(fits=None, why="")
    reserved = placement.reserved_mib(plot.definition, plot.container.name, layout)
    return placement.room(max(reserved, layout.limit_mib), bounds.host)


def _why_none(plot: Plot, bounds: Bounds) -> str:
    found = layouts(plot, bounds.above_mib + 1)
    if not found or found[-1].limit_mib <= bounds.above_mib:
        return say("Fargate sells no larger size")
    room = _room(plot, found[-1], bounds)
    if room.fits is False:
        return room.why.rstrip(".。")
    return say("the next larger size is beyond {mib:,.0f} MiB, the most for one step", mib=bounds.most_mib)
