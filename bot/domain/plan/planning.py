"""Planning: from what was read and what a person wishes to all that a resize would change, or why it cannot be."""

from collections.abc import Iterator
from datetime import datetime

from bot.domain.aws.layout import Layout
from bot.domain.aws.task_definition import Container
from bot.domain.diagnosis.diagnosis import KnobChange
from bot.domain.plan import follow_up, hindrance, misgiving, pinning, side_effect, tuning
from bot.domain.plan.beside import beside
from bot.domain.plan.expectation import enough, more_a_month
from bot.domain.plan.fitting import Fitting, Misfit, fit
from bot.domain.plan.plan import Change, ContainerChange, Note, Plan, Severity
from bot.domain.plan.resize_facts import Facts, Wish

_GRAVEST_FIRST = (Severity.DANGER, Severity.WARNING, Severity.INFO)


def plan(facts: Facts, container: str, wish: Wish, *, now: datetime) -> Plan:
    """The plan for a container: never raises; what cannot be done has its exact reasons in `refusals`."""
    hindered = tuple(hindrance.of_target(facts, wish))
    around = beside(facts, container, wish)
    fitting = around if isinstance(around, Misfit) else fit(around, container, wish.amount)
    found = facts.definition.container(container)
    if isinstance(around, Misfit) or isinstance(fitting, Misfit) or found is None:
        why = (fitting.why,) if isinstance(fitting, Misfit) else ()
        return Plan(target=facts.target, container=container, change=None, refusals=(*hindered, *why))
    change = change_of(facts, found, fitting, wish)
    return Plan(
        target=facts.target,
        container=container,
        change=change,
        notes=_notes(around, fitting, change, now=now),
        refusals=(*hindered, *hindrance.of_change(around, fitting, change)),
        desired_count=facts.service.desired_count if facts.service else None,
        monthly_usd=more_a_month(facts, fitting.layout),
        enough=enough(facts, fitting),
        next_steps=follow_up.steps(facts),
        other_code=pinning.shipped(facts, change),
    )


def knobs(facts: Facts, container: str, wish: Wish) -> tuple[tuple[str, KnobChange], ...]:
    """The variables that can be changed together with the sizes wished, by container; values may hold secrets."""
    around = beside(facts, container, wish)
    fitting = around if isinstance(around, Misfit) else fit(around, container, wish.amount)
    if isinstance(fitting, Misfit):
        return ()
    return tuple(tuning.offered(facts, container, fitting.in_force_mib, wish))


def _notes(facts: Facts, fitting: Fitting, change: Change, *, now: datetime) -> tuple[Note, ...]:
    """The gravest first."""
    told = [*misgiving.notes(facts, fitting, change, now=now), *side_effect.notes(facts, fitting, change)]
    return tuple(sorted(told, key=lambda note: _GRAVEST_FIRST.index(note.severity)))


def change_of(facts: Facts, container: Container, fitting: Fitting, wish: Wish) -> Change:
    """All that the new revision changes: the container first, then each of the others, changed or not."""
    layout, definition = fitting.layout, facts.definition
    offered = tuning.offered(facts, container.name, fitting.in_force_mib, wish)
    return Change(
        revision_arn=definition.arn,
        containers=(_resized(facts, container, layout, wish), *_others(facts, container, wish)),
        task_memory_mib=(definition.memory_mib, layout.task_mib),
        cpu=(definition.cpu, layout.cpu),
        knobs=tuple(
            (name, one)
            for name, one in offered
            if tuning.tick(container.name, name, one.variable) in wish.knobs
        ),
    )


def _resized(facts: Facts, container: Container, layout: Layout, wish: Wish) -> ContainerChange:
    return ContainerChange(
        name=container.name,
        old_memory_mib=container.memory_mib,
        new_memory_mib=layout.container_mib,
        old_reservation_mib=container.reservation_mib,
        new_reservation_mib=layout.reservation_mib,
        image=pinning.pinned(facts, container) if wish.pin_images else "",
    )


def _others(facts: Facts, container: Container, wish: Wish) -> Iterator[ContainerChange]:
    """The other containers as they were, but for what a person wishes of them, and for images that are pinned."""
    around = beside(facts, container.name, wish)
    for one in facts.definition.containers:
        new = one if isinstance(around, Misfit) else around.definition.container(one.name)
        if one.name != container.name and new is not None:
            yield ContainerChange(
                name=one.name,
                old_memory_mib=one.memory_mib,
                new_memory_mib=new.memory_mib,
                old_reservation_mib=one.reservation_mib,
                new_reservation_mib=new.reservation_mib,
                image=pinning.pinned(facts, one) if wish.pin_images else "",
            )
