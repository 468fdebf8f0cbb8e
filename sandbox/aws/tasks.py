"""Tasks: containers that run together, and what ECS tells of them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from sandbox.aws.arns import REGION, arn, new_id
from sandbox.aws.definitions import Definition

OOM_REASON = "OutOfMemoryError: Container killed due to memory usage"
GONE_AFTER_S = 3600


@dataclass
class Container:
    """One container of a task."""

    name: str
    image: str
    essential: bool
    limit_mib: int | None
    reservation_mib: int | None
    cpu: int
    status: str = "PENDING"
    exit_code: int | None = None
    reason: str | None = None
    runtime_id: str = ""
    digest: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    id: str = field(default_factory=lambda: str(uuid4()))

    def shown(self, task_arn: str, cluster: str) -> dict[str, Any]:
        """As events and DescribeTasks show it: sizes are text, what is unknown is absent."""
        sizes = {"memory": self.limit_mib, "memoryReservation": self.reservation_mib}
        known = {"exitCode": self.exit_code, "reason": self.reason, "imageDigest": self.digest or None} | {
            key: str(value) for key, value in sizes.items() if value is not None
        }
        return {
            "containerArn": arn("ecs", f"container/{cluster}/{task_arn.rpartition('/')[2]}/{self.id}"),
            "taskArn": task_arn,
            "name": self.name,
            "image": self.image,
            "runtimeId": self.runtime_id,
            "lastStatus": self.status,
            "networkInterfaces": [],
            "cpu": str(self.cpu),
        } | {key: value for key, value in known.items() if value is not None}


@dataclass
class Task:
    """One task from PROVISIONING to STOPPED; `age_s` is its life so far, in seconds of life."""

    cluster: str
    definition: Definition
    group: str
    started_by: str
    created_at: datetime
    containers: list[Container]
    launch_type: str = "FARGATE"
    service: str | None = None
    id: str = field(default_factory=new_id)
    status: str = "PROVISIONING"
    desired: str = "RUNNING"
    version: int = 1
    updated_at: datetime | None = None
    times: dict[str, datetime] = field(default_factory=dict)
    stop_code: str | None = None
    stopped_reason: str | None = None
    age_s: float = 0.0
    doomed: dict[str, float] = field(default_factory=dict)
    machine: str | None = None  # of the container instance, where it is not on Fargate
    load: float = 1.0  # how many times its usual input a job has

    @property
    def arn(self) -> str:
        """The task's ARN, long form."""
        return arn("ecs", f"task/{self.cluster}/{self.id}")

    @property
    def limit_mib(self) -> int | None:
        """The size of the whole task, where it has one."""
        text = self.definition.get("memory")
        return int(text) if text else None

    def container(self, name: str) -> Container:
        """The container of that name; StopIteration when there is none."""
        return next(one for one in self.containers if one.name == name)

    def detail(self) -> dict[str, Any]:
        """The task as DescribeTasks shows it, with moments as datetimes."""
        optional = {"stopCode": self.stop_code, "stoppedReason": self.stopped_reason} | self.times
        return (
            {
                "attachments": [self._network()],
                "attributes": [{"name": "ecs.cpu-architecture", "value": "x86_64"}],
                "availabilityZone": f"{REGION}b",
                "clusterArn": arn("ecs", f"cluster/{self.cluster}"),
                "connectivity": "CONNECTED",
                "containers": [one.shown(self.arn, self.cluster) for one in self.containers],
                "cpu": self.definition.get("cpu", "0"),
                "memory": self._memory(),
                "createdAt": self.created_at,
                "desiredStatus": self.desired,
                "lastStatus": self.status,
                "enableExecuteCommand": False,
                "group": self.group,
                "launchType": self.launch_type,
                "overrides": {"containerOverrides": [{"name": one.name} for one in self.containers]},
                "startedBy": self.started_by,
                "taskArn": self.arn,
                "taskDefinitionArn": self.definition["taskDefinitionArn"],
                "version": self.version,
            }
            | self._place()
            | {key: value for key, value in optional.items() if value is not None}
        )

    def _memory(self) -> str:
        """The task's size; without one ECS shows the sum of the reservations."""
        return str(self.limit_mib or sum(c.reservation_mib or c.limit_mib or 0 for c in self.containers))

    def _place(self) -> dict[str, Any]:
        """Fargate's platform, or the container instance."""
        if self.launch_type == "FARGATE":
            return {"platformVersion": "1.4.0", "ephemeralStorage": {"sizeInGiB": 20}}
        place = f"container-instance/{self.cluster}/{self.machine}"
        return {"containerInstanceArn": arn("ecs", place)} if self.machine else {}

    def _network(self) -> dict[str, Any]:
        gone = self.status == "STOPPED"
        details = [{"name": "subnetId", "value": "subnet-0d0eab1bb38d5ca64"}]
        return {
            "id": f"{self.id[:8]}-net",
            "type": "eni",
            "status": "DELETED" if gone else "ATTACHED",
            "details": [*details, {"name": "privateIPv4Address", "value": f"10.0.1.{int(self.id[:2], 16)}"}],
        }


def containers_of(definition: Definition) -> list[Container]:
    """Fresh containers as a task definition describes them."""
    return [
        Container(
            name=one["name"],
            image=one["image"],
            essential=one["essential"],
            limit_mib=one.get("memory"),
            reservation_mib=one.get("memoryReservation"),
            cpu=one["cpu"],
            environment={variable["name"]: variable["value"] for variable in one["environment"]},
        )
        for one in definition["containerDefinitions"]
    ]
