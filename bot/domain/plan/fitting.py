"""Fittings: how the size that a person wishes fits into the task: limit, reservation, task and CPU."""

from dataclasses import dataclass, replace

from bot.domain.aws import fargate
from bot.domain.aws.injection import injected_by
from bot.domain.aws.layout import Layout, Plot, laid_out, stepped
from bot.domain.aws.task_definition import Container
from bot.domain.plan.aim import Aim, AimKind, aim_of
from bot.domain.plan.amount import Amount, BadAmount
from bot.domain.plan.resize_facts import Facts
from bot.domain.telling.language import say
from bot.domain.telling.listed import commas, sentences

LEAST_MIB, LEAST_WINDOWS_MIB = 6, 256  # of a container: Docker's own floor, and the agent's on Windows


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why no such size can be had, as a sentence."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitting:
    """The sizes after the change; `asked_mib` is what was asked for of the aim."""

    aim: Aim
    layout: Layout
    asked_mib: int

    @property
    def got_mib(self) -> int:
        """What the aim gets: more than was asked for where ECS sells no such size."""
        return self.layout.limit_mib

    @property
    def in_force_mib(self) -> int:
        """What the container's runtime has to fit into: its own hard limit, else what the aim gets."""
        return self.layout.container_mib or self.layout.limit_mib


def fit(facts: Facts, name: str, amount: Amount) -> Fitting | Misfit:
    """The sizes for the amount: exactly it, or the next larger one that ECS accepts; CPU is never lowered."""
    container = facts.definition.container(name)
    if container is None:
        return Misfit(_not_there(facts, name))
    aim = aim_of(facts.definition, container, facts.diagnosis)
    if aim is None:
        return Misfit(say("The revision sets no memory for {name}: there is nothing to resize.", name=name))
    plot = plot_of(facts, container, aim)
    try:
        asked_mib = amount.of(aim.mib, _recommended_mib(facts, plot, aim))
    except BadAmount as error:
        return Misfit(sentences([say("{sentence}.", sentence=error), _why_none(facts)]))
    found = _laid(plot, aim, asked_mib, facts)
    if isinstance(found, Misfit):
        return found
    return Fitting(aim=aim, layout=_with_reservation(container, found), asked_mib=asked_mib)


def _not_there(facts: Facts, name: str) -> str:
    feature = injected_by(name)
    if feature or name in facts.injected_mib:
        return say(
            "{name} is not in the task definition: {feature} adds it, and sets its size.",
            name=name,
            feature=feature or "AWS",
        )
    names = commas(one.name for one in facts.definition.containers)
    return say(
        "There is no container {name} in the task definition; there is {names}.", name=name, names=names
    )


def _why_none(facts: Facts) -> str:
    """Why the diagnosis recommends no size."""
    why = facts.diagnosis.no_recommendation_why if facts.diagnosis else ""
    return say("The diagnosis: {why}.", why=why.rstrip(".。")) if why else ""


def _recommended_mib(facts: Facts, plot: Plot, aim: Aim) -> int | None:
    """What the diagnosis recommends, less what the task has no room for; None where it is no more than today's."""
    if facts.diagnosis is None or facts.diagnosis.recommendation is None:
        return None
    option = facts.diagnosis.recommendation.chosen
    if aim.kind is AimKind.TASK:
        wanted = option.task_mib or option.memory_mib
    else:
        rest = option.memory_mib if option.task_mib is None else option.task_mib - plot.others
        wanted = option.memory_mib if rest <= aim.mib else min(option.memory_mib, rest)
    return wanted if wanted > aim.mib else None


def plot_of(facts: Facts, container: Container, aim: Aim) -> Plot:
    """The task as it runs: with the containers that AWS adds to it."""
    added = tuple(Container(name=name, memory_mib=mib) for name, mib in facts.injected_mib.items())
    definition = replace(facts.definition, containers=(*facts.definition.containers, *added))
    return Plot(
        definition=definition,
        container=container,
        is_task_limit=aim.kind is AimKind.TASK,
        others_mib=facts.others_mib,
    )


def _laid(plot: Plot, aim: Aim, asked_mib: int, facts: Facts) -> Layout | Misfit:
    definition = plot.definition
    least = LEAST_WINDOWS_MIB if definition.is_windows else LEAST_MIB
    if asked_mib < least:
        return Misfit(
            say(
                "{mib:,} MiB is too little: a container has {least} MiB at least.",
                mib=asked_mib,
                least=least,
            )
        )
    if aim.kind is AimKind.RESERVATION:
        return _reserved(plot, asked_mib)
    if aim.kind is AimKind.TASK:
        size = _sold(plot, asked_mib)
    elif definition.memory_mib is None:
        return laid_out(plot, asked_mib, None)
    else:
        size = _task_for(plot, aim, asked_mib, facts)
    if isinstance(size, Misfit):
        return size
    own_mib = None if aim.kind is AimKind.TASK else asked_mib
    return laid_out(plot, own_mib, size.memory_mib, size.cpu or None)


def _reserved(plot: Plot, asked_mib: int) -> Layout:
    definition = plot.definition
    return Layout(
        limit_mib=asked_mib,
        container_mib=None,
        reservation_mib=asked_mib,
        task_mib=definition.memory_mib,
        cpu=definition.cpu,
    )


def _task_for(plot: Plot, aim: Aim, asked_mib: int, facts: Facts) -> fargate.Size | Misfit:
    """The task's size around the container's new limit: no larger than the sum needs, no smaller than is safe."""
    definition, today_mib = plot.definition, plot.definition.memory_mib or 0
    today = fargate.Size(definition.cpu or 0, today_mib)
    need_mib = asked_mib + plot.others
    if asked_mib >= aim.mib:
        return today if need_mib <= today_mib else _sold(plot, need_mib)
    if not all(_is_known(one, facts) for one in definition.containers if one.name != plot.container.name):
        return today
    size = _sold(plot, need_mib)
    return today if isinstance(size, Misfit) or size.memory_mib > today_mib or size.cpu > today.cpu else size


def _is_known(other: Container, facts: Facts) -> bool:
    """Whether anything says how much this container needs."""
    return bool(other.memory_mib or other.reservation_mib or other.name in facts.others_mib)


def _sold(plot: Plot, need_mib: int) -> fargate.Size | Misfit:
    """The task's size that holds it; on EC2 any size will do. CPU 0: the revision sets none."""
    definition = plot.definition
    if not definition.is_fargate:
        mib = need_mib if plot.is_task_limit else stepped(need_mib)
        return fargate.Size(definition.cpu or 0, mib)
    if definition.cpu is None:
        return Misfit(say("The task's CPU is not known, and Fargate sells memory only with CPU."))
    size = fargate.round_up(need_mib, definition.cpu, windows=definition.is_windows)
    if size is None:
        most = max(one.memory_mib for one in fargate.sizes(windows=definition.is_windows))
        words = say(
            "Fargate sells {most:,} MiB at most for a task: this one would need {need:,} MiB.",
            most=most,
            need=need_mib,
        )
        return Misfit(words)
    return size


def _with_reservation(container: Container, layout: Layout) -> Layout:
    """As it was where the hard limit stays; below the hard limit, as ECS demands."""
    reservation, hard = layout.reservation_mib, layout.container_mib
    if reservation is None or hard is None:
        return layout
    if hard == container.memory_mib:
        reservation = container.reservation_mib
    return replace(layout, reservation_mib=min(reservation or 1, hard - 1))
