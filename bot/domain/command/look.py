"""Looks: questions about what was not killed yet; the answer takes AWS seconds or minutes, and so it follows."""

from dataclasses import dataclass
from datetime import timedelta

from bot.domain.calendar import duration
from bot.domain.command.words import quoted

USUAL_SCAN, SHORTEST_SCAN, LONGEST_SCAN = timedelta(hours=24), timedelta(hours=1), timedelta(days=7)
NEAR_SPANS = (timedelta(hours=24), timedelta(days=7))


@dataclass(frozen=True, slots=True)
class ScanLogs:
    """Kills of processes inside the containers of what `query` names, by its logs of the last `span`."""

    query: str
    span: timedelta = USUAL_SCAN

    @property
    def typed(self) -> str:
        """The words after `/oom` that mean it."""
        return f"scan {quoted(self.query)} {duration.typed(self.span)}"


@dataclass(frozen=True, slots=True)
class NearMisses:
    """Services that came near their limit in the last `span`, one of NEAR_SPANS, and those stuck at it."""

    span: timedelta = NEAR_SPANS[1]

    @property
    def typed(self) -> str:
        """The words after `/oom` that mean it."""
        return "near 24h" if self.span == NEAR_SPANS[0] else "near 7d"


@dataclass(frozen=True, slots=True)
class FindWaste:
    """Services that would do with less."""

    @property
    def typed(self) -> str:
        """The words after `/oom` that mean it."""
        return "waste"


@dataclass(frozen=True, slots=True)
class Inspect:
    """What is wrong with the revisions in use, of one cluster (a name or ARN) or of all ("")."""

    cluster: str = ""

    @property
    def typed(self) -> str:
        """The words after `/oom` that mean it."""
        return f"audit {quoted(self.cluster)}" if self.cluster else "audit"


@dataclass(frozen=True, slots=True)
class Examine:
    """Whether all that OOM Guard itself needs is there."""

    @property
    def typed(self) -> str:
        """The words after `/oom` that mean it."""
        return "doctor"


Survey = ScanLogs | NearMisses | FindWaste | Inspect
Look = Survey | Examine
