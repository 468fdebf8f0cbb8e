"""Workloads: what runs in the sandbox's cluster when it opens, quiet until somebody presses a button."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sandbox.aws.arns import ACCOUNT, REGION, new_id
from sandbox.aws.curves import Curve
from sandbox.aws.ecs import Ecs
from sandbox.aws.lives import HISTORY, Bygone
from sandbox.aws.services import Service
from sandbox.aws.tasks import Task, containers_of

CLUSTER = "prod"
_REGISTRY = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"


@dataclass(frozen=True)
class Part:
    """One container: its limit in MiB (None: only the task limits it), its curve, what its log says all day."""

    name: str
    limit_mib: int | None
    curve: Curve
    essential: bool = True
    environment: tuple[tuple[str, str], ...] = ()
    chatter: tuple[str, ...] = ()
    soft_mib: int | None = None  # memoryReservation


@dataclass(frozen=True)
class Workload:
    """One service, or one family that is run by a schedule when `desired` is 0; sizes as Fargate has them."""

    name: str
    cpu: int
    memory_mib: int
    parts: tuple[Part, ...]
    desired: int = 1
    age_s: float = 3 * 24 * 3600
    launch_type: str = "FARGATE"
    controller: str = "ECS"
    tags: tuple[tuple[str, str], ...] = ()


_XMX = (("JAVA_TOOL_OPTIONS", "-Xmx1536m -XX:+ExitOnOutOfMemoryError"),)

_WEB = ("GET /cart 200 31 ms", "POST /checkout 201 118 ms", "GET /cart/items?page=2 200 44 ms")
_JAVA = ("INFO o.a.search.Query - 3,114 hits in 27 ms", "INFO o.a.search.Merge - merged 4 segments")
_WORKER = ("[INFO] ledger.tasks.settle succeeded in 1.8s", "[INFO] Received task: ledger.tasks.settle")

WORKLOADS = (
    Workload(
        "checkout-api",
        512,
        1024,
        (
            Part(
                "api",
                None,
                Curve("steady", 430, 430),
                environment=(("NODE_ENV", "production"),),
                chatter=_WEB,
            ),
        ),
        desired=2,
        tags=(("team", "payments"),),
    ),
    Workload(
        "image-resizer",
        1024,
        2048,
        (
            Part(
                "resizer",
                1536,
                Curve("spike", 610, 1180, 900),
                chatter=("resized 4032x3024 to 1280x960 in 310 ms",),
            ),
            Part("log-router", 128, Curve("steady", 61, 61), essential=False),
        ),
        desired=2,
    ),
    Workload(
        "search",
        1024,
        2048,
        (Part("search", None, Curve("jvm", 900, 1780, 3600), environment=_XMX, chatter=_JAVA),),
    ),
    Workload(
        "ledger-worker",
        256,
        1024,
        (Part("worker", None, Curve("leak", 320, 1010, 6 * 3600), chatter=_WORKER),),
        age_s=7200,
    ),
    Workload("notifications", 256, 512, (Part("sender", 384, Curve("steady", 96, 96)),), launch_type="EC2"),
    Workload(
        "storefront", 512, 1024, (Part("web", None, Curve("start-up", 300, 700)),), controller="CODE_DEPLOY"
    ),
    Workload("nightly-report", 512, 2048, (Part("report", None, Curve("cron", 700, 1500, 1200)),), desired=0),
)


def open_for_business(ecs: Ecs, workloads: Sequence[Workload] = WORKLOADS) -> None:
    """Register and run the workloads as if they had been running for a while; nothing is emitted."""
    for workload in workloads:
        run(ecs, workload)


def run(ecs: Ecs, workload: Workload) -> None:
    """Register one workload and let it have been running for `age_s`."""
    registered_at = ecs.clock.now() - HISTORY
    revision = ecs.definitions.register(definition(workload), registered_at, "terraform")
    ecs.curves[workload.name] = workload.parts[0].curve
    if not workload.desired:
        return
    began = max(ecs.clock.now() - timedelta(seconds=workload.age_s), registered_at)
    tags = [{"key": key, "value": value} for key, value in workload.tags]
    service = Service(
        workload.name, CLUSTER, workload.desired, registered_at, launch_type=workload.launch_type, tags=tags
    )
    service.controller = workload.controller
    service.chatter = {part.name: part.chatter for part in workload.parts if part.chatter}
    service.curves = {part.name: part.curve for part in workload.parts}
    deployment = service.begin(revision, registered_at)
    deployment.rollout, deployment.finished_at = "COMPLETED", registered_at
    deployment.reason = f"ECS deployment {deployment.id} completed."
    ecs.services[CLUSTER, workload.name] = service
    for _ in range(workload.desired):
        task = ecs.new_task(CLUSTER, revision, f"service:{workload.name}", deployment.id)
        ecs.run(task)
        task.created_at, task.age_s = began, workload.age_s
        task.times |= dict.fromkeys(task.times, began)
        again = partial(_again, task)
        ecs.lives.began_earlier(Bygone(task, again, service.chatter))


def _again(task: Task, began: datetime) -> Task:
    """A task like that one, which began at another time; ECS itself does not know it."""
    earlier = replace(task, id=new_id(), created_at=began, containers=containers_of(task.definition))
    earlier.times = dict.fromkeys(("pullStartedAt", "pullStoppedAt", "startedAt", "connectivityAt"), began)
    for container, now in zip(earlier.containers, task.containers, strict=True):
        container.status, container.digest, container.runtime_id = "STOPPED", now.digest, earlier.id
    return earlier


def definition(workload: Workload) -> dict[str, Any]:
    """The RegisterTaskDefinition request for a workload."""
    fargate = workload.launch_type == "FARGATE"
    sizes = {
        "cpu": str(workload.cpu),
        "memory": str(workload.memory_mib),
        "requiresCompatibilities": ["FARGATE"],
    }
    return {
        "family": workload.name,
        "containerDefinitions": [_container(workload, part) for part in workload.parts],
        "executionRoleArn": f"arn:aws:iam::{ACCOUNT}:role/{workload.name}-execution",
        "taskRoleArn": f"arn:aws:iam::{ACCOUNT}:role/{workload.name}",
        "tags": [{"key": key, "value": value} for key, value in workload.tags],
    } | (sizes | {"networkMode": "awsvpc"} if fargate else {"networkMode": "bridge"})


def _container(workload: Workload, part: Part) -> dict[str, Any]:
    log_options = {
        "awslogs-group": f"/ecs/{workload.name}",
        "awslogs-region": REGION,
        "awslogs-stream-prefix": "ecs",
    }
    return {
        "name": part.name,
        "image": f"{_REGISTRY}/{part.name}:2026-02-14",
        "essential": part.essential,
        "environment": [{"name": name, "value": value} for name, value in part.environment],
        "logConfiguration": {"logDriver": "awslogs", "options": log_options},
    } | {
        key: size for key, size in (("memory", part.limit_mib), ("memoryReservation", part.soft_mib)) if size
    }
