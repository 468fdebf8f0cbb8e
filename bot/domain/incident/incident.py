"""Incidents: kills of one group key that somebody should look at: open → acknowledged → resolved."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.kills.verdict import Verdict
from bot.domain.subject.group_key import GroupKey, OwnerKind
from bot.domain.subject.launcher import is_batch_cluster


class Phase(StrEnum):
    """Where an incident stands."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


class Resolution(StrEnum):
    """Why an incident was resolved."""

    BY_PERSON = "person"
    QUIET = "quiet"  # no further kill for the quiet time
    RETRACTED = "retracted"  # a later stage of the stop took the verdict back
    NOT_AN_OOM = "not_an_oom"  # a person said so


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One incident as the store has it. Times are aware UTC; people are Slack user ids, "" where nobody.

    `kill_count` counts every kill since `first_kill_at`, silenced ones too. `generation` grows with each change.
    """

    id: int
    group_key: GroupKey
    verdict: Verdict
    phase: Phase
    generation: int
    kill_count: int
    first_kill_at: datetime
    last_kill_at: datetime
    opened_at: datetime
    acknowledged_by: str = ""
    acknowledged_at: datetime | None = None
    resolved_by: str = ""
    resolved_at: datetime | None = None
    resolution: Resolution | None = None
    reopened_count: int = 0
    reopened_at: datetime | None = None

    @property
    def is_unfinished(self) -> bool:
        """Whether somebody still has to look at it."""
        return self.phase is not Phase.RESOLVED

    @property
    def was_left_to_its_job(self) -> bool:
        """Whether ECS alone told of it, until AWS Batch told of the same attempt whose it is: a kill is the job's then."""
        key = self.group_key
        is_behind_batch = key.kind is OwnerKind.JOB and is_batch_cluster(key.cluster)
        return self.resolution is Resolution.RETRACTED and is_behind_batch
