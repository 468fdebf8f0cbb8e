"""Ceilings: the memory limits in force, in words, and whether they protect the host."""

from dataclasses import dataclass

from bot.domain.kills.death import Limits
from bot.domain.telling.language import mark, say

SHARED_HOSTS = {
    "EC2",
    "EXTERNAL",
    "MANAGED_INSTANCES",
}  # a container there can eat the memory of its neighbours

NO_HARD_LIMIT = mark("No hard memory limit on a shared host: it can take its host and its neighbours down.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling:
    """`short` is for a headline ("512 MiB limit"), `words` tells all; both "" where the event did not tell."""

    short: str
    words: str
    endangers_host: bool


def ceiling(limits: Limits, launch_type: str) -> Ceiling:
    """The limits in words.

    On a shared host ECS reports the sum of the reservations as the task's memory where the task has no size of its
    own, so the task's figure counts as a limit there only if the reservation does not already explain it.
    """
    is_shared = is_on_shared_host(launch_type)
    task_mib = task_limit_mib(limits, launch_type)
    told = (
        (limits.container_mib, mark("{mib} MiB hard")),
        (limits.reservation_mib, mark("{mib} MiB soft")),
        (task_mib, mark("task {mib} MiB")),
    )
    parts = [say(words, mib=f"{mib:,}") for mib, words in told if mib is not None]
    if is_shared and limits.container_mib is None and task_mib is None:
        none = say("no limit" if limits.reservation_mib is None else "no hard limit")
        return Ceiling(short=none, words=" · ".join([*parts, none]), endangers_host=True)
    return Ceiling(
        short=_short(limits.container_mib, task_mib), words=" · ".join(parts), endangers_host=False
    )


def is_on_shared_host(launch_type: str) -> bool:
    """Whether a container there can eat the memory of others than its task."""
    return launch_type.upper() in SHARED_HOSTS


def task_limit_mib(limits: Limits, launch_type: str) -> int | None:
    """The task's limit, None where it has none; see `ceiling` for what ECS shows in its place on a shared host."""
    is_a_sum = is_on_shared_host(launch_type) and limits.task_mib == limits.reservation_mib
    return None if is_a_sum else limits.task_mib


def _short(container_mib: int | None, task_mib: int | None) -> str:
    if container_mib is not None:
        return say("{mib} MiB limit", mib=f"{container_mib:,}")
    return "" if task_mib is None else say("{mib} MiB task limit", mib=f"{task_mib:,}")
