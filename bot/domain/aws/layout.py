"""Layouts: how a new limit fits into its task: containers, reservation, the sizes that ECS accepts."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.aws import fargate
from bot.domain.aws.task_definition import Container, TaskDefinition

STEP_MIB = 64  # of sizes on EC2, where ECS accepts any
_ASSUMED_MIB = 128  # for a sidecar that sets neither limit nor reservation, and of which nothing was measured
_MEASURED_MARGIN = 1.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One way to give the container more (or less); MiB. None means: not set in the revision, and left so.

    `limit_mib` is the limit that counts after the change: the container's hard limit, or the task's.
    """

    limit_mib: int
    container_mib: int | None
    reservation_mib: int | None
    task_mib: int | None
    cpu: int | None
    raises_cpu: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """What is to be changed: a revision, its container, and which of the two limits counts.

    `others_mib`: the peaks that were measured of the other containers, by name.
    """

    definition: TaskDefinition
    container: Container
    is_task_limit: bool
    others_mib: Mapping[str, float] = field(default_factory=dict)

    @property
    def others(self) -> int:
        """What the other containers need beside this one: hard limit, reservation, measured peak, or 128 MiB."""
        return sum(self._need(one) for one in self.definition.containers if one.name != self.container.name)

    def _need(self, other: Container) -> int:
        measured = self.others_mib.get(other.name)
        assumed = _ASSUMED_MIB if measured is None else stepped(measured * _MEASURED_MARGIN)
        return other.memory_mib or other.reservation_mib or assumed


def stepped(mib: float) -> int:
    """Rounded up to a step of 64 MiB, one step at least."""
    return max(1, math.ceil(mib / STEP_MIB - 1e-9)) * STEP_MIB


def layouts(plot: Plot, wanted_mib: float) -> tuple[Layout, ...]:
    """Layouts whose limit is `wanted_mib` at least; on Fargate, before it, the most without paying (for CPU) if less.

    () where ECS sells nothing like it.
    """
    if plot.definition.is_fargate:
        return _on_fargate(plot, wanted_mib)
    wanted = stepped(wanted_mib)
    if plot.is_task_limit:
        return (laid_out(plot, None, wanted),)
    task_mib = plot.definition.memory_mib
    if task_mib is not None and wanted + plot.others > task_mib:
        task_mib = stepped(wanted + plot.others)
    return (laid_out(plot, wanted, task_mib),)


def _on_fargate(plot: Plot, wanted_mib: float) -> tuple[Layout, ...]:
    """The task's size counts: a container's limit inside it costs nothing until the task must grow."""
    definition = plot.definition
    if definition.cpu is None or definition.memory_mib is None:
        return ()
    wanted = stepped(wanted_mib)
    need = wanted_mib if plot.is_task_limit else wanted + plot.others
    if not plot.is_task_limit and need <= definition.memory_mib:
        return (laid_out(plot, wanted, definition.memory_mib, definition.cpu),)
    sizes = fargate.alternatives(need, definition.cpu, windows=definition.is_windows)
    if plot.is_task_limit:
        return tuple(laid_out(plot, None, size.memory_mib, size.cpu) for size in sizes)
    # The container gets all that the others leave: of what is paid today, and of what the task grows by.
    today = fargate.Size(definition.cpu, definition.memory_mib)
    rests = [(size, (size.memory_mib - plot.others) // STEP_MIB * STEP_MIB) for size in (today, *sizes)]
    found = (laid_out(plot, rest, size.memory_mib, size.cpu) for size, rest in rests if rest > 0)
    return tuple(dict.fromkeys(found))


def laid_out(plot: Plot, container_mib: int | None, task_mib: int | None, cpu: int | None = None) -> Layout:
    """The layout of exactly these sizes, MiB: the container's, the task's alone where it is None, with its reservation."""
    definition, container = plot.definition, plot.container
    hard_mib = container_mib if container_mib is not None else container.memory_mib
    limit_mib = task_mib if container_mib is None else container_mib
    return Layout(
        limit_mib=limit_mib or 0,
        container_mib=hard_mib,
        reservation_mib=_reservation(container, hard_mib, task_mib),
        task_mib=task_mib,
        cpu=definition.cpu if cpu is None else cpu,
        raises_cpu=cpu is not None and definition.cpu is not None and cpu > definition.cpu,
    )


def _reservation(container: Container, hard_mib: int | None, task_mib: int | None) -> int | None:
    """In the proportion that it had to the hard limit, and below it, as ECS demands; None stays None."""
    old = container.reservation_mib
    if old is None or hard_mib is None or not container.memory_mib:
        return old if old is None or task_mib is None else min(old, task_mib)
    share = min(1.0, old / container.memory_mib)
    return min(stepped(hard_mib * share), hard_mib - STEP_MIB) if hard_mib > STEP_MIB else old
