"""Placement: whether a task of another size still finds room on the cluster's instances."""

from dataclasses import dataclass

from bot.domain.aws.arn import Arn
from bot.domain.aws.layout import Layout
from bot.domain.aws.task_definition import TaskDefinition
from bot.domain.diagnosis.evidence import Host
from bot.domain.telling.language import say


@dataclass(frozen=True, slots=True)
class Room:
    """Whether the task is placed: True, False (never, on such instances), None (not now, or unknown); and why."""

    fits: bool | None
    why: str


def reserved_mib(definition: TaskDefinition, name: str, layout: Layout) -> int:
    """What ECS takes from an instance for the changed task: its size, else reservations, else hard limits."""
    if layout.task_mib is not None:
        return layout.task_mib
    return sum(
        (layout.reservation_mib or layout.container_mib or 0)
        if one.name == name
        else (one.reservation_mib or one.memory_mib or 0)
        for one in definition.containers
    )


def told(definition: TaskDefinition, name: str, layout: Layout, host: Host | None) -> str:
    """Whether the changed task finds room, in words. For a Batch job an instance is started that has it."""
    need = reserved_mib(definition, name, layout)
    if Arn.parse(definition.arn).kind != "job-definition":
        return room(need, host).why
    return say(
        "Batch starts an instance with {need:,} MiB free for it, where its compute environment allows one that large: "
        "jobs get a little less than what an instance is sold with.",
        need=need,
    )


def room(need_mib: int, host: Host | None) -> Room:
    """Whether a task that reserves `need_mib` is placed beside the old one, as a rolling deployment wants it."""
    if host is None:
        why = say("The instances' free memory is not known: check that the task still fits.")
        return Room(fits=None, why=why)
    free = max(host.largest_free_mib or 0, host.remaining_mib)
    offers = max(host.largest_registered_mib or 0, host.registered_mib)
    if need_mib <= free:
        why = say(
            "It fits: an instance has {free:,} MiB free, the task reserves {need:,}.",
            free=free,
            need=need_mib,
        )
        return Room(fits=True, why=why)
    if need_mib > max(offers, free):
        return Room(
            fits=False, why=_too_small(need_mib, offers, is_largest=host.largest_registered_mib == offers)
        )
    why = say(
        "No instance has {need:,} MiB free now (at most {free:,}): the new task may wait for room.",
        need=need_mib,
        free=free,
    )
    return Room(fits=None, why=why)


def _too_small(need_mib: int, offers_mib: int, *, is_largest: bool) -> str:
    if is_largest:
        return say(
            "The cluster's largest instance offers {offers:,} MiB, the task would reserve {need:,}.",
            offers=offers_mib,
            need=need_mib,
        )
    return say(
        "An instance like its own offers {offers:,} MiB, the task would reserve {need:,}.",
        offers=offers_mib,
        need=need_mib,
    )
