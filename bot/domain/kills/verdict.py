"""Verdicts: what a stop was, and how sure we are."""

from enum import StrEnum


class Verdict(StrEnum):
    """What one event says of a container, worst first."""

    OOM = "oom"
    SUSPECTED_OOM = "suspected_oom"
    SILENT_KILL = "silent_kill"  # a process inside was killed, its container lived on, and no event tells it
    FAILURE = "failure"
    MEMORY_WARNING = "memory_warning"
    NONE = "none"

    @property
    def is_kill(self) -> bool:
        """Whether a container death with this verdict counts as a kill."""
        return self in (Verdict.OOM, Verdict.SUSPECTED_OOM)

    @property
    def severity(self) -> int:
        """Rank for choosing one verdict among several: 0 is the worst."""
        return _SEVERITIES[self]


_SEVERITIES = {verdict: rank for rank, verdict in enumerate(Verdict)}


class Confidence(StrEnum):
    """How far the event alone carries its verdict."""

    CERTAIN = "certain"
    LIKELY = "likely"
    UNSURE = "unsure"
