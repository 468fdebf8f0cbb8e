"""An agreed resize of `checkout` from 512 to 1,024 MiB, and what AWS may be seen to be, for tests."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.plan.plan import Change, ContainerChange, Plan, Target, TargetKind
from bot.domain.resize.resize import Resize, ResizePhase, Spec, Status
from bot.domain.subject.group_key import OwnerKind
from bot.domain.subject.subject import Subject

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=one) for one in (1, 60, 3600, 86400))
_STEM = "arn:aws:ecs:eu-west-1:123456789012:task-definition/checkout:"
OLD, NEW, OTHER = f"{_STEM}45", f"{_STEM}46", f"{_STEM}47"
ALICE, BOB, CAROL = "U0ALICE", "U0BOB", "U0CAROL"
CHECKOUT = Subject("123456789012", "eu-west-1", "prod", OwnerKind.SERVICE, "checkout")
CHANGE = Change(
    revision_arn=OLD,
    containers=(ContainerChange(name="app", old_memory_mib=512, new_memory_mib=1024),),
)


def plan(*, kind: TargetKind = TargetKind.SERVICE, pins: tuple[str, ...] = (), **facts: Any) -> Plan:
    """The plan, of another target or with other facts."""
    target = Target(kind=kind, subject=CHECKOUT, pins=pins)
    return replace(Plan(target=target, container="app", change=CHANGE), **facts)


def spec(**facts: Any) -> Spec:
    """What Alice asked for: no second person needed, a day's watch."""
    asked = Spec(
        id=12,
        plan=plan(),
        incident_id=None,
        requested_by=ALICE,
        requested_at=NOW,
        reason="three kills tonight",
        needs_approval=(),
        expires_at=NOW + HOUR,
        watch_s=DAY.total_seconds(),
    )
    return replace(asked, **facts)


def resize(phase: ResizePhase, *, asked: Spec | None = None, **status: Any) -> Resize:
    """It in a phase, with what is usually known by then, unless `status` says otherwise."""
    known: dict[str, Any] = {}
    if phase not in (ResizePhase.AWAITING, ResizePhase.APPROVED):
        known |= {"began_at": NOW}
    if phase is ResizePhase.REGISTERING:
        known |= {"acted_at": NOW}
    if phase in (ResizePhase.DEPLOYING, ResizePhase.WATCHING, ResizePhase.ROLLING_BACK, ResizePhase.PROVEN):
        known |= {"new_revision_arn": NEW, "deploying_since": NOW, "progressed_at": NOW}
    if phase in (ResizePhase.WATCHING, ResizePhase.PROVEN):
        known |= {"steady_at": NOW, "deployment_id": "ecs-svc/2"}
    if phase.is_final:
        known |= {"ended_at": NOW}
    return Resize(spec=asked or spec(), status=Status(phase=phase, **(known | status)))
