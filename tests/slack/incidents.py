"""Incidents to tell of: a service in production, killed at noon, and variations of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.alert.story import Story, tell
from bot.domain.diagnosis.diagnosis import Diagnosis
from bot.domain.incident.incident import Incident, Phase, Resolution
from bot.domain.kills.death import Death, Limits
from bot.domain.kills.verdict import Confidence, Verdict
from bot.domain.subject.group_key import GroupKey, OwnerKind
from bot.domain.subject.silence import Matcher, Silence

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SERVICE = GroupKey("123456789012", "eu-west-1", "prod", OwnerKind.SERVICE, "checkout-api", "app")
FAMILY = replace(SERVICE, kind=OwnerKind.FAMILY, name="nightly-report", container="report")
JOB = replace(SERVICE, cluster="AWSBatch-ce-1", kind=OwnerKind.JOB, name="align-genomes", container="default")
OOM_REASON = "ECS reported OutOfMemoryError for container app"
SUSPECTED_REASON = (
    "Container app was killed (exit code 137), its task was not asked to stop, and ECS gave no reason"
)
ALICE, BOB, OWNER = "U0ALICE01", "U0BOB0001", "S0PAYMENTS"


def death(number: int = 0, **changed: Any) -> Death:
    """The newest death (0) or an earlier one: one every 7 minutes, after 31 to 33 minutes of life."""
    died_at = NOON - timedelta(minutes=7 * number)
    usual = Death(
        group_key=SERVICE,
        task_arn=f"arn:aws:ecs:eu-west-1:123456789012:task/prod/{7 * 16**31 + number:032x}",
        container="app",
        verdict=Verdict.OOM,
        confidence=Confidence.CERTAIN,
        reason=OOM_REASON,
        died_at=died_at,
        started_at=died_at - timedelta(minutes=31 + number % 3),
        exit_code=137,
        task_version=5,
        task_definition_arn="arn:aws:ecs:eu-west-1:123456789012:task-definition/checkout-api:87",
        limits=Limits(container_mib=512, task_mib=1024),
        launch_type="FARGATE",
        image="123456789012.dkr.ecr.eu-west-1.amazonaws.com/checkout-api:2026-11-20",
        image_digest="sha256:a1b2c3d4e5f60718293a4b5c6d7e8f90",
        started_by="ecs-svc/4711",
        availability_zone="eu-west-1a",
    )
    return replace(usual, **changed)


def deaths(count: int, **changed: Any) -> tuple[Death, ...]:
    """So many deaths, newest first."""
    return tuple(death(number, **changed) for number in range(count))


def incident(kills: Sequence[Death] = (), **changed: Any) -> Incident:
    """The open incident of these deaths."""
    newest, oldest = (kills[0], kills[-1]) if kills else (death(), death())
    usual = Incident(
        id=42,
        group_key=newest.group_key,
        verdict=newest.verdict,
        phase=Phase.OPEN,
        generation=7,
        kill_count=max(1, len(kills)),
        first_kill_at=oldest.died_at,
        last_kill_at=newest.died_at,
        opened_at=oldest.died_at + timedelta(seconds=2),
    )
    return replace(usual, **changed)


def silence(**changed: Any) -> Silence:
    """Bob's silence of the service for four hours."""
    usual = Silence(
        id=3,
        matcher=Matcher(name="checkout-api"),
        starts_at=NOON,
        ends_at=NOON + timedelta(hours=4),
        created_by=BOB,
        reason="load test until 16:00",
    )
    return replace(usual, **changed)


def story(
    kills: Sequence[Death] = (),
    *,
    muted: Silence | None = None,
    kills_24h: int = 0,
    diagnosis: Diagnosis | None = None,
    **changed: Any,
) -> Story:
    """The story of these deaths; what is changed, is changed in the incident."""
    return tell(
        incident(kills, **changed),
        kills,
        silence=muted,
        account_name="prod-eu",
        owner=OWNER,
        now=NOON + timedelta(minutes=1),
        kills_24h=kills_24h or len(kills),
        diagnosis=diagnosis,
    )


ACKNOWLEDGED: dict[str, Any] = {
    "phase": Phase.ACKNOWLEDGED,
    "acknowledged_by": ALICE,
    "acknowledged_at": NOON + timedelta(minutes=2),
}


def resolved(why: Resolution, by: str = "") -> dict[str, Any]:
    """What changes in an incident that ends."""
    return {
        "phase": Phase.RESOLVED,
        "resolution": why,
        "resolved_by": by,
        "resolved_at": NOON + timedelta(hours=24),
    }
