"""Sizes on offer: what a person may pick for a container: sizes that ECS accepts, and words for all others."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.aws import fargate
from bot.domain.aws.layout import stepped
from bot.domain.diagnosis.diagnosis import Option
from bot.domain.plan import hindrance
from bot.domain.plan.aim import Aim, AimKind
from bot.domain.plan.amount import AUTO, Amount, AmountKind
from bot.domain.plan.expectation import enough, more_a_month
from bot.domain.plan.fitting import Fitting, Misfit, fit, plot_of
from bot.domain.plan.planning import change_of
from bot.domain.plan.resize_facts import Facts, Wish
from bot.domain.sizing.shrink import Steady, shrink
from bot.domain.sizing.sizing import Abstains
from bot.domain.telling.language import say

MOST = 100  # options that a select of Slack takes
_FACTORS = (0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1.125, 1.25, 1.375, 1.5, 1.75, 2, 2.5, 3, 4, 6, 8)


class Shelf(StrEnum):
    """Where a size stands among the others, in the words that a person reads; in the order of showing."""

    RECOMMENDED = "Recommended"
    LARGER = "Larger"
    MORE_CPU = "Larger, with more CPU"
    SMALLER = "Smaller"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One size that ECS accepts. `mib` is of what is resized (see Aim); `option` holds the rest of it."""

    mib: int
    shelf: Shelf
    option: Option

    @property
    def typed(self) -> str:
        """The amount as a person would type it: `2048M`."""
        return f"{self.mib}M"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The choices, by shelf, then size; and why there are no others, a sentence each."""

    aim: Aim | None
    choices: tuple[Choice, ...]
    others: tuple[str, ...] = ()


def offer(facts: Facts, container: str) -> Offer:
    """What may be picked for this container, at most 100 sizes near its own and those recommended."""
    today = fit(facts, container, Amount(AmountKind.FACTOR, 1))
    if isinstance(today, Misfit):
        return Offer(aim=None, choices=(), others=(today.why,))
    recommended = fit(facts, container, AUTO)
    best_mib = 0 if isinstance(recommended, Misfit) else recommended.got_mib
    found: dict[int, Choice] = {}
    others: dict[str, None] = {}
    sizes = {
        *_candidates(facts, container, today.aim),
        *_of_diagnosis(facts, today.aim),
        *_of_history(facts, container, today.aim),
        best_mib,
    }
    for mib in sorted(sizes - {0}):
        one = _choice(facts, container, Amount(AmountKind.SIZE, mib), best_mib)
        if isinstance(one, str):
            others.setdefault(one)
        elif one.mib != today.aim.mib:
            found.setdefault(one.mib, one)
    order = list(Shelf)
    nearest = sorted(found.values(), key=lambda one: (one.mib != best_mib, abs(one.mib - today.aim.mib)))
    shown = sorted(nearest[:MOST], key=lambda one: (order.index(one.shelf), one.mib))
    return Offer(aim=today.aim, choices=tuple(shown), others=(*_limits(facts), *list(others)[:1]))


def _choice(facts: Facts, name: str, amount: Amount, best_mib: int) -> Choice | str:
    """The size as a choice; why not, where ECS would not take it."""
    container, fitting = facts.definition.container(name), fit(facts, name, amount)
    if isinstance(fitting, Misfit) or container is None:
        return fitting.why if isinstance(fitting, Misfit) else ""
    change = change_of(facts, container, fitting, Wish(amount=amount))
    if why := next(hindrance.of_sizes(facts, fitting, change), ""):
        return why
    return Choice(mib=fitting.got_mib, shelf=_shelf(fitting, best_mib), option=_option(facts, fitting))


def _shelf(fitting: Fitting, best_mib: int) -> Shelf:
    if fitting.got_mib == best_mib:
        return Shelf.RECOMMENDED
    if fitting.got_mib < fitting.aim.mib:
        return Shelf.SMALLER
    return Shelf.MORE_CPU if fitting.layout.raises_cpu else Shelf.LARGER


def _option(facts: Facts, fitting: Fitting) -> Option:
    layout = fitting.layout
    return Option(
        memory_mib=layout.container_mib or layout.limit_mib,
        task_mib=layout.task_mib,
        cpu=layout.cpu,
        reservation_mib=layout.reservation_mib,
        enough=enough(facts, fitting),
        monthly_usd=more_a_month(facts, layout),
        raises_cpu=layout.raises_cpu,
    )


def _candidates(facts: Facts, name: str, aim: Aim) -> Iterator[int]:
    """On Fargate all that is sold, or what each leaves to the container, which costs no more than less of it would."""
    definition, container = facts.definition, facts.definition.container(name)
    if container is None:
        return
    if aim.kind is not AimKind.TASK:
        yield from (stepped(aim.mib * factor) for factor in _FACTORS)
    if definition.is_fargate:
        others_mib = 0 if aim.kind is AimKind.TASK else plot_of(facts, container, aim).others
        sold = (
            size for size in fargate.sizes(windows=definition.is_windows) if size.cpu >= (definition.cpu or 0)
        )
        yield from (size.memory_mib - others_mib for size in sold if size.memory_mib > others_mib)


def _of_diagnosis(facts: Facts, aim: Aim) -> Iterator[int]:
    recommendation = facts.diagnosis.recommendation if facts.diagnosis else None
    for one in recommendation.options if recommendation else ():
        yield _of_aim(one, aim)


def _of_history(facts: Facts, name: str, aim: Aim) -> Iterator[int]:
    """The least size that is safe by what it used so far."""
    steady = Steady(
        definition=facts.definition,
        container=name,
        limit_mib=aim.mib,
        peaks=facts.peaks,
        stretch_h=facts.stretch_h,
        others_mib=facts.others_mib,
    )
    found = shrink(steady)
    if not isinstance(found, Abstains) and aim.kind is not AimKind.RESERVATION:
        yield _of_aim(found.option, aim)


def _of_aim(option: Option, aim: Aim) -> int:
    return (option.task_mib or option.memory_mib) if aim.kind is AimKind.TASK else option.memory_mib


def _limits(facts: Facts) -> Iterator[str]:
    """What Fargate sells with today's CPU."""
    definition = facts.definition
    if not definition.is_fargate or definition.cpu is None:
        return
    sold = [
        one.memory_mib for one in fargate.sizes(windows=definition.is_windows) if one.cpu == definition.cpu
    ]
    if sold:
        yield say(
            "With {cpu:g} vCPU Fargate sells {least:,} to {most:,} MiB for the task; "
            "more needs more CPU, and CPU is never lowered.",
            cpu=definition.cpu / 1024,
            least=sold[0],
            most=sold[-1],
        )
