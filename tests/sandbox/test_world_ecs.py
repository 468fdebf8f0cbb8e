"""ECS as its API and its events show it: tasks die of memory, are replaced, and stop dying when the fix is right."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.aws.curves import Curve
from sandbox.aws.runtimes import fitted
from sandbox.aws.scenarios import SCENARIOS, kill
from sandbox.aws.sns import TOPIC_ARN
from sandbox.aws.stage import Stage
from sandbox.aws.world import World
from sandbox.clock import ManualClock
from tests.sandbox.conftest import Letterbox

Call = Callable[..., Any]
XMX_2G = {"JAVA_TOOL_OPTIONS": "-Xms1g -Xmx2g"}


@pytest.fixture
def told(world: World) -> list[dict[str, Any]]:
    """Every event that ECS emits, in order."""
    events: list[dict[str, Any]] = []
    world.ecs.emit = lambda event: events.append(json.loads(json.dumps(event)))
    return events


@pytest.fixture
def call(aws: Callable[[str], Any]) -> Call:
    """One ECS call in a thread: call("describe_tasks", cluster="prod", …)."""
    client = aws("ecs")

    async def ask(operation: str, **parameters: Any) -> Any:
        return await asyncio.to_thread(getattr(client, operation), **parameters)

    return ask


async def test_a_kill_is_three_events_and_then_a_new_task(
    world: World, told: list[dict[str, Any]], clock: ManualClock
) -> None:
    assert kill(world) is None
    await clock.advance(4)
    stages = [(e["detail"]["lastStatus"], e["detail"]["version"]) for e in told]
    assert stages == [("DEACTIVATING", 5), ("DEPROVISIONING", 7), ("STOPPED", 8)]
    ends = [(c.get("exitCode"), c.get("reason")) for e in told for c in e["detail"]["containers"]]
    assert ends == [(None, None), *[(137, "OutOfMemoryError: Container killed due to memory usage")] * 2]
    last = told[-1]["detail"]
    assert last["stopCode"] == "EssentialContainerExited"
    assert last["group"] == "service:checkout-api"
    assert last["startedBy"].startswith("ecs-svc/")
    told.clear()
    await clock.advance(10)
    started = [e["detail"]["lastStatus"] for e in told if e["detail-type"] == "ECS Task State Change"]
    assert started == ["PROVISIONING", "PENDING", "RUNNING"]


@pytest.mark.parametrize(
    ("curve", "age_s", "mib"),
    [
        pytest.param(Curve("steady", 100, 900), 1e6, 100, id="steady for ever"),
        pytest.param(Curve("leak", 100, 900, 3600), 1800, 500, id="a leak half way"),
        pytest.param(Curve("leak", 100, 900, 3600), 7200, 1700, id="a leak knows no end"),
        pytest.param(Curve("spike", 100, 900, 3600), 3000, 100, id="before the spike"),
        pytest.param(Curve("spike", 100, 900, 3600), 3590, 900, id="in the spike"),
        pytest.param(Curve("start-up", 100, 900), 5, 900, id="starting"),
        pytest.param(Curve("start-up", 100, 900), 60, 100, id="started"),
        pytest.param(Curve("jvm", 100, 900, 60), 1e6, 900, id="a full heap"),
        pytest.param(
            fitted(Curve("jvm", 100, 900, 60), XMX_2G, None), 1e6, 2343, id="a heap as its options say"
        ),
        pytest.param(
            fitted(Curve("leak", 100, 900, 60), XMX_2G, None), 60, 900, id="-Xmx means nothing to others"
        ),
    ],
)
def test_a_curve_is_what_its_pattern_says(curve: Curve, age_s: float, mib: float) -> None:
    assert curve.mib(age_s) == pytest.approx(mib, rel=0.025)


async def test_a_runtime_that_gives_up_says_so_and_is_no_oom(
    world: World, told: list[dict[str, Any]], clock: ManualClock
) -> None:
    (task,) = world.ecs.tasks_of(world.ecs.services["prod", "search"])
    await _play(world, "threads")
    await clock.advance(10)
    stopped = [e["detail"] for e in told if e["detail"].get("lastStatus") == "STOPPED"]
    assert [(c["exitCode"], c.get("reason")) for c in stopped[0]["containers"]] == [(1, None)]
    lines = [entry.message for entry in world.logs.groups["/ecs/search"][f"ecs/search/{task.id}"]]
    assert "unable to create native thread" in lines[-1]
    assert not world.ecs.services["prod", "search"].kills


async def test_nothing_dies_by_itself_in_the_first_half_hour(
    world: World, told: list[dict[str, Any]], clock: ManualClock
) -> None:
    await clock.advance(1800)
    assert told == []


async def test_a_bad_revision_dies_until_the_limit_is_high_enough(
    world: World, told: list[dict[str, Any]], clock: ManualClock, call: Call
) -> None:
    """The very story of the product: the resize over the API is what stops the dying."""
    await _play(world, "bad-deploy")
    await clock.advance(300)
    service = world.ecs.services["prod", "search"]
    assert service.kills["search"] >= 3
    old = (await call("describe_task_definition", taskDefinition="search"))["taskDefinition"]
    keep = (
        "family",
        "containerDefinitions",
        "requiresCompatibilities",
        "networkMode",
        "executionRoleArn",
        "cpu",
    )
    bigger = {key: old[key] for key in keep} | {"memory": "4096"}
    made = (await call("register_task_definition", **bigger))["taskDefinition"]
    await call("update_service", cluster="prod", service="search", taskDefinition=made["taskDefinitionArn"])
    await clock.advance(120)
    died = service.kills["search"]
    told.clear()
    await clock.advance(3600)
    assert service.kills["search"] == died
    shown = (await call("describe_services", cluster="prod", services=["search"]))["services"][0]
    assert [d["rolloutState"] for d in shown["deployments"]] == ["COMPLETED"]
    assert shown["taskDefinition"] == made["taskDefinitionArn"]


async def test_a_bad_revision_is_not_seen_by_the_breaker_and_undone_by_the_old_one(
    world: World, told: list[dict[str, Any]], clock: ManualClock, call: Call
) -> None:
    service = world.ecs.services["prod", "search"]
    before = service.primary.definition["taskDefinitionArn"]
    await _play(world, "bad-deploy")
    await clock.advance(300)
    assert service.primary.rollout == "COMPLETED"
    await call("update_service", cluster="prod", service="search", taskDefinition=before)
    await clock.advance(60)
    died = service.kills["search"]
    await clock.advance(3600)
    assert service.kills["search"] == died


async def test_the_circuit_breaker_rolls_back_what_never_ran_healthily(
    world: World, told: list[dict[str, Any]], clock: ManualClock, call: Call
) -> None:
    service = world.ecs.services["prod", "notifications"]
    before = service.primary.definition
    definition = dict(before["containerDefinitions"][0], memory=64, memoryReservation=32)
    made = await call("register_task_definition", family="notifications", containerDefinitions=[definition])
    arn = made["taskDefinition"]["taskDefinitionArn"]
    await call("update_service", cluster="prod", service="notifications", taskDefinition=arn)
    await clock.advance(120)
    deployment = [
        (e["detail"]["eventName"], e["detail"]["reason"].split(":")[0])
        for e in told
        if e["detail-type"] == "ECS Deployment State Change"
    ]
    assert [name for name, _ in deployment] == [
        "SERVICE_DEPLOYMENT_IN_PROGRESS",
        "SERVICE_DEPLOYMENT_FAILED",
        "SERVICE_DEPLOYMENT_IN_PROGRESS",
        "SERVICE_DEPLOYMENT_COMPLETED",
    ]
    assert deployment[2][1] == "ECS deployment circuit breaker"
    assert service.primary.definition is before
    listed = (await call("list_service_deployments", cluster="prod", service="notifications"))[
        "serviceDeployments"
    ]
    assert [one["status"] for one in listed] == ["ROLLBACK_SUCCESSFUL", "SUCCESSFUL"]
    found = await call(
        "describe_service_deployments", serviceDeploymentArns=[listed[0]["serviceDeploymentArn"]]
    )
    assert (
        found["serviceDeployments"][0]["targetServiceRevision"]["arn"]
        == listed[0]["targetServiceRevisionArn"]
    )
    revision = await call(
        "describe_service_revisions", serviceRevisionArns=[listed[0]["targetServiceRevisionArn"]]
    )
    assert revision["serviceRevisions"][0]["taskDefinition"] == arn


async def test_a_person_stops_a_deployment_and_ecs_rolls_it_back(
    world: World, told: list[dict[str, Any]], clock: ManualClock, call: Call
) -> None:
    service = world.ecs.services["prod", "search"]
    await call("update_service", cluster="prod", service="search", forceNewDeployment=True)
    current = (await call("describe_services", cluster="prod", services=["search"]))["services"][0]
    arn = current["currentServiceDeployment"]
    await call("stop_service_deployment", serviceDeploymentArn=arn)
    asked = {"serviceDeploymentArns": [arn]}
    assert (await call("describe_service_deployments", **asked))["serviceDeployments"][0][
        "status"
    ] == "ROLLBACK_IN_PROGRESS"
    await clock.advance(60)
    shown = (await call("describe_service_deployments", **asked))["serviceDeployments"][0]
    assert shown["status"] == "ROLLBACK_SUCCESSFUL"
    assert shown["rollback"]["serviceRevisionArn"].endswith(service.history()[1].id.removeprefix("ecs-svc/"))
    with pytest.raises(ClientError, match="ConflictException"):
        await call("stop_service_deployment", serviceDeploymentArn=arn)
    assert service.primary.reason.endswith("completed.")


async def test_a_task_may_be_run_and_stopped_by_hand(
    world: World, told: list[dict[str, Any]], clock: ManualClock, call: Call
) -> None:
    started = await call("run_task", cluster="prod", taskDefinition="nightly-report", startedBy="alice")
    arn = started["tasks"][0]["taskArn"]
    await clock.advance(10)
    stopped = await call("stop_task", cluster="prod", task=arn, reason="no need *any* more")
    assert stopped["task"]["stopCode"] == "UserInitiated"
    await clock.advance(10)
    last = told[-1]["detail"]
    assert (last["lastStatus"], last["group"], last["startedBy"]) == (
        "STOPPED",
        "family:nightly-report",
        "alice",
    )
    assert last["stoppedReason"] == "no need *any* more"
    assert [c["exitCode"] for c in last["containers"]] == [0]


async def test_stopped_tasks_are_shown_for_an_hour(world: World, clock: ManualClock, call: Call) -> None:
    task = world.ecs.tasks_of(world.ecs.services["prod", "checkout-api"])[0]
    kill(world)
    await clock.advance(60)
    shown = (await call("describe_tasks", cluster="prod", tasks=[task.id]))["tasks"][0]
    assert (shown["lastStatus"], shown["stopCode"]) == ("STOPPED", "EssentialContainerExited")
    assert shown["containers"][0]["exitCode"] == 137
    assert shown["stoppedAt"].tzinfo is not None
    await clock.advance(3660)
    answer = await call("describe_tasks", cluster="prod", tasks=[task.arn])
    assert answer["failures"] == [{"arn": task.arn, "reason": "MISSING"}]
    assert answer["tasks"] == []


async def test_a_sidecar_dies_alone(world: World, told: list[dict[str, Any]], clock: ManualClock) -> None:
    await _play(world, "sidecar")
    await clock.advance(30)
    (event,) = told
    detail = event["detail"]
    assert (detail["lastStatus"], detail["desiredStatus"]) == ("RUNNING", "RUNNING")
    assert {c["name"]: c.get("exitCode") for c in detail["containers"]} == {
        "resizer": None,
        "log-router": 137,
    }


async def test_a_deployment_kills_with_137_and_no_reason(
    world: World, told: list[dict[str, Any]], clock: ManualClock
) -> None:
    await _play(world, "deploy-stop")
    await clock.advance(60)
    stopped = [e["detail"] for e in told if e["detail"].get("lastStatus") == "STOPPED"]
    assert [s["stopCode"] for s in stopped] == ["ServiceSchedulerInitiated"]
    assert stopped[0]["stoppedReason"].startswith("Scaling activity initiated by (deployment ecs-svc/")
    assert [(c["exitCode"], c.get("reason")) for c in stopped[0]["containers"]] == [(137, None)]


async def test_a_spike_is_survived_once_the_limit_allows_it(
    world: World, clock: ManualClock, call: Call
) -> None:
    old = (await call("describe_task_definition", taskDefinition="checkout-api"))["taskDefinition"]
    keep = ("family", "containerDefinitions", "requiresCompatibilities", "executionRoleArn", "cpu")
    asked = {key: old[key] for key in keep}
    await call("register_task_definition", **asked, memory="2048")
    await call("update_service", cluster="prod", service="checkout-api", taskDefinition="checkout-api")
    await clock.advance(60)
    note = kill(world)
    assert note == "api wanted 1,180 MiB and got it: the limit is high enough now."


async def _play(world: World, name: str) -> None:
    answer = await Stage(world, SCENARIOS).verb("scenario", {"name": name})
    assert answer["ok"], answer


QUIET = {"retagged", "untagged", "silent", "stuck", "near-miss"}  # of these ECS has nothing to tell


@pytest.mark.parametrize("name", [one.name for one in SCENARIOS if one.name not in QUIET])
async def test_every_scenario_reaches_its_subscriber(
    world: World, clock: ManualClock, letterbox: Letterbox, name: str
) -> None:
    world.sns.subscribe(TOPIC_ARN, letterbox.url).confirmed = True
    await _play(world, name)
    await clock.advance(5 if name == "storm" else 150)  # two hundred kill at once, a leak takes its time
    await world.sns.chores.idle()
    assert [json.loads(body)["Type"] for body in letterbox.bodies].count("Notification") >= 1


async def test_one_sentence_is_all_that_is_told_when_the_task_has_stopped(
    world: World, clock: ManualClock, letterbox: Letterbox
) -> None:
    world.sns.subscribe(TOPIC_ARN, letterbox.url).confirmed = True
    await _play(world, "text-form")
    await clock.advance(4)
    await world.sns.chores.idle()
    (message,) = [json.loads(body)["Message"] for body in letterbox.bodies if "OutOfMemory" in body]
    arn = message.split("'")[1]
    assert message == f"\"Task '{arn}' was stopped due to OutOfMemory.\""
    assert world.ecs.tasks[arn].status == "STOPPED"


@pytest.mark.parametrize(
    ("verb", "data", "sentence"),
    [
        pytest.param(
            "scenario", {"name": "nonsense"}, "There is no scenario 'nonsense'", id="unknown scenario"
        ),
        pytest.param("world", {"verb": "set_speed", "speed": 0}, "between 0.1 and 3600", id="standing still"),
        pytest.param("world", {"verb": "fly"}, "set_speed with a number", id="unknown verb"),
    ],
)
async def test_what_cannot_be_played_is_refused_with_a_sentence(
    world: World, verb: str, data: dict[str, Any], sentence: str
) -> None:
    answer = await Stage(world, SCENARIOS).verb(verb, data)
    assert not answer["ok"]
    assert sentence in answer["error"]


async def test_a_scenario_waits_for_its_stage(world: World) -> None:
    await _play(world, "suspected")
    answer = await Stage(world, SCENARIOS).verb("scenario", {"name": "suspected"})
    assert answer == {
        "ok": False,
        "error": "No task of search has a running search at the moment. Wait, or deploy it anew.",
    }


async def test_the_page_sees_memory_limits_and_kills(world: World, clock: ManualClock) -> None:
    stage = Stage(world, SCENARIOS)
    before = {row["id"]: row for row in stage.snapshot()["workloads"]}["prod/checkout-api/api"]
    assert (before["state"], before["limit_mib"], before["kills"]) == ("running", 1024, 0)
    assert 400 < before["memory_mib"] < 460
    kill(world)
    after = {row["id"]: row for row in stage.snapshot()["workloads"]}["prod/checkout-api/api"]
    assert (after["state"], after["running"], after["kills"]) == ("killed", 1, 1)
    await clock.advance(60)
    assert {row["state"] for row in stage.snapshot()["workloads"]} == {"running"}


async def test_a_faster_life_dies_sooner_but_stamps_stay_true(world: World, clock: ManualClock) -> None:
    world.pace.speed = 600
    start = clock.now()
    await clock.advance(60)
    service = world.ecs.services["prod", "ledger-worker"]
    assert service.kills["worker"] >= 1
    newest = max(task.created_at for task in world.ecs.tasks_of(service))
    assert 0 < (newest - start).total_seconds() <= 60
