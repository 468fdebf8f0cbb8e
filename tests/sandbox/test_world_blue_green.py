"""Blue/green: both revisions run in full while the new one bakes; then the old one stops, or gets the traffic back."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.aws.world import World
from sandbox.clock import ManualClock

BLUE_GREEN = {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 5}
Call = Callable[..., Any]


@pytest.fixture
def call(aws: Callable[[str], Any]) -> Call:
    """One ECS call about checkout-api in a thread."""
    client = aws("ecs")

    async def ask(operation: str, **parameters: Any) -> Any:
        return await asyncio.to_thread(getattr(client, operation), **parameters)

    return ask


@pytest.fixture
async def green(call: Call) -> str:
    """The ARN of a service deployment that has just begun."""
    asked = {"deploymentConfiguration": BLUE_GREEN, "forceNewDeployment": True}
    answer = await call("update_service", cluster="prod", service="checkout-api", **asked)
    arn: str = answer["service"]["currentServiceDeployment"]
    return arn


async def shown(call: Call, arn: str) -> dict[str, Any]:
    """The service deployment now."""
    answer = await call("describe_service_deployments", serviceDeploymentArns=[arn])
    found: dict[str, Any] = answer["serviceDeployments"][0]
    return found


async def sides(call: Call) -> list[tuple[str, int, int, str]]:
    """The service's deployments now, newest first: status, desired, running, rollout."""
    answer = await call("describe_services", cluster="prod", services=["checkout-api"])
    return [
        (one["status"], one["desiredCount"], one["runningCount"], one["rolloutState"])
        for one in answer["services"][0]["deployments"]
    ]


async def test_both_run_while_it_bakes_and_then_the_old_ones_stop(
    clock: ManualClock, call: Call, green: str
) -> None:
    assert (await shown(call, green))["lifecycleStage"] == "SCALE_UP"
    await clock.advance(120)
    baking = await shown(call, green)
    assert (baking["status"], baking["lifecycleStage"]) == ("IN_PROGRESS", "BAKE_TIME")
    assert baking["deploymentConfiguration"]["bakeTimeInMinutes"] == 5
    assert [one["runningTaskCount"] for one in baking["sourceServiceRevisions"]] == [2]
    assert await sides(call) == [("PRIMARY", 2, 2, "IN_PROGRESS"), ("ACTIVE", 2, 2, "COMPLETED")]
    await clock.advance(300)
    done = await shown(call, green)
    assert (done["status"], "lifecycleStage" in done) == ("SUCCESSFUL", False)
    assert await sides(call) == [("PRIMARY", 2, 2, "COMPLETED")]


async def test_stopped_while_it_bakes_the_old_tasks_get_the_traffic_back(
    world: World, clock: ManualClock, call: Call, green: str
) -> None:
    service = world.ecs.services["prod", "checkout-api"]
    before = {task.id for task in world.ecs.tasks_of(service)}
    await clock.advance(120)
    assert len(world.ecs.tasks_of(service)) == 4
    await call("stop_service_deployment", serviceDeploymentArn=green)
    await clock.advance(30)
    assert (await shown(call, green))["status"] == "ROLLBACK_SUCCESSFUL"
    assert {task.id for task in world.ecs.tasks_of(service)} == before
    assert await sides(call) == [("PRIMARY", 2, 2, "COMPLETED")]


async def test_a_blue_task_that_dies_meanwhile_is_replaced_by_a_blue_one(
    world: World, clock: ManualClock, call: Call, green: str
) -> None:
    await clock.advance(60)
    service = world.ecs.services["prod", "checkout-api"]
    old = next(task for task in world.ecs.tasks_of(service) if task.started_by != service.primary.id)
    world.ecs.kill(old, old.containers[0])
    await clock.advance(30)
    assert [running for _, _, running, _ in await sides(call)] == [2, 2]
    assert (await shown(call, green))["status"] == "IN_PROGRESS"


async def test_a_second_deployment_while_the_first_bakes_supersedes_it(
    clock: ManualClock, call: Call, green: str
) -> None:
    await clock.advance(60)
    await call("update_service", cluster="prod", service="checkout-api", forceNewDeployment=True)
    await clock.advance(60)
    assert [(status, running) for status, _, running, _ in await sides(call)] == [
        ("PRIMARY", 2),
        ("ACTIVE", 2),
    ]
    assert (await shown(call, green))["status"] == "STOPPED"
    await clock.advance(360)
    assert await sides(call) == [("PRIMARY", 2, 2, "COMPLETED")]


@pytest.mark.parametrize(
    ("service", "configuration", "error"),
    [
        pytest.param(
            "search",
            {"strategy": "LINEAR"},
            "LINEAR deployment strategy needs a load balancer",
            id="linear without a load balancer",
        ),
        pytest.param(
            "search",
            {"strategy": "CANARY"},
            "CANARY deployment strategy needs a load balancer",
            id="canary without a load balancer",
        ),
        pytest.param("search", {"strategy": "BLUE_GREEN"}, "bakeTimeInMinutes", id="without a bake time"),
        pytest.param("storefront", BLUE_GREEN, "ECS deployment controller", id="CodeDeploy owns it"),
    ],
)
async def test_what_is_refused(call: Call, service: str, configuration: dict[str, Any], error: str) -> None:
    with pytest.raises(ClientError, match=error):
        await call("update_service", cluster="prod", service=service, deploymentConfiguration=configuration)
    answer = await call("describe_services", cluster="prod", services=[service])
    assert answer["services"][0]["deploymentConfiguration"]["strategy"] == "ROLLING"
