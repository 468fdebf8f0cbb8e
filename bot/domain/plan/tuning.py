"""Tunings: the settings of runtimes that can be changed with the sizes of their containers, for a person to tick."""

from collections.abc import Iterator

from bot.domain.diagnosis.diagnosis import KnobChange
from bot.domain.knobs import refit
from bot.domain.plan.beside import beside
from bot.domain.plan.fitting import Misfit
from bot.domain.plan.resize_facts import Facts, Wish

_LONGEST = 120  # what a form takes; names of containers may be longer


def tick(about: str, container: str, variable: str) -> str:
    """What stands for it in `Wish.knobs`: of the container that the plan is about the variable's name alone."""
    return variable if container == about else f"{variable}:{container}"[:_LONGEST]


def offered(facts: Facts, about: str, in_force_mib: int, wish: Wish) -> Iterator[tuple[str, KnobChange]]:
    """By container: of the one that the plan is about with `in_force_mib` to fit into, then of those beside it.

    Only containers whose hard limit changes with it; values may hold secrets.
    """
    found = facts.definition.container(about)
    if found is not None:
        yield from ((about, one) for one in refit.changes(found, in_force_mib))
    around = beside(facts, about, wish)
    if isinstance(around, Misfit):
        return
    for old in facts.definition.containers:
        new = around.definition.container(old.name)
        if old.name == about or new is None or new.memory_mib is None or new.memory_mib == old.memory_mib:
            continue
        yield from ((old.name, one) for one in refit.changes(old, new.memory_mib))
