"""Evidence to reason from: a Fargate service's container of 512 MiB that was killed at noon, and variations of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain.aws.task_definition import Container, LogRoute, TaskDefinition
from bot.domain.diagnosis.diagnosis import Finding
from bot.domain.diagnosis.evidence import Evidence, ServiceState
from bot.domain.diagnosis.series import Sample, Series, SeriesSource
from bot.domain.kills.death import Limits
from bot.domain.kills.verdict import Confidence, Verdict
from tests.slack.incidents import NOON, death

ARN = "arn:aws:ecs:eu-west-1:123456789012:task-definition/checkout-api:87"
LIVING = "arn:aws:ecs:eu-west-1:123456789012:task/prod/0a1b2c3d4e5f60718293a4b5c6d7e8f9"
ON_EC2: dict[str, Any] = {"launch_type": "EC2"}
SUSPECTED: dict[str, Any] = {"verdict": Verdict.SUSPECTED_OOM, "confidence": Confidence.LIKELY}
ONLY_SOFT: dict[str, Any] = {**ON_EC2, "limits": Limits(reservation_mib=256, task_mib=256)}


def container(name: str = "app", **changed: Any) -> Container:
    """A container with a limit of 512 MiB."""
    usual = Container(
        name=name,
        image="shop/checkout:1",
        memory_mib=512,
        log=LogRoute(driver="awslogs", group="/shop", region="eu-west-1", stream_prefix="ecs"),
    )
    return replace(usual, **changed)


def definition(*containers: Container, **changed: Any) -> TaskDefinition:
    """Revision 87, a task of 1 GiB on Fargate."""
    usual = TaskDefinition(
        arn=ARN,
        family="checkout-api",
        revision=87,
        containers=containers or (container(),),
        cpu=256,
        memory_mib=1024,
        is_fargate=True,
    )
    return replace(usual, **changed)


def series(*mib: float, of: str = "container app", step_s: float = 60, **changed: Any) -> Series:
    """Samples a minute apart, the last one half a minute before noon."""
    last = NOON - timedelta(seconds=30)
    samples = tuple(
        Sample(last - timedelta(seconds=step_s * (len(mib) - 1 - number)), size)
        for number, size in enumerate(mib)
    )
    usual = Series(
        samples=samples,
        step_s=step_s,
        source=SeriesSource.CONTAINER_INSIGHTS,
        of=of,
        ended_at=NOON,
        was_killed=True,
    )
    return replace(usual, **changed)


def service(**changed: Any) -> ServiceState:
    """A service of three tasks."""
    return replace(ServiceState(desired_count=3, running_count=3, task_definition_arn=ARN), **changed)


def evidence(*, died: dict[str, Any] | None = None, **changed: Any) -> Evidence:
    """All about one kill; `died` changes the death."""
    usual = Evidence(collected_at=NOON, deaths=(death(**(died or {})),), definition=definition())
    return replace(usual, **changed)


def finding(rule: str, *, memory_helps: bool | None = None, evidence: str = "a line") -> Finding:
    """What a log line or a setting shows."""
    return Finding(rule=rule, words="It is so.", evidence=evidence, memory_helps=memory_helps)


def steady(size: float, count: int = 30) -> Sequence[float]:
    """Samples that do not move."""
    return [size] * count
