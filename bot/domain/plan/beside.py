"""Beside: the other containers of a task, which a person may give other sizes in the same revision."""

import math
from dataclasses import replace

from bot.domain.aws.layout import stepped
from bot.domain.aws.task_definition import Container
from bot.domain.plan.amount import Amount, BadAmount
from bot.domain.plan.fitting import LEAST_MIB, LEAST_WINDOWS_MIB, Misfit
from bot.domain.plan.resize_facts import Facts, Wish
from bot.domain.telling.language import say

MOST = 4  # others that are offered; more fit into no form
_FACTORS = (0.5, 0.75, 1.25, 1.5, 2.0, 3.0, 4.0)


def beside(facts: Facts, container: str, wish: Wish) -> Facts | Misfit:
    """The facts as they are once the others have what the person wishes; the container itself is as it was."""
    sizes: dict[str, Container] = {}
    for name, amount in wish.others:
        one = facts.definition.container(name)
        if one is None or name == container:
            continue
        found = _sized(facts, one, amount)
        if isinstance(found, Misfit):
            return found
        sizes[name] = found
    if not sizes:
        return facts
    containers = tuple(sizes.get(one.name, one) for one in facts.definition.containers)
    return replace(facts, definition=replace(facts.definition, containers=containers))


def others(facts: Facts, container: str) -> tuple[tuple[str, int], ...]:
    """Those that have memory of their own, and how much, MiB."""
    found = ((one.name, one.memory_mib or one.reservation_mib) for one in facts.definition.containers)
    return tuple((name, mib) for name, mib in found if mib and name != container)[:MOST]


def sizes_near(mib: int) -> tuple[int, ...]:
    """What is offered beside today's size, MiB."""
    return tuple(sorted({stepped(mib * factor) for factor in _FACTORS} - {mib}))


def _sized(facts: Facts, one: Container, amount: Amount) -> Container | Misfit:
    """With its reservation, which keeps its share of the limit and stays below it."""
    old_mib = one.memory_mib or one.reservation_mib
    if old_mib is None:
        return Misfit(say("{name} has no memory of its own: the task limits it.", name=one.name))
    try:
        new_mib = amount.of(old_mib, None)
    except BadAmount as error:
        return Misfit(say("{what}: {told}.", what=one.name, told=error))
    least_mib = LEAST_WINDOWS_MIB if facts.definition.is_windows else LEAST_MIB
    if new_mib < least_mib:
        return Misfit(say("{name} has to have {mib} MiB at least.", name=one.name, mib=f"{least_mib:,}"))
    if one.memory_mib is None:
        return replace(one, reservation_mib=new_mib)
    if one.reservation_mib is None:
        return replace(one, memory_mib=new_mib)
    share = math.ceil(one.reservation_mib * new_mib / one.memory_mib)
    return replace(one, memory_mib=new_mib, reservation_mib=min(share, new_mib - 1))
