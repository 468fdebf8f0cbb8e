"""Resizes: a person's request for other memory, from the agreed plan to its proof or its rollback."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.diagnosis.diagnosis import Pattern
from bot.domain.plan.plan import Plan


class ResizePhase(StrEnum):
    """Where a resize stands."""

    AWAITING = "awaiting_approval"
    APPROVED = "approved"  # nothing was changed yet
    REGISTERING = "registering"
    DEPLOYING = "deploying"
    WATCHING = "watching"
    ROLLING_BACK = "rolling_back"
    PROVEN = "proven"
    NOT_ENOUGH = "not_enough"
    ROLLED_BACK = "rolled_back"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"

    @property
    def is_final(self) -> bool:
        """Whether nothing more happens by itself."""
        return self in _FINAL

    @property
    def has_changed_aws(self) -> bool:
        """Whether something in AWS may differ from before."""
        return self not in _HARMLESS


_FINAL = frozenset(
    {
        ResizePhase.PROVEN,
        ResizePhase.NOT_ENOUGH,
        ResizePhase.ROLLED_BACK,
        ResizePhase.FAILED,
        ResizePhase.CANCELLED,
        ResizePhase.EXPIRED,
    }
)
_HARMLESS = frozenset(
    {ResizePhase.AWAITING, ResizePhase.APPROVED, ResizePhase.CANCELLED, ResizePhase.EXPIRED}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """What a person confirmed; it never changes. People are Slack user ids. Times are aware UTC."""

    id: int
    plan: Plan
    incident_id: int | None
    requested_by: str
    requested_at: datetime
    reason: str
    needs_approval: tuple[str, ...]  # why a second person must agree; empty: nobody need
    expires_at: datetime  # an approval that did not come by then is no longer taken
    watch_s: float  # how long to watch after the deployment is steady
    rolls_back: bool = False  # by policy: back to the old revision if it is killed again or fails
    pattern: Pattern = (
        Pattern.UNKNOWN
    )  # how memory grew, as the diagnosis at the time said: what is learned from it


@dataclass(frozen=True, slots=True, kw_only=True)
class InEnglish:
    """What a status says in another language, in the audit trail's."""

    words: str = ""
    rollback_why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What was done and observed; only the reconciler and decisions of people change it.

    `words` says in a sentence why it stands where it stands, in the language of its channel. Counts are tasks. MiB.
    """

    phase: ResizePhase
    words: str = ""
    approved_by: str = ""
    approved_at: datetime | None = None
    began_at: datetime | None = None  # of the writing to AWS
    new_revision_arn: str = ""
    moved: tuple[str, ...] = ()  # pins that already point at the new revision
    deployment_id: str = ""
    deployment_arn: str = ""
    deploying_since: datetime | None = None
    running_count: int = 0
    desired_count: int = 0
    steady_at: datetime | None = None
    peak_mib: float | None = None  # on the new revision, since steady_at
    kills_since: int = 0  # on the new revision
    runs_seen: int = (
        0  # the most tasks that were seen on the new revision at once; ECS forgets them in an hour
    )
    rollback_by: str = ""  # a person's id, or "policy"
    rollback_why: str = ""
    ended_at: datetime | None = None
    regressed_at: datetime | None = None  # a later deployment brought the old memory back
    acted_at: datetime | None = (
        None  # of the forward write whose effect was not seen yet: its answer may be lost
    )
    progressed_at: datetime | None = None  # when the deployment, or the way back, last got ahead
    is_stuck: bool = False  # it has not got ahead for long; it is told and goes on
    is_as_usual: bool = False  # `words` say no more of the deployment than its counts and its revision do
    trouble: str = ""  # ECS's words on why tasks are not placed or do not start
    is_unseen: bool = False  # `trouble` is ours: it cannot be looked at
    in_english: InEnglish | None = None  # None where it is told in English

    @property
    def was_killed_again(self) -> bool:
        """On the new size, soon enough after its proof to disprove it (`watch.LEARNED`)."""
        return self.phase is ResizePhase.PROVEN and self.kills_since > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Resize:
    """One resize: what was agreed and where it stands."""

    spec: Spec
    status: Status

    @property
    def watch_ends_at(self) -> datetime | None:
        """When it counts as proven; None before the deployment is steady."""
        steady_at = self.status.steady_at
        return None if steady_at is None else steady_at + timedelta(seconds=self.spec.watch_s)
