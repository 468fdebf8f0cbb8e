"""Deployments as a resize meets them: configured, superseded, failed, paused, stopped, and services that come and go."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.aws.world import World
from sandbox.clock import ManualClock

Call = Callable[..., Any]
Json = dict[str, Any]
CRASHING = {"name": "sender", "image": "app:2", "memory": 64, "memoryReservation": 32}


@pytest.fixture
def call(aws: Callable[[str], Any]) -> Call:
    """One ECS call in a thread; cluster prod unless the operation has no cluster."""
    client = aws("ecs")

    async def ask(operation: str, **parameters: Any) -> Any:
        return await asyncio.to_thread(getattr(client, operation), **parameters)

    return ask


@pytest.fixture
def told(world: World) -> list[Json]:
    """Every event that ECS emits, in order."""
    events: list[Json] = []
    world.ecs.emit = events.append
    return events


async def update(call: Call, service: str, **fields: Any) -> Json:
    answer = await call("update_service", cluster="prod", service=service, **fields)
    found: Json = answer["service"]
    return found


async def described(call: Call, arn: str) -> Json:
    answer = await call("describe_service_deployments", serviceDeploymentArns=[arn])
    found: Json = answer["serviceDeployments"][0]
    return found


async def crash(call: Call, **configuration: Any) -> Json:
    """notifications gets a revision that dies of 64 MiB in its first second."""
    await call("register_task_definition", family="notifications", containerDefinitions=[CRASHING])
    asked = {"deploymentConfiguration": configuration} if configuration else {}
    return await update(call, "notifications", taskDefinition="notifications", **asked)


async def test_what_is_asked_for_is_given_back(call: Call) -> None:
    breaker = {"enable": True, "rollback": False, "resetOnHealthyTask": False}
    asked = {
        "minimumHealthyPercent": 50,
        "maximumPercent": 150,
        "alarms": {"alarmNames": ["checkout-5xx"], "enable": True, "rollback": True},
        "deploymentCircuitBreaker": breaker | {"thresholdConfiguration": {"type": "COUNT", "value": 7}},
    }
    shown = (await update(call, "checkout-api", deploymentConfiguration=asked))["deploymentConfiguration"]
    assert asked.items() <= shown.items()
    later = await update(call, "checkout-api", deploymentConfiguration={"maximumPercent": 200})
    assert later["deploymentConfiguration"] == shown | {"maximumPercent": 200}


@pytest.mark.parametrize(
    ("service", "asked", "sentence"),
    [
        pytest.param(
            "search",
            {"minimumHealthyPercent": 100, "maximumPercent": 100},
            "cannot be 100 as this will block",
            id="nothing may stop and nothing may start",
        ),
        pytest.param(
            "search", {"minimumHealthyPercent": 101}, "between 0 and 100", id="more than all healthy"
        ),
        pytest.param("search", {"maximumPercent": 99}, "at least 100", id="less than all"),
        pytest.param(
            "search",
            {"alarms": {"alarmNames": [], "enable": True, "rollback": True}},
            "at least one alarm",
            id="no alarm",
        ),
        pytest.param(
            "search",
            {
                "deploymentCircuitBreaker": {
                    "enable": True,
                    "rollback": True,
                    "thresholdConfiguration": {"type": "COUNT", "value": 0},
                }
            },
            "must be positive",
            id="a breaker that trips on nothing",
        ),
        pytest.param(
            "storefront",
            {"deploymentCircuitBreaker": {"enable": True, "rollback": True}},
            "ECS deployment controller",
            id="a breaker where CodeDeploy deploys",
        ),
        pytest.param(
            "search",
            {"lifecycleHooks": [{"targetType": "PAUSE", "lifecycleStages": ["POST_SCALE_UP"]}]},
            "not supported with the ROLLING",
            id="hooks of a rolling deployment",
        ),
    ],
)
async def test_a_configuration_that_ecs_refuses(call: Call, service: str, asked: Json, sentence: str) -> None:
    before = (await call("describe_services", cluster="prod", services=[service]))["services"][0]
    with pytest.raises(ClientError, match=rf"InvalidParameterException.*{sentence}"):
        await update(call, service, deploymentConfiguration=asked, desiredCount=9)
    after = (await call("describe_services", cluster="prod", services=[service]))["services"][0]
    assert after == before


@pytest.mark.parametrize(
    ("bounds", "seen"),
    [
        pytest.param((100, 200), (2, 4), id="first the new ones, then the old ones stop"),
        pytest.param((50, 100), (1, 2), id="one at a time, without more machines"),
        pytest.param((0, 100), (0, 2), id="all at once, and nobody is served"),
    ],
)
async def test_how_many_tasks_run_while_it_rolls(
    world: World, clock: ManualClock, call: Call, bounds: tuple[int, int], seen: tuple[int, int]
) -> None:
    service = world.ecs.services["prod", "checkout-api"]
    plan = {"minimumHealthyPercent": bounds[0], "maximumPercent": bounds[1]}
    await update(call, "checkout-api", deploymentConfiguration=plan, forceNewDeployment=True)
    counts = []
    for _ in range(120):
        await clock.advance(1)
        tasks = world.ecs.tasks_of(service)
        counts.append((len(world.ecs.running(tasks)), len(tasks)))
    assert (min(running for running, _ in counts), max(there for _, there in counts)) == seen
    assert service.primary.rollout == "COMPLETED"


async def test_a_superseded_deployment_is_stopped_and_goes(
    world: World, clock: ManualClock, call: Call
) -> None:
    first = (await update(call, "search", forceNewDeployment=True))["currentServiceDeployment"]
    await clock.advance(1)
    second = (await update(call, "search", forceNewDeployment=True))["currentServiceDeployment"]
    ended = await described(call, first)
    assert (ended["status"], "stoppedAt" in ended, "rollback" in ended) == ("STOPPED", True, False)
    assert "replaced by a new service deployment" in ended["statusReason"]
    with pytest.raises(ClientError, match="ConflictException"):
        await call("stop_service_deployment", serviceDeploymentArn=first)
    await clock.advance(60)
    listed = await call("list_service_deployments", cluster="prod", service="search")
    assert [one["status"] for one in listed["serviceDeployments"]] == ["SUCCESSFUL", "STOPPED", "SUCCESSFUL"]
    assert listed["serviceDeployments"][0]["serviceDeploymentArn"] == second
    stopped = await call("list_service_deployments", cluster="prod", service="search", status=["STOPPED"])
    assert [one["serviceDeploymentArn"] for one in stopped["serviceDeployments"]] == [first]
    since = await call(
        "list_service_deployments", cluster="prod", service="search", createdAt={"after": ended["createdAt"]}
    )
    assert [one["serviceDeploymentArn"] for one in since["serviceDeployments"]] == [second]


async def test_the_breaker_tells_its_story_in_awss_words(
    clock: ManualClock, call: Call, told: list[Json]
) -> None:
    begun = (await crash(call))["currentServiceDeployment"]
    await clock.advance(120)
    reasons = [e["detail"]["reason"] for e in told if e["detail-type"] == "ECS Deployment State Change"]
    words = (
        "in progress.",
        "circuit breaker: task failed to start.",
        "rolling back to deploymentId",
        "rollback to",
    )
    assert [word in reason for word, reason in zip(words, reasons, strict=True)] == [True] * 4
    shown = await described(call, begun)
    assert (shown["status"], shown["deploymentCircuitBreaker"]["status"]) == (
        "ROLLBACK_SUCCESSFUL",
        "TRIGGERED",
    )
    assert shown["rollback"]["serviceRevisionArn"] == shown["sourceServiceRevisions"][0]["arn"]


async def test_a_breaker_without_rollback_fails_and_stays_there(
    world: World, clock: ManualClock, call: Call
) -> None:
    begun = await crash(call, deploymentCircuitBreaker={"enable": True, "rollback": False})
    await clock.advance(300)
    shown = await described(call, begun["currentServiceDeployment"])
    assert (shown["status"], "rollback" in shown) == ("STOPPED", False)
    service = world.ecs.services["prod", "notifications"]
    failed = service.primary.failed_tasks
    await clock.advance(300)
    assert (service.primary.rollout, service.primary.failed_tasks) == ("FAILED", failed)
    assert len(world.ecs.running(world.ecs.tasks_of(service))) == 1  # the old one goes on


async def test_without_a_breaker_it_fails_for_ever(world: World, clock: ManualClock, call: Call) -> None:
    begun = await crash(call, deploymentCircuitBreaker={"enable": False, "rollback": False})
    await clock.advance(300)
    shown = await described(call, begun["currentServiceDeployment"])
    assert (shown["status"], shown["deploymentCircuitBreaker"]["status"]) == ("IN_PROGRESS", "DISABLED")
    assert shown["deploymentCircuitBreaker"]["failureCount"] > 10


async def test_a_deployment_pauses_until_somebody_lets_it_go_on(clock: ManualClock, call: Call) -> None:
    hook = {"targetType": "PAUSE", "lifecycleStages": ["POST_PRODUCTION_TRAFFIC_SHIFT"]}
    plan = {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 1, "lifecycleHooks": [hook]}
    begun = await update(call, "search", deploymentConfiguration=plan, forceNewDeployment=True)
    arn = begun["currentServiceDeployment"]
    await clock.advance(300)
    held = await described(call, arn)
    assert held["lifecycleStage"] == "POST_PRODUCTION_TRAFFIC_SHIFT"
    (detail,) = held["lifecycleHookDetails"]
    with pytest.raises(ClientError, match="No lifecycle hook of that id"):
        await call("continue_service_deployment", serviceDeploymentArn=arn, hookId="other")
    await call("continue_service_deployment", serviceDeploymentArn=arn, hookId=detail["hookId"])
    await clock.advance(120)
    assert (await described(call, arn))["status"] == "SUCCESSFUL"


async def test_an_express_service_is_not_updated_this_way(world: World, call: Call) -> None:
    world.ecs.services["prod", "search"].managed_by = "ECS"
    with pytest.raises(ClientError, match="UpdateExpressGatewayService"):
        await update(call, "search", taskDefinition="search")
    shown = (await call("describe_services", cluster="prod", services=["search"]))["services"][0]
    assert shown["resourceManagementType"] == "ECS"


async def test_an_inactive_definition_cannot_be_set(call: Call) -> None:
    await call("register_task_definition", family="notifications", containerDefinitions=[CRASHING])
    await call("deregister_task_definition", taskDefinition="notifications:2")
    with pytest.raises(ClientError, match="TaskDefinition is inactive"):
        await update(call, "notifications", taskDefinition="notifications:2")
    with pytest.raises(ClientError, match="TaskDefinition is inactive"):
        await call("run_task", cluster="prod", taskDefinition="notifications:2")


async def test_task_sets_are_for_external_services(world: World, call: Call) -> None:
    asked = {"cluster": "prod", "service": "search", "taskDefinition": "search"}
    with pytest.raises(ClientError, match=r"InvalidParameterException.*not EXTERNAL"):
        await call("create_task_set", **asked)
    world.ecs.services["prod", "search"].controller = "EXTERNAL"
    with pytest.raises(ClientError, match="does not play task sets"):
        await call("create_task_set", **asked)


async def test_a_service_comes_and_goes(clock: ManualClock, call: Call) -> None:
    asked = {"cluster": "prod", "serviceName": "search-eu", "taskDefinition": "search", "desiredCount": 2}
    await call("create_service", **asked)
    with pytest.raises(ClientError, match="not idempotent"):
        await call("create_service", **asked)
    await clock.advance(30)
    named = {"cluster": "prod", "services": ["search-eu"]}
    assert (await call("describe_services", **named))["services"][0]["runningCount"] == 2
    with pytest.raises(ClientError, match="scaled above 0"):
        await call("delete_service", cluster="prod", service="search-eu")
    await call("delete_service", cluster="prod", service="search-eu", force=True)
    await clock.advance(30)
    gone = (await call("describe_services", **named))["services"][0]
    assert (gone["status"], gone["runningCount"]) == ("INACTIVE", 0)
    with pytest.raises(ClientError, match="ServiceNotActiveException"):
        await update(call, "search-eu", taskDefinition="search")


async def test_a_parameter_that_would_change_nothing_is_refused(call: Call) -> None:
    with pytest.raises(ClientError, match="does not play healthCheckGracePeriodSeconds"):
        await update(call, "search", healthCheckGracePeriodSeconds=5)
