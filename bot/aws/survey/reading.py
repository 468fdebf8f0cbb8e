"""Reading a survey's answers: a service or a task as ECS tells it, before its revision is known."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from bot.aws.evidence.site import Site
from bot.domain.aws.arn import Arn
from bot.domain.aws.task_definition import TaskDefinition
from bot.domain.inspection.running import Running
from bot.domain.subject.group_key import OwnerKind
from bot.domain.subject.subject import Subject

_OF_FAMILY = "family:"  # the group of a task that no service started


@dataclass(frozen=True, slots=True)
class Found:
    """A service, or a task that belongs to none. `on_fargate` is None where ECS does not tell."""

    site: Site
    subject: Subject
    definition_arn: str
    on_fargate: bool | None
    desired_count: int = 1
    deployed_at: datetime | None = None
    is_active: bool = True

    def with_count(self, count: int) -> "Found":
        """The same, so many times."""
        return replace(self, desired_count=count)

    def running(self, definition: TaskDefinition) -> Running:
        """With its revision."""
        return Running(
            subject=self.subject,
            definition=definition,
            on_fargate=definition.is_fargate if self.on_fargate is None else self.on_fargate,
            desired_count=self.desired_count,
            deployed_at=self.deployed_at,
        )


def service(site: Site, given: Mapping[str, Any]) -> Found:
    """One of DescribeServices."""
    primary: Mapping[str, Any] = next(
        (one for one in given.get("deployments") or () if one.get("status") == "PRIMARY"), {}
    )
    at = primary.get("createdAt")
    desired, running = int(given.get("desiredCount") or 0), int(given.get("runningCount") or 0)
    return Found(
        site,
        Subject(
            site.account,
            site.region,
            name_of(str(given.get("clusterArn", ""))),
            OwnerKind.SERVICE,
            str(given.get("serviceName", "")),
        ),
        str(given.get("taskDefinition", "")),
        _on_fargate(given),
        desired_count=desired,
        deployed_at=at.astimezone(UTC) if isinstance(at, datetime) else None,
        is_active=given.get("status") == "ACTIVE"
        and bool(given.get("taskDefinition"))
        and (desired > 0 or running > 0),
    )


def task(site: Site, given: Mapping[str, Any]) -> Found | None:
    """One of DescribeTasks; None where a service runs it."""
    group, arn = str(given.get("group", "")), str(given.get("taskDefinitionArn", ""))
    if not group.startswith(_OF_FAMILY) or not arn:
        return None
    cluster = name_of(str(given.get("clusterArn", "")))
    return Found(
        site,
        Subject(site.account, site.region, cluster, OwnerKind.FAMILY, Arn.parse(arn).name),
        arn,
        _on_fargate(given),
    )


def name_of(cluster: str) -> str:
    """The name in a cluster's ARN, or the name itself."""
    return cluster.rpartition("/")[2]


def _on_fargate(given: Mapping[str, Any]) -> bool | None:
    named = str(given.get("launchType") or "")
    if named:
        return named == "FARGATE"
    strategy = [str(one.get("capacityProvider", "")) for one in given.get("capacityProviderStrategy") or ()]
    return any(name.startswith("FARGATE") for name in strategy) if strategy else None
