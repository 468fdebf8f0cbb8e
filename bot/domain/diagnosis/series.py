"""Series: memory in use over time, of one container, task or service."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

LEAST_USE_MIB, MOST_USE_MIB = 2.0**-10, 2.0**30  # a KiB, a PiB: less is nothing, more is no memory


class SeriesSource(StrEnum):
    """Where a series was read, best first."""

    CONTAINER_INSIGHTS = "container_insights"  # one record a minute and container, from the performance log
    ENHANCED = "enhanced"  # Container Insights' metrics by task and container
    SERVICE_MAXIMUM = "service_maximum"  # AWS/ECS MemoryUtilization: a service's aggregate, statistic Maximum


@dataclass(frozen=True, slots=True)
class Sample:
    """The largest use that was seen in one step: MiB, at the step's beginning (aware UTC)."""

    at: datetime
    mib: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Memory of one life of one container (or task, or service), oldest sample first.

    `limit_mib` is the limit that the source itself reports, None where it tells none. `of` names what was measured
    in words for a person: `container app`, `the whole task`, `the service (the fullest of its tasks)`; `container` is
    its name where it was one.
    """

    samples: tuple[Sample, ...]
    step_s: float
    source: SeriesSource
    of: str
    limit_mib: float | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    was_killed: bool = False
    container: str = ""

    @property
    def peak_mib(self) -> float | None:
        """The largest sample; None where there is none."""
        return max((sample.mib for sample in self.samples), default=None)
