"""Fargate sizes: the pairs of CPU and memory that ECS sells, and the next one up."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Size:
    """A task size: CPU units (1024 are a vCPU) and MiB."""

    cpu: int
    memory_mib: int


# CPU units: MiB on sale. ECS's API text (RegisterTaskDefinition) for the first seven rows, AWS Batch's for the last;
# the judge is RegisterTaskDefinition itself.
_PAIRS: dict[int, tuple[int, ...]] = {
    256: (512, 1024, 2048),
    512: tuple(range(1024, 4096 + 1, 1024)),
    1024: tuple(range(2048, 8192 + 1, 1024)),
    2048: tuple(range(4096, 16384 + 1, 1024)),
    4096: tuple(range(8192, 30720 + 1, 1024)),
    8192: tuple(range(16384, 61440 + 1, 4096)),
    16384: tuple(range(32768, 122880 + 1, 8192)),
    32768: (61440, 122880, 249856),
}
_WINDOWS_CPUS = frozenset({1024, 2048, 4096})


def sizes(*, windows: bool = False) -> tuple[Size, ...]:
    """All sizes on sale, by CPU, then memory."""
    return tuple(
        Size(cpu, mib) for cpu, row in _PAIRS.items() if not windows or cpu in _WINDOWS_CPUS for mib in row
    )


def round_up(task_mib: float, cpu: int, *, windows: bool = False) -> Size | None:
    """The least CPU that is not below `cpu` and sells `task_mib`, and the least such memory; None: not on sale."""
    return next(_ups(task_mib, cpu, windows=windows), None)


def round_down(task_mib: float, cpu: int, *, windows: bool = False) -> Size | None:
    """The most memory at or below `task_mib` with exactly that CPU; None where that CPU sells only more."""
    below = [
        size for size in sizes(windows=windows) if size.cpu == cpu and size.memory_mib <= max(task_mib, 0)
    ]
    return below[-1] if below else None


def alternatives(task_mib: float, cpu: int, *, windows: bool = False) -> tuple[Size, ...]:
    """What to choose between: where `task_mib` needs more CPU, first the most memory at today's CPU, then the pair.

    One size where today's CPU sells enough; () where nothing does.
    """
    wanted = round_up(task_mib, cpu, windows=windows)
    if wanted is None or wanted.cpu == cpu:
        return () if wanted is None else (wanted,)
    most = round_down(task_mib, cpu, windows=windows)
    return (wanted,) if most is None else (most, wanted)


def _ups(task_mib: float, cpu: int, *, windows: bool) -> Iterator[Size]:
    return (size for size in sizes(windows=windows) if size.cpu >= cpu and size.memory_mib >= task_mib)
