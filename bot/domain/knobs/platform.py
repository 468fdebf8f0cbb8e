"""Platform knobs: settings that the platform takes and then ignores: swap on Fargate, soft limits on Windows."""

from collections.abc import Iterator

from bot.domain.aws.task_definition import Container, TaskDefinition
from bot.domain.diagnosis.diagnosis import Finding
from bot.domain.telling.language import say


def findings(definition: TaskDefinition, container: Container) -> Iterator[Finding]:
    """Swap where there is none, and a soft limit where it limits nothing."""
    if container.max_swap_mib is not None and (definition.is_fargate or definition.is_windows):
        place = "Fargate" if definition.is_fargate else "Windows"
        yield Finding(
            rule="knob.swap.unsupported",
            words=say("There is no swap on {place}: maxSwap does nothing.", place=place),
            evidence=say("maxSwap {mib:,} MiB on {place}", mib=container.max_swap_mib, place=place),
            fix=say("Remove maxSwap and give the container the memory it needs."),
        )
    if definition.is_windows and container.reservation_mib is not None:
        has_limit = container.memory_mib is not None
        yield Finding(
            rule="knob.windows.reservation",
            words=say("On Windows memoryReservation limits nothing."),
            evidence=say("memoryReservation {mib:,} MiB on Windows", mib=container.reservation_mib),
            fix=say("Only its memory of {mib:,} MiB counts.", mib=container.memory_mib)
            if has_limit
            else say("Set memory, a hard limit."),
        )
