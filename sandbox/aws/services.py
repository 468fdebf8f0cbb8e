"""Services: how many tasks of which revision should run, and the deployments that get there."""

import random
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.aws.arns import arn, new_id
from sandbox.aws.curves import Curve
from sandbox.aws.definitions import Definition
from sandbox.aws.deployment_plan import DeploymentPlan


@dataclass
class Deployment:
    """One roll-out of one revision; its tasks name its id as startedBy."""

    definition: Definition
    created_at: datetime
    service_arn: str
    rollout: str = "IN_PROGRESS"
    reason: str = ""
    failed_tasks: int = 0
    had_healthy_task: bool = False
    finished_at: datetime | None = None
    source: "Deployment | None" = None  # what ran before
    superseded: bool = False  # another was begun before it was done
    rollback_to: "Deployment | None" = None
    rollback: "Deployment | None" = None  # the deployment that goes back there
    is_rollback: bool = False
    continued: set[str] = field(default_factory=set)  # lifecycle stages that were let go on
    takes_back: tuple[str, ...] = ()  # ids of deployments whose tasks it goes on with
    stage: str = "SCALE_UP"  # of a blue/green deployment; then where it pauses, BAKE_TIME, CLEAN_UP
    baked_s: float = 0.0
    ignores_alarms: bool = False  # one was on when it began
    id: str = field(default_factory=lambda: f"ecs-svc/{random.randrange(10**18, 10**19)}")  # noqa: S311 a name
    uid: str = field(default_factory=lambda: new_id()[:22])

    def owns(self, started_by: str) -> bool:
        """Whether a task that names `started_by` belongs to it."""
        return started_by == self.id or started_by in self.takes_back

    @property
    def arn(self) -> str:
        """The ARN in the service deployments API."""
        return f"{self.service_arn.replace(':service/', ':service-deployment/')}/{self.uid}"

    @property
    def revision_arn(self) -> str:
        """The ARN of the service revision that it brings."""
        number = int(self.id.removeprefix("ecs-svc/"))
        return f"{self.service_arn.replace(':service/', ':service-revision/')}/{number}"


@dataclass
class Service:
    """One service of one cluster; the newest deployment is PRIMARY."""

    name: str
    cluster: str
    desired: int
    created_at: datetime
    curves: dict[str, Curve] = field(default_factory=dict)
    chatter: dict[str, tuple[str, ...]] = field(default_factory=dict)
    controller: str = "ECS"
    plan: DeploymentPlan = field(default_factory=DeploymentPlan)
    managed_by: str = "CUSTOMER"  # "ECS" for an Express service
    status: str = "ACTIVE"  # then DRAINING, INACTIVE
    launch_type: str = "FARGATE"
    tags: list[dict[str, str]] = field(default_factory=list)
    deployments: list[Deployment] = field(default_factory=list)
    past: deque[Deployment] = field(default_factory=lambda: deque(maxlen=50))
    messages: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=100))
    kills: dict[str, int] = field(default_factory=dict)
    killed_at: dict[str, float] = field(default_factory=dict)
    ignores_sigterm: bool = False

    @property
    def arn(self) -> str:
        """The service's ARN."""
        return arn("ecs", f"service/{self.cluster}/{self.name}")

    @property
    def primary(self) -> Deployment:
        """The deployment that the service is on or on its way to."""
        return self.deployments[0]

    @property
    def blue(self) -> Deployment | None:
        """In a blue/green deployment: the completed one that goes on beside PRIMARY until that has baked."""
        primary = self.primary
        moving = primary.rollout == "IN_PROGRESS" and primary.stage != "CLEAN_UP"
        if self.plan.strategy != "BLUE_GREEN" or primary.is_rollback or not moving:
            return None
        return next((one for one in self.deployments[1:] if one.rollout == "COMPLETED"), None)

    def say(self, message: str, now: datetime) -> None:
        """Add to the service's event list, newest first."""
        self.messages.appendleft(
            {"id": new_id(), "createdAt": now, "message": f"(service {self.name}) {message}"}
        )

    def begin(self, definition: Definition, now: datetime, reason: str = "") -> Deployment:
        """Make a new PRIMARY deployment of `definition`."""
        made = Deployment(definition, now, self.arn, source=self.completed())
        if self.deployments and self.primary.rollout == "IN_PROGRESS":
            self.primary.superseded, self.primary.finished_at = True, now
        made.reason = reason or f"ECS deployment {made.id} in progress."
        self.deployments.insert(0, made)
        return made

    def history(self) -> list[Deployment]:
        """All deployments that somebody asked for, newest first: a rollback is part of the one that failed."""
        return [one for one in (*self.deployments, *reversed(self.past)) if not one.is_rollback]

    def completed(self) -> Deployment | None:
        """The last deployment that was completed."""
        return next((one for one in self.history() if one.rollout == "COMPLETED"), None)
