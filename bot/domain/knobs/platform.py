"""Platform knobs: settings that the platform takes and then ignores: swap on Fargate, soft limits on Windows."""

from collections.abc import Iterator

from bot.domain.diagnosis import Finding
from bot.domain.task_definition import Container, TaskDefinition


def findings(definition: TaskDefinition, container: Container) -> Iterator[Finding]:
    """Swap where there is none, and a soft limit where it limits nothing."""
    if container.max_swap_mib is not None and (definition.is_fargate or definition.is_windows):
        place = "Fargate" if definition.is_fargate else "Windows"
        yield Finding(
            rule="knob.swap.unsupported",
            words=f"There is no swap on {place}: maxSwap does nothing.",
            evidence=f"maxSwap {container.max_swap_mib:,} MiB on {place}",
            fix="Remove maxSwap and give the container the memory it needs.",
        )
    if definition.is_windows and container.reservation_mib is not None:
        has_limit = container.memory_mib is not None
        yield Finding(
            rule="knob.windows.reservation",
            words="On Windows memoryReservation limits nothing.",
            evidence=f"memoryReservation {container.reservation_mib:,} MiB on Windows",
            fix=f"Only its memory of {container.memory_mib:,} MiB counts."
            if has_limit
            else "Set memory, a hard limit.",
        )
