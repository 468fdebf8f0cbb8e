"""Waste: services that never come near their limit, what a smaller size saves, and how likely it would kill."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.aws.price import Prices
from bot.domain.inspection.history import History, daily_peaks
from bot.domain.inspection.running import Running
from bot.domain.sizing.shrink import KnowsTooLittle, Shrunk, Steady, shrink
from bot.domain.sizing.sizing import Abstains
from bot.domain.subject.subject import Subject
from bot.domain.telling.language import mark

_DAY_H = 24
WELL_SIZED = mark("well sized")


@dataclass(frozen=True, slots=True)
class Saving:
    """One service that would do with less."""

    running: Running
    shrunk: Shrunk

    @property
    def monthly_usd(self) -> float:
        """What it saves; 0 where the machines are paid for and not the task, or no price is known."""
        return max(0.0, -(self.shrunk.option.monthly_usd or 0.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Waste:
    """All savings, the largest first. `kept`: how many services have no smaller size, by the marked reason."""

    savings: tuple[Saving, ...]
    looked_at: int
    kept: Mapping[str, int]
    price_notes: tuple[str, ...] = ()

    @property
    def monthly_usd(self) -> float:
        """All savings together."""
        return sum(one.monthly_usd for one in self.savings)

    @property
    def frees_mib(self) -> int:
        """All that would be free, where nothing is paid by the task."""
        return sum(one.shrunk.frees_mib * one.running.desired_count for one in self.savings)


def waste(
    histories: Iterable[History],
    *,
    killed: Collection[Subject],
    prices: Mapping[str, Prices],
    now: datetime,
) -> Waste:
    """What could be smaller. `killed` lately: those are left alone. `prices` by region."""
    savings, count = list[Saving](), 0
    kept, notes = dict[str, int](), dict[str, None]()
    for history in histories:
        count += 1
        running = history.running
        found = _smaller(
            history, prices.get(running.subject.region), now, was_killed=running.subject in killed
        )
        if isinstance(found, str):
            kept[found] = kept.get(found, 0) + 1
            continue
        savings.append(Saving(running, found))
        if found.option.monthly_usd is not None:
            notes[prices[running.subject.region].note] = None
    savings.sort(key=lambda one: (-one.monthly_usd, -one.shrunk.frees_mib, one.running.subject))
    return Waste(savings=tuple(savings), looked_at=count, kept=kept, price_notes=tuple(notes))


def _smaller(history: History, prices: Prices | None, now: datetime, *, was_killed: bool) -> Shrunk | str:
    running = history.running
    if why := _hindrance(history, was_killed=was_killed):
        return why
    found = shrink(
        Steady(
            definition=running.definition,
            container=running.measured_container,
            limit_mib=running.limit_mib or 0,
            peaks=daily_peaks(history, now),
            stretch_h=_DAY_H,
            desired_count=running.desired_count,
            prices=prices,
        )
    )
    if isinstance(found, Abstains):
        return mark("less than a week of data") if isinstance(found, KnowsTooLittle) else WELL_SIZED
    return found


def _hindrance(history: History, *, was_killed: bool) -> str:
    """Why nothing can be said of a smaller size, marked; "" where it can."""
    running = history.running
    reasons = (
        (running.desired_count < 1, mark("no task is wanted now")),
        (not history.hours, mark("no data")),
        (was_killed, mark("killed for memory in this time")),
        (running.limit_mib is None or running.reserved_mib is None, mark("no hard limit")),
        (not running.measured_container, mark("several containers share its figures")),
    )
    return next((why for is_so, why in reasons if is_so), "")
