"""Writing resizes: each looks once more, and writes nothing where the world has moved on."""

from typing import Any

import pytest

from bot.aws.calls import Calls
from bot.aws.resize_writing import (
    NotNow,
    Overtaken,
    Pen,
    Refused,
    Unstoppable,
    move_pin,
    move_service,
    register,
    stop_deployment,
)
from bot.aws.resizing import pins
from bot.domain.plan.plan import Change, ContainerChange, Plan, Target, TargetKind
from bot.domain.resize.resize import Resize, ResizePhase, Spec, Status
from bot.domain.resize.step import MovePin, MoveService, StopDeployment
from bot.domain.subject.group_key import OwnerKind
from bot.domain.subject.subject import Subject
from sandbox.aws.arns import ACCOUNT, REGION
from sandbox.aws.errors import AwsError
from sandbox.aws.sizes import doubled
from sandbox.aws.world import World
from sandbox.wire import WireLog

STEM = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/"
STATUS = Status(phase=ResizePhase.DEPLOYING)


@pytest.fixture
def pen(calls: Calls) -> Pen:
    return Pen(calls, ACCOUNT, REGION, "U0ALICE")


def resize_of(world: World, name: str, container: str, old_mib: int = 1024) -> Resize:
    """A service's task from its revision 1 to twice the memory."""
    now = world.clock.now()
    change = Change(
        revision_arn=f"{STEM}{name}:1",
        containers=(ContainerChange(name=container, old_memory_mib=None, new_memory_mib=None),),
        task_memory_mib=(old_mib, 2048),
        cpu=(512, 512),
    )
    target = Target(
        kind=TargetKind.SERVICE, subject=Subject(ACCOUNT, REGION, "prod", OwnerKind.SERVICE, name)
    )
    spec = Spec(
        id=7,
        plan=Plan(target=target, container=container, change=change),
        incident_id=None,
        requested_by="U0ALICE",
        requested_at=now,
        reason="",
        needs_approval=(),
        expires_at=now,
        watch_s=1,
    )
    return Resize(spec=spec, status=STATUS)


def another(world: World, name: str) -> str:
    """A further revision of a service's task, which nothing runs."""
    asked = doubled(world.ecs.services["prod", name].primary.definition)
    made: str = world.ecs.definitions.register(asked, world.clock.now(), "alice")["taskDefinitionArn"]
    return made


def wrote(wire: WireLog) -> list[str]:
    """The calls that change something."""
    changing = ("Update", "Put", "Register", "Stop")
    kinds = [entry.kind.removeprefix("aws ") for entry in wire.entries()]
    return [kind for kind in kinds if kind.partition(":")[2].startswith(changing)]


def is_there_already(world: World, new: str) -> None:
    world.rollouts.deploy(world.ecs.services["prod", "checkout-api"], world.ecs.definitions.find(new))


def went_elsewhere(world: World, _: str) -> None:
    is_there_already(world, another(world, "checkout-api"))


def is_gone(world: World, _: str) -> None:
    del world.ecs.services["prod", "checkout-api"]


def is_deployed_anew(world: World, _: str) -> None:
    service = world.ecs.services["prod", "checkout-api"]
    world.rollouts.deploy(service, service.primary.definition)


def is_codedeploys(world: World, _: str) -> None:
    world.ecs.services["prod", "checkout-api"].controller = "CODE_DEPLOY"


def is_express(world: World, _: str) -> None:
    world.ecs.services["prod", "checkout-api"].managed_by = "ECS"


@pytest.mark.parametrize(
    ("meanwhile", "told"),
    [
        pytest.param(went_elsewhere, Overtaken, id="someone deployed meanwhile"),
        pytest.param(is_gone, Overtaken, id="it was deleted meanwhile"),
        pytest.param(is_deployed_anew, Overtaken, id="another deployment is under way"),
        pytest.param(is_codedeploys, Refused, id="CodeDeploy took it over"),
        pytest.param(is_express, Refused, id="it is an Express service"),
    ],
)
async def test_a_service_that_is_no_longer_as_planned_is_left_alone(
    world: World, wire: WireLog, pen: Pen, meanwhile: Any, told: type[Exception]
) -> None:
    new = another(world, "checkout-api")
    meanwhile(world, new)
    step = MoveService(STATUS, f"{STEM}checkout-api:1", new)
    with pytest.raises(told):
        await move_service(pen, resize_of(world, "checkout-api", "api"), step)
    assert wrote(wire) == []


async def test_what_runs_it_already_needs_nothing(world: World, wire: WireLog, pen: Pen) -> None:
    new = another(world, "checkout-api")
    is_there_already(world, new)
    step = MoveService(STATUS, f"{STEM}checkout-api:1", new)
    await move_service(pen, resize_of(world, "checkout-api", "api"), step)
    assert wrote(wire) == []


async def test_nothing_but_the_revision_is_asked_of_the_service(
    world: World, wire: WireLog, pen: Pen
) -> None:
    new = another(world, "checkout-api")
    step = MoveService(STATUS, f"{STEM}checkout-api:1", new)
    await move_service(pen, resize_of(world, "checkout-api", "api"), step)
    [asked] = [entry.request for entry in wire.entries() if entry.kind == "aws ecs:UpdateService"]
    assert asked == {"cluster": "prod", "service": "checkout-api", "taskDefinition": new}


async def test_a_plan_of_other_sizes_than_the_revision_has_registers_nothing(
    world: World, wire: WireLog, pen: Pen
) -> None:
    with pytest.raises(Refused, match="no longer what the plan saw"):
        await register(pen, resize_of(world, "checkout-api", "api", old_mib=512), tagged=True)
    assert wrote(wire) == []


@pytest.mark.parametrize(
    ("code", "message", "told"),
    [
        pytest.param(
            "ClientException", "No Fargate configuration exists for given values.", Refused, id="wrong size"
        ),
        pytest.param(
            "ClientException", "Too many concurrent attempts to create a new revision", NotNow, id="crowded"
        ),
        pytest.param("ThrottlingException", "Rate exceeded", NotNow, id="throttled"),
        pytest.param("AccessDeniedException", "not authorized", Refused, id="denied"),
        pytest.param(
            "LimitExceededException", "too many revisions at once", NotNow, id="a limit of the moment"
        ),
        pytest.param("ServiceNotFoundException", "Service not found.", Overtaken, id="gone"),
    ],
)
async def test_what_aws_says_is_for_good_for_now_or_a_reason_to_look_again(
    world: World, pen: Pen, code: str, message: str, told: type[Exception]
) -> None:
    world.faults.ordered["ecs:RegisterTaskDefinition"] = (AwsError(code, message), 1)
    with pytest.raises(told):
        await register(pen, resize_of(world, "checkout-api", "api"), tagged=True)


async def test_a_deployment_that_is_over_cannot_be_stopped(world: World, pen: Pen) -> None:
    over = world.ecs.services["prod", "checkout-api"].primary.arn
    with pytest.raises(Unstoppable):
        await stop_deployment(pen, StopDeployment(STATUS, over))


@pytest.mark.parametrize(
    "pin",
    [
        pytest.param("rule nightly-report/1", id="a target that names the family alone"),
        pytest.param("rule gone/1", id="a rule that was deleted"),
        pytest.param("schedule default/gone", id="a schedule that was deleted"),
        pytest.param("schedule default/nightly-report-eu", id="a schedule that names another revision"),
    ],
)
async def test_a_pin_that_names_something_else_by_now_is_left_alone(
    wire: WireLog, pen: Pen, pin: str
) -> None:
    with pytest.raises(Overtaken):
        await move_pin(pen, MovePin(STATUS, pin, f"{STEM}nightly-report:9", f"{STEM}nightly-report:10"))
    assert wrote(wire) == []


async def test_a_rule_of_another_event_bus_is_moved_there_and_nowhere_else(
    world: World, wire: WireLog, pen: Pen
) -> None:
    for bus in ("default", "orders"):
        world.rules.add("order-placed", "prod", "nightly-report:1", bus=bus)
    pin, new = "rule order-placed/1 on orders", f"{STEM}nightly-report:2"
    await move_pin(pen, MovePin(STATUS, pin, f"{STEM}nightly-report:1", new))
    assert await pins.current(pen.site, pin) == new
    assert await pins.current(pen.site, "rule order-placed/1") == f"{STEM}nightly-report:1"
    assert wrote(wire) == ["events:PutTargets"]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        pytest.param("ConcurrentModificationException", NotNow, id="for now"),
        pytest.param("ValidationException", Refused, id="for good"),
    ],
)
async def test_eventbridge_may_refuse_a_target_in_an_answer_that_says_ok(
    world: World, pen: Pen, code: str, told: type[Exception]
) -> None:
    world.rules.add("month-end", "prod", "nightly-report:1")
    failed = {"TargetId": "1", "ErrorCode": code, "ErrorMessage": "no"}
    refusing = {"PutTargets": lambda _: {"FailedEntryCount": 1, "FailedEntries": [failed]}}
    world._at_home["events"] |= refusing  # what the sandbox's EventBridge never says
    step = MovePin(STATUS, "rule month-end/1", f"{STEM}nightly-report:1", f"{STEM}nightly-report:2")
    with pytest.raises(told, match=code):
        await move_pin(pen, step)
