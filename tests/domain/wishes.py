"""Wishes and facts to plan from: a Fargate service `checkout` of 2 tasks, with all that ECS tells of its revision."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from bot.domain.aws.price import Prices, Rate
from bot.domain.aws.task_definition import Container, TaskDefinition
from bot.domain.diagnosis.diagnosis import Culprit, Diagnosis, Option, Pattern, Recommendation
from bot.domain.diagnosis.evidence import ServiceState
from bot.domain.plan.amount import parse
from bot.domain.plan.plan import Plan, Target, TargetKind
from bot.domain.plan.planning import plan
from bot.domain.plan.resize_facts import Facts, Wish
from bot.domain.subject.group_key import OwnerKind
from bot.domain.subject.subject import Subject
from tests.domain.revisions import app, on_fargate

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
ARN = "arn:aws:ecs:eu-west-1:123456789012:task-definition/checkout:42"
NEWER_ARN = "arn:aws:ecs:eu-west-1:123456789012:task-definition/checkout:43"
ACCEPTED = frozenset({"family", "containerDefinitions", "cpu", "memory", "requiresCompatibilities"})
PRICES = Prices(region="eu-west-1", as_of=date(2026, 11, 1), x86=Rate(0.04, 0.004), arm=None)
REPOSITORY = "registry.example.com:5000/shop/app"
DIGEST, OTHER = "sha256:" + "a" * 64, "sha256:" + "b" * 64
JVM = replace(
    app(1024),
    image=f"{REPOSITORY}:latest",
    knobs={"JAVA_TOOL_OPTIONS": "-Xmx768m -Dcolour=blue"},
    variables=frozenset({"JAVA_TOOL_OPTIONS"}),
)


def target(kind: TargetKind = TargetKind.SERVICE, *pins: str) -> Target:
    """What is resized: `checkout` in the cluster `prod`."""
    owners = {TargetKind.SERVICE: OwnerKind.SERVICE, TargetKind.JOB: OwnerKind.JOB}
    owner = owners.get(kind, OwnerKind.FAMILY)
    return Target(
        kind=kind, subject=Subject("123456789012", "eu-west-1", "prod", owner, "checkout"), pins=pins
    )


def service(**changed: Any) -> ServiceState:
    """Two tasks of revision 42."""
    return replace(ServiceState(desired_count=2, running_count=2, task_definition_arn=ARN), **changed)


def described(definition: TaskDefinition, **more: Any) -> dict[str, Any]:
    """The same revision as DescribeTaskDefinition tells it; `more` are further fields of it."""
    told: dict[str, Any] = {
        "taskDefinitionArn": definition.arn,
        "family": definition.family,
        "revision": definition.revision,
        "status": "ACTIVE",
        "containerDefinitions": [_container(one) for one in definition.containers],
        **more,
    }
    told |= {"cpu": str(definition.cpu)} if definition.cpu else {}
    told |= {"memory": str(definition.memory_mib)} if definition.memory_mib else {}
    return {"taskDefinition": told, "tags": []}


def _container(one: Container) -> dict[str, Any]:
    told: dict[str, Any] = {"name": one.name, "image": one.image}
    told |= {"memory": one.memory_mib} if one.memory_mib else {}
    told |= {"memoryReservation": one.reservation_mib} if one.reservation_mib else {}
    told["environment"] = [{"name": name, "value": value} for name, value in one.knobs.items()]
    return told


def facts(definition: TaskDefinition | None = None, **changed: Any) -> Facts:
    """The service on Fargate: 1,024 MiB, a quarter of a vCPU, and a container of 1,024 MiB."""
    one = definition or on_fargate(1024, 256, app(1024))
    usual = Facts(
        target=target(),
        definition=one,
        described=described(one),
        accepted=ACCEPTED,
        service=service(),
        prices=PRICES,
    )
    return replace(usual, **changed)


def planned(given: Facts, amount: str = "", *, container: str = "app", **wish: Any) -> Plan:
    """The plan for what was typed."""
    return plan(given, container, Wish(amount=parse(amount), **wish), now=NOW)


def rules(one: Plan) -> list[str]:
    """What its notes are about."""
    return [note.rule for note in one.notes]


def diagnosis(*sizes: tuple[int, int | None, float | None], limit_mib: int = 1024) -> Diagnosis:
    """One that recommends the middle one of these sizes: container, task, probability."""
    options = tuple(Option(memory_mib=own, task_mib=task, enough=enough) for own, task, enough in sizes)
    return Diagnosis(
        made_at=NOW,
        pattern=Pattern.CHRONIC,
        pattern_why="it lives close to its limit",
        culprit=Culprit.CONTAINER,
        culprit_why="app reached its limit",
        limit_mib=limit_mib,
        recommendation=Recommendation(options=options, best=len(options) // 2, reasons=(), multiplier=2.0)
        if options
        else None,
    )
