"""What a hostile review sent to the sandbox's AWS: refused where AWS refuses, taken where AWS takes it."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.aws.world import World
from sandbox.clock import ManualClock

Json = dict[str, Any]
Ask = Callable[..., Any]
FARGATE = {"requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "256", "memory": "512"}
HEEDED = {"alarms": {"alarmNames": ["checkout-5xx"], "enable": True, "rollback": True}}


@pytest.fixture
def ask(aws: Callable[[str], Any]) -> Ask:
    """One call in a thread: ask("ecs", "describe_tasks", cluster="prod", …)."""

    async def call(api: str, operation: str, /, **parameters: Any) -> Any:
        return await asyncio.to_thread(getattr(aws(api), operation), **parameters)

    return call


def one(*, task: Json | None = None, **container: Any) -> Json:
    made = {"name": "app", "image": "app:1", "memory": 64} | container
    return {"family": "strict", "containerDefinitions": [made]} | (task or {})


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        pytest.param(one(name="a b"), "invalid characters", id="a container's name with a blank"),
        pytest.param(
            one(dependsOn=[{"containerName": "db", "condition": "START"}]), "depends on db", id="on nobody"
        ),
        pytest.param(
            one(dependsOn=[{"containerName": "app", "condition": "START"}]), "depends on app", id="on itself"
        ),
        pytest.param(
            one(restartPolicy={"enabled": True, "restartAttemptPeriod": 10}), "60 and 1800", id="no rest"
        ),
        pytest.param(one(task=FARGATE, links=["db"]), "do not support links", id="links on Fargate"),
        pytest.param(one(task=FARGATE, stopTimeout=121), "120 seconds", id="Fargate waits two minutes"),
        pytest.param(
            one(task={"tags": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]}),
            "Duplicate tag",
            id="one tag twice",
        ),
    ],
)
async def test_a_task_definition_that_ecs_refuses(ask: Ask, asked: Json, sentence: str) -> None:
    with pytest.raises(ClientError, match=sentence):
        await ask("ecs", "register_task_definition", **asked)


@pytest.mark.parametrize(
    ("cpu", "memory", "kept"),
    [
        pytest.param("1 vCPU", "2 GB", ("1024", "2048"), id="with blanks"),
        pytest.param(".25vcpu", "0.5GB", ("256", "512"), id="fractions"),
    ],
)
async def test_sizes_in_words_are_kept_as_numbers(
    ask: Ask, cpu: str, memory: str, kept: tuple[str, str]
) -> None:
    asked = one(task=FARGATE | {"cpu": cpu, "memory": memory})
    made = (await ask("ecs", "register_task_definition", **asked))["taskDefinition"]
    assert (made["cpu"], made["memory"]) == kept


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        pytest.param({"serviceName": "a b"}, "InvalidParameterException.*name", id="a name with a blank"),
        pytest.param({"desiredCount": -1}, "not be negative", id="fewer than none"),
        pytest.param(
            {"deploymentController": {"type": "CODE_DEPLOY"}}, "load balancer", id="CodeDeploy, no balancer"
        ),
        pytest.param(
            {"deploymentController": {"type": "EXTERNAL"}}, "takes no task definition", id="external, defined"
        ),
        pytest.param({"schedulingStrategy": "DAEMON"}, "NotImplemented", id="a daemon"),
        pytest.param(
            {"deploymentConfiguration": {"strategy": "LINEAR"}}, "LINEAR .* load balancer", id="linear"
        ),
    ],
)
async def test_a_service_that_cannot_be_made(ask: Ask, asked: Json, sentence: str) -> None:
    named = {"cluster": "prod", "serviceName": "new", "taskDefinition": "search", "desiredCount": 1}
    with pytest.raises(ClientError, match=sentence):
        await ask("ecs", "create_service", **named | asked)


async def test_no_service_has_fewer_tasks_than_none(ask: Ask) -> None:
    with pytest.raises(ClientError, match="not be negative"):
        await ask("ecs", "update_service", cluster="prod", service="search", desiredCount=-1)


@pytest.mark.parametrize(
    ("api", "operation", "asked", "sentence"),
    [
        pytest.param(
            "logs",
            "start_query",
            {"logGroupName": "g", "startTime": 1, "endTime": 2, "queryString": "fields @message"}
            | {"limit": 100_001},
            "less than or equal to",
            id="more rows than Insights gives",
        ),
        pytest.param(
            "ecr",
            "describe_images",
            {"repositoryName": "x" * 257},
            "length less than or equal to 256",
            id="a name that is too long",
        ),
    ],
)
async def test_the_models_upper_bounds_hold(
    ask: Ask, api: str, operation: str, asked: Json, sentence: str
) -> None:
    with pytest.raises(ClientError, match=f"ValidationException.*{sentence}"):
        await ask(api, operation, **asked)


async def test_awss_own_query_for_ooms_runs(world: World, clock: ManualClock, ask: Ask) -> None:
    """Of re:Post, ecs-resolve-outofmemory-errors: `bin` with a blank, filters behind `stats`."""
    await clock.advance(120)
    task = next(one for one in world.ecs.tasks.values() if one.group == "service:checkout-api")
    query = (
        "stats max(MemoryUtilized) as mem, max(MemoryReserved) as memreserved by bin (5m) as period, TaskId, ContainerName"
        f' | sort period desc | filter ContainerName like "api" | filter TaskId = "{task.id}"'
    )
    now = int(clock.time())
    asked = {"logGroupName": "/aws/ecs/containerinsights/prod/performance", "queryString": query}
    begun = await ask("logs", "start_query", **asked, startTime=now - 120, endTime=now)
    await clock.advance(1)
    rows = (await ask("logs", "get_query_results", queryId=begun["queryId"]))["results"]
    assert rows
    assert {cell["value"] for row in rows for cell in row if cell["field"] == "TaskId"} == {task.id}


async def test_every_account_has_two_capacity_providers(ask: Ask) -> None:
    own = await ask("ecs", "describe_capacity_providers")
    assert [one["name"] for one in own["capacityProviders"]] == ["FARGATE", "FARGATE_SPOT"]
    other = await ask("ecs", "describe_capacity_providers", capacityProviders=["mine"])
    assert [one["reason"] for one in other["failures"]] == ["MISSING"]


async def test_an_alarm_that_goes_off_meanwhile_undoes_a_deployment(
    world: World, clock: ManualClock, ask: Ask
) -> None:
    named = {"cluster": "prod", "service": "search", "deploymentConfiguration": HEEDED}
    begun = (await ask("ecs", "update_service", **named, forceNewDeployment=True))["service"]
    arn = begun["currentServiceDeployment"]
    (shown,) = await deployments(ask, arn)
    assert shown["alarms"] == {"status": "MONITORING", "alarmNames": ["checkout-5xx"]}
    world.ecs.alarms_on.add("checkout-5xx")
    await clock.advance(60)
    (shown,) = await deployments(ask, arn)
    assert (shown["status"], shown["alarms"]["status"]) == ("ROLLBACK_SUCCESSFUL", "TRIGGERED")
    assert shown["alarms"]["triggeredAlarmNames"] == ["checkout-5xx"]
    (service,) = (await ask("ecs", "describe_services", cluster="prod", services=["search"]))["services"]
    assert any("deployment failed: alarm detected." in one["message"] for one in service["events"])


async def test_an_alarm_that_was_on_before_is_ignored(world: World, clock: ManualClock, ask: Ask) -> None:
    world.ecs.alarms_on.add("checkout-5xx")
    named = {"cluster": "prod", "service": "search", "deploymentConfiguration": HEEDED}
    begun = (await ask("ecs", "update_service", **named, forceNewDeployment=True))["service"]
    await clock.advance(60)
    (shown,) = await deployments(ask, begun["currentServiceDeployment"])
    assert (shown["status"], "alarms" in shown) == ("SUCCESSFUL", False)


async def deployments(ask: Ask, arn: str) -> list[Json]:
    answer = await ask("ecs", "describe_service_deployments", serviceDeploymentArns=[arn])
    found: list[Json] = answer["serviceDeployments"]
    return found
