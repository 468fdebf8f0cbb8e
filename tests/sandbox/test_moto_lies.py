"""What moto 5.2.5 tells wrongly (../shared/facts/ecs.md §8), told rightly here: each test is one of its lies."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.aws.workloads import CLUSTER
from sandbox.aws.world import World
from sandbox.clock import ManualClock

Json = dict[str, Any]
Ask = Callable[..., Any]
CONTAINER = {"name": "app", "image": "app:1"}


@pytest.fixture
def ask(aws: Callable[[str], Any]) -> Ask:
    """One call in a thread: ask("ecs", "describe_tasks", cluster="prod", …)."""

    async def call(api: str, operation: str, /, **parameters: Any) -> Any:
        return await asyncio.to_thread(getattr(aws(api), operation), **parameters)

    return call


def register(*containers: Json, **more: Any) -> Json:
    return {"family": "lie", "containerDefinitions": [CONTAINER | one for one in containers]} | more


FARGATE = {"requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "256"}


@pytest.mark.parametrize(
    ("asked", "truth"),
    [
        pytest.param(
            register({}, **FARGATE, memory="4096"),
            "No Fargate configuration",
            id="256 CPU with 4096 MiB is fine",
        ),
        pytest.param(
            register({"memory": 1024}, **FARGATE, memory="512"),
            "must not exceed",
            id="a container may be larger than its task",
        ),
        pytest.param(
            register({"memory": 64, "memoryReservation": 128}),
            "must be >= 'memoryReservation'",
            id="a limit may be below its reservation",
        ),
        pytest.param(register({"memory": 4}), "at least 6 MiB", id="4 MiB are enough"),
        pytest.param(
            register({"memory": 64}, tags=[{"key": "aws:x", "value": "y"}]),
            "reserved",
            id="aws: tags are yours",
        ),
    ],
)
async def test_it_registers_what_ecs_refuses(ask: Ask, asked: Json, truth: str) -> None:
    with pytest.raises(ClientError, match=truth):
        await ask("ecs", "register_task_definition", **asked)


async def test_it_loses_fields_of_a_definition(ask: Ask) -> None:
    asked = register({"memory": 64}, enableFaultInjection=True)
    made = (await ask("ecs", "register_task_definition", **asked))["taskDefinition"]
    assert made["enableFaultInjection"] is True
    assert {"registeredAt", "registeredBy", "requiresAttributes", "compatibilities"} <= made.keys()


@pytest.mark.parametrize(
    ("controller", "how"), [("CODE_DEPLOY", "Use AWS CodeDeploy"), ("EXTERNAL", "Use CreateTaskSet")]
)
async def test_it_updates_what_codedeploy_owns(world: World, ask: Ask, controller: str, how: str) -> None:
    world.ecs.services[CLUSTER, "search"].controller = controller
    named = {"cluster": CLUSTER, "service": "search"}
    with pytest.raises(
        ClientError, match=rf"InvalidParameterException.*{controller} deployment controller\. {how}"
    ):
        await ask("ecs", "update_service", **named, taskDefinition="search")
    counted = await ask("ecs", "update_service", **named, desiredCount=3)
    assert counted["service"]["desiredCount"] == 3


async def test_its_deployments_never_end_and_show_the_old_revision(clock: ManualClock, ask: Ask) -> None:
    named = {"cluster": CLUSTER, "service": "search"}
    asked = {"deploymentConfiguration": {"maximumPercent": 300}, "forceNewDeployment": True}
    begun = (await ask("ecs", "update_service", **named, **asked))["service"]
    assert begun["deployments"][0]["taskDefinition"] == begun["taskDefinition"]
    await clock.advance(60)
    (shown,) = (await ask("ecs", "describe_services", cluster=CLUSTER, services=["search"]))["services"]
    assert [(d["rolloutState"], d["runningCount"]) for d in shown["deployments"]] == [("COMPLETED", 1)]
    assert shown["deploymentConfiguration"]["maximumPercent"] == 300
    assert shown["deploymentConfiguration"]["deploymentCircuitBreaker"]["enable"] is True


async def test_it_crashes_without_security_groups(ask: Ask) -> None:
    network = {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}
    named = {"cluster": CLUSTER, "taskDefinition": "search", "networkConfiguration": network}
    assert (await ask("ecs", "run_task", **named))["tasks"]
    assert (await ask("ecs", "create_service", **named, serviceName="x"))["service"]["status"] == "ACTIVE"


async def test_its_running_tasks_have_ended_with_0_and_no_size(clock: ManualClock, ask: Ask) -> None:
    begun = (await ask("ecs", "run_task", cluster=CLUSTER, taskDefinition="search"))["tasks"][0]["taskArn"]
    await clock.advance(10)
    (task,) = (await ask("ecs", "describe_tasks", cluster=CLUSTER, tasks=[begun]))["tasks"]
    (container,) = task["containers"]
    assert (task["lastStatus"], task["cpu"], task["memory"]) == ("RUNNING", "1024", "2048")
    assert "exitCode" not in container
    assert (
        container["containerArn"].split(":")[5].startswith(f"container/{CLUSTER}/{begun.rpartition('/')[2]}/")
    )
    ended = (await ask("ecs", "stop_task", cluster=CLUSTER, task=begun))["task"]
    assert ended["stopCode"] == "UserInitiated"


async def test_it_says_nothing_of_an_unknown_task(ask: Ask) -> None:
    answer = await ask("ecs", "describe_tasks", cluster=CLUSTER, tasks=["0" * 32])
    assert [(one["reason"], one["arn"][-32:]) for one in answer["failures"]] == [("MISSING", "0" * 32)]


async def test_it_says_nothing_of_a_task_that_fits_on_no_machine(ask: Ask) -> None:
    await ask("ecs", "register_task_definition", **register({"memory": 64_000}))
    answer = await ask("ecs", "run_task", cluster=CLUSTER, taskDefinition="lie")
    assert (answer["tasks"], answer["failures"]) == ([], [{"reason": "RESOURCE:MEMORY"}])


async def test_its_insights_run_no_query_and_are_done_at_once(
    clock: ManualClock, world: World, ask: Ask
) -> None:
    end = int(world.clock.time())
    asked = {"logGroupName": f"/aws/ecs/containerinsights/{CLUSTER}/performance", "startTime": end - 600}
    for task_id, rows in (("nope", 0), (next(iter(world.ecs.tasks)).rpartition("/")[2], 1)):
        query = f'filter TaskId="{task_id}" | stats max(MemoryUtilized) as peak by TaskId'
        begun = await ask("logs", "start_query", **asked, endTime=end, queryString=query)
        assert (await ask("logs", "get_query_results", queryId=begun["queryId"]))["status"] == "Running"
        await clock.advance(1)
        answer = await ask("logs", "get_query_results", queryId=begun["queryId"])
        assert (answer["status"], len(answer["results"])) == ("Complete", rows)


async def test_all_its_images_have_one_digest(world: World, ask: Ask) -> None:
    (image,) = {one.image for t in world.ecs.tasks.values() for one in t.containers if one.name == "api"}
    before = world.ecs.registry.digest(image)
    assert world.ecs.registry.push(image) != before
    named = {"repositoryName": "api", "imageIds": [{"imageTag": "2026-02-14"}]}
    (now,) = (await ask("ecr", "describe_images", **named))["imageDetails"]
    assert now["imageDigest"] == world.ecs.registry.digest(image)


async def test_it_emits_no_events(world: World, clock: ManualClock, ask: Ask) -> None:
    told: list[Json] = []
    world.ecs.emit = told.append
    await ask("ecs", "run_task", cluster=CLUSTER, taskDefinition="search")
    await clock.advance(10)
    assert [e["detail"]["lastStatus"] for e in told] == ["PROVISIONING", "PENDING", "RUNNING"]


async def test_a_stack_owns_whatever_is_asked_about(ask: Ask) -> None:
    with pytest.raises(ClientError, match="does not exist"):
        await ask("cloudformation", "describe_stack_resources", PhysicalResourceId="nobody's")


@pytest.mark.parametrize(
    ("service", "operation", "asked"),
    [
        pytest.param("ecs", "list_service_deployments", {"cluster": CLUSTER, "service": "search"}, id="list"),
        pytest.param("ecs", "describe_service_deployments", {"serviceDeploymentArns": ["x"]}, id="describe"),
        pytest.param("ecs", "describe_service_revisions", {"serviceRevisionArns": ["x"]}, id="revisions"),
        pytest.param(
            "application-autoscaling",
            "describe_scaling_activities",
            {"ServiceNamespace": "ecs"},
            id="activities",
        ),
    ],
)
async def test_what_it_does_not_implement(ask: Ask, service: str, operation: str, asked: Json) -> None:
    assert (await ask(service, operation, **asked))["ResponseMetadata"]["HTTPStatusCode"] == 200
