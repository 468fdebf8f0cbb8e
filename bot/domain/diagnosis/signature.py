"""Signatures: what a log line tells of a death by memory, or of one that only looks like it."""

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.telling.language import say

MIB = 2**20


class CauseClass(StrEnum):
    """What ran out, in the order in which causes rule (facts/sizing.md §2.2): the first one found is the cause."""

    HOST = "host"  # the container instance itself ran out
    THREADS = "threads"  # processes or threads ran out, not memory
    SHM = "shm"  # /dev/shm is full
    CODE_BUG = "code_bug"  # one absurd request or endless recursion
    APP_CAP = "app_cap"  # an application's or runtime's own cap besides the heap
    HEAP_CAP = "heap_cap"  # the runtime's heap is full, the container is not
    CONFIG = "config"  # a setting asks for more than there is
    NATIVE = "native"  # the heap leaves the rest of the process no room
    WORKER_KILL = "worker_kill"  # a child was killed, the container may live on
    CONTAINER_LIMIT = "container_limit"  # the container's or task's limit was reached
    ALLOCATION = "allocation"  # the system refused memory
    LOOKALIKE = "lookalike"  # often taken for a lack of memory


RANK = {cause: rank for rank, cause in enumerate(CauseClass)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One pattern of one physical line. Several may share a rule where captured words change what they mean.

    `words` and `fix` are marked for the catalogs, and templates over the pattern's named groups, all of which take part in every match; a group
    whose name ends in `_bytes` or `_kb` is told in MiB. `memory_helps`: whether raising the container's memory alone
    cures it; None where that depends. `is_general`: it stays silent where another signature knows the same line.
    """

    rule: str
    runtime: str
    pattern: re.Pattern[str]
    cause: CauseClass
    memory_helps: bool | None
    words: str
    fix: str
    is_general: bool = False

    def told(self, template: str, found: re.Match[str]) -> str:
        """The template, in the language that is spoken, with what the pattern captured."""
        return say(template, **{name: _readable(name, value) for name, value in found.groupdict().items()})


def line_of(pattern: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    """The compiled pattern of a physical line: digits are ASCII, blanks and comments of the source don't count."""
    return re.compile(pattern, flags | re.ASCII | re.VERBOSE)


def _readable(name: str, value: str) -> str:
    if name.endswith("_bytes"):
        return _mib(int(value) / MIB)
    if name.endswith("_kb"):
        return _mib(int(value) / 1024)
    return value


def _mib(size: float) -> str:
    return f"{size:,.0f} MiB" if size >= 1 else say("under 1 MiB")
