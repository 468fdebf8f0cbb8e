"""Every kind of workload: it ends as its runtime ends, says what that says, and the right fix, and no other, cures it."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from sandbox.aws.definitions import Definition
from sandbox.aws.kinds import KINDS, begin
from sandbox.aws.scenarios import SCENARIOS
from sandbox.aws.sizes import request_of
from sandbox.aws.stage import Stage
from sandbox.aws.tasks import OOM_REASON, Task
from sandbox.aws.workloads import CLUSTER
from sandbox.aws.world import World
from sandbox.clock import ManualClock

Json = dict[str, Any]
HOURS = 3


@pytest.fixture(autouse=True)
def told(world: World) -> list[Json]:
    """Every event that ECS emits, in order; nothing is delivered."""
    events: list[Json] = []
    world.ecs.emit = events.append
    return events


def fix(definition: Definition, mib: int | None = None, **environment: str) -> Json:
    """The request for another revision: another size (or reservation, on EC2), other variables."""
    asked = request_of(definition)
    container = asked["containerDefinitions"][0]
    if mib and "memory" in asked:
        asked |= {"memory": str(mib), "cpu": "1024"}
    elif mib:
        container["memoryReservation"] = mib
    others = [one for one in container["environment"] if one["name"] not in environment]
    container["environment"] = [*others, *({"name": k, "value": v} for k, v in environment.items())]
    return asked


def live(world: World, seconds: float = HOURS * 3600, step: float = 15) -> None:
    """Let life go on without the clock: tasks grow older, whoever is due dies."""
    for _ in range(int(seconds / step)):
        world.ecs.advance(step)
        world.instances.squeeze()


def start(world: World, kind: str, asked: Json | None = None) -> list[Task]:
    """The tasks of a workload, of a revision of one's own when there is a request; at the age of 0."""
    workload = begin(world.ecs, kind)
    old = [task for task in world.ecs.tasks.values() if task.definition["family"] == workload.name]
    definition = world.ecs.definitions.find(workload.name)
    if asked is not None:
        for task in old:
            del world.ecs.tasks[task.arn]
        definition = world.ecs.definitions.register(asked, world.clock.now(), "alice")
    group = f"service:{workload.name}" if workload.desired else f"family:{workload.name}"
    fresh = [world.ecs.new_task(CLUSTER, definition, group, "x") for _ in range(workload.desired or 1)]
    for task in fresh:
        world.ecs.run(task)
    return fresh


def lines(world: World, workload: str) -> Iterator[str]:
    return (one.message for stream in world.logs.groups[f"/ecs/{workload}"].values() for one in stream)


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(("spike", 137, OOM_REASON, ""), id="a spike: the kernel kills, without a word"),
        pytest.param(("leak", 137, OOM_REASON, ""), id="a leak: the same"),
        pytest.param(
            ("start-up", 137, OOM_REASON, ""), id="a start-up that wants too much: the same, at once"
        ),
        pytest.param(("jvm-xmx-too-high", 137, OOM_REASON, ""), id="a heap above its container: the same"),
        pytest.param(("go-no-limit", 137, OOM_REASON, ""), id="Go that nobody told of its limit: the same"),
        pytest.param(
            ("jvm-heap", 1, None, "OutOfMemoryError: Java heap space"), id="a full heap: no OOM for ECS"
        ),
        pytest.param(
            ("threads", 1, None, "unable to create native thread"), id="no thread left: no OOM at all"
        ),
        pytest.param(("node-heap", 134, None, "JavaScript heap out of memory"), id="V8 aborts"),
        pytest.param(("host", 137, None, ""), id="the host was full: 137 and no reason"),
    ],
)
async def test_it_ends_as_it_should(world: World, clock: ManualClock, told: list[Json], case: tuple[str, int, str | None, str]) -> None:  # fmt: skip
    kind, code, reason, word = case
    tasks = start(world, kind)
    live(world, 8 * 3600 if kind == "leak" else HOURS * 3600)
    await clock.advance(4)
    stopped = [task for task in tasks if task.desired == "STOPPED"]
    assert stopped
    assert {task.stop_code for task in stopped} == {"EssentialContainerExited"}
    assert {(c.exit_code, c.reason) for task in stopped for c in task.containers} == {(code, reason)}
    said = [line for line in lines(world, KINDS[kind].name) if "Started." not in line]
    if word:
        assert word in " ".join(said)
    else:
        assert not [line for line in said if "memory" in line.lower() or "Killed" in line]
    assert told[0]["detail"]["lastStatus"] == "DEACTIVATING"


LIVES, DIES = True, False


@pytest.mark.parametrize(
    ("kind", "mib", "environment", "lives"),
    [
        pytest.param("spike", 2048, {}, LIVES, id="spike: room for it"),
        pytest.param("leak", 2048, {}, DIES, id="leak: more memory only takes longer"),
        pytest.param("start-up", 2048, {}, LIVES, id="start-up: room for it"),
        pytest.param("near-miss", None, {}, LIVES, id="near miss: lives as it is"),
        pytest.param("jvm-xmx-too-high", 3072, {}, DIES, id="-Xmx3g: as much as the heap is not enough"),
        pytest.param("jvm-xmx-too-high", 4096, {}, LIVES, id="-Xmx3g: room beside the heap"),
        pytest.param("jvm-xmx-too-high", None, {"JAVA_TOOL_OPTIONS": "-Xmx1g"}, LIVES, id="a heap that fits"),
        pytest.param("jvm-xmx-too-high", None, {"JAVA_TOOL_OPTIONS": "-Xmx512m"}, DIES, id="a heap too small for its work"),
        pytest.param("jvm-heap", 4096, {}, DIES, id="full heap: memory alone is no cure"),
        pytest.param("jvm-heap", None, {"JAVA_TOOL_OPTIONS": "-Xmx1024m"}, LIVES, id="full heap: a larger one"),
        pytest.param("jvm-heap", None, {"JAVA_TOOL_OPTIONS": "-XX:MaxRAMPercentage=50"}, LIVES, id="full heap: a share"),
        pytest.param("threads", 4096, {}, DIES, id="threads: memory is no cure"),
        pytest.param("threads", None, {"SERVER_TOMCAT_THREADS_MAX": "200"}, LIVES, id="threads: a bounded pool"),
        pytest.param("node-heap", 4096, {}, DIES, id="V8: a fixed cap does not grow"),
        pytest.param("node-heap", None, {"NODE_OPTIONS": "--max-old-space-size=1400"}, LIVES, id="V8: a larger cap"),
        pytest.param("go-no-limit", 2048, {}, LIVES, id="Go: room for its garbage"),
        pytest.param("go-no-limit", None, {"GOMEMLIMIT": "920MiB"}, LIVES, id="Go: told of its limit"),
        pytest.param("host", 600, {}, DIES, id="host: a reservation that is still too small"),
        pytest.param("host", 1700, {}, LIVES, id="host: what they need is reserved, so they part"),
    ],
)  # fmt: skip
async def test_the_right_fix_cures_and_the_wrong_one_does_not(
    world: World, kind: str, mib: int | None, environment: dict[str, str], *, lives: bool
) -> None:
    definition = begin(world.ecs, kind).name
    asked = fix(world.ecs.definitions.find(definition), mib, **environment)
    tasks = start(world, kind, asked)
    live(world, 16 * 3600 if kind == "leak" else HOURS * 3600, step=30)
    assert all(task.desired == "RUNNING" for task in tasks) is lives


async def test_a_worker_is_killed_and_ecs_never_hears_of_it(world: World, told: list[Json]) -> None:
    (task,) = start(world, "silent")
    live(world)
    assert (task.status, task.desired, told) == ("RUNNING", "RUNNING", [])
    said = [one.message for one in world.logs.groups["/ecs/kind-silent"][f"ecs/app/{task.id}"]]
    assert sum("was sent SIGKILL! Perhaps out of memory?" in line for line in said) == 2
    assert max(world.ecs.curve(task, task.containers[0]).mib(age) for age in range(0, 9000, 60)) <= 1024


async def test_fewer_workers_fit(world: World) -> None:
    begin(world.ecs, "silent")
    asked = fix(world.ecs.definitions.find("kind-silent"), WEB_CONCURRENCY="4")
    (task,) = start(world, "silent", asked)
    live(world)
    said = [one.message for one in world.logs.groups["/ecs/kind-silent"][f"ecs/app/{task.id}"]]
    assert not [line for line in said if "SIGKILL" in line]


async def test_stuck_at_its_limit_it_does_not_die(world: World) -> None:
    (task,) = start(world, "stuck")
    live(world)
    app = task.containers[0]
    assert task.desired == "RUNNING"
    assert 97 <= 100 * world.ecs.wanted_mib(task, app) / 1024 <= 100
    roomy = fix(task.definition, 2048)
    (freed,) = start(world, "stuck", roomy)
    live(world)
    assert world.ecs.wanted_mib(freed, freed.containers[0]) < 1500


@pytest.mark.parametrize(
    ("load", "mib", "reason"),
    [
        pytest.param(1.0, None, None, id="a usual night: it ends by itself"),
        pytest.param(1.5, None, OOM_REASON, id="half as many rows again: too much"),
        pytest.param(1.5, 3072, None, id="and enough with more memory"),
    ],
)
async def test_a_job_grows_with_its_input(world: World, clock: ManualClock, load: float, mib: int | None, reason: str | None) -> None:  # fmt: skip
    begin(world.ecs, "cron")
    world.ecs.loads["kind-cron"] = load
    asked = fix(world.ecs.definitions.find("kind-cron"), mib)
    (task,) = start(world, "cron", asked)
    live(world)
    await clock.advance(4)
    assert [(one.exit_code, one.reason) for one in task.containers] == [(137 if reason else 0, reason)]
    assert ("Done." in list(lines(world, "kind-cron"))) is (reason is None)


async def test_a_near_miss_peaks_at_93_percent(world: World, aws: Callable[[str], Any]) -> None:
    begin(world.ecs, "near-miss")
    values = await peaks(world, aws, "kind-near-miss", days=1, period=3600)
    assert all(90 < value < 96 for value in values[1:])  # the newest hour has only begun
    assert len(values) >= 24


async def peaks(
    world: World, aws: Callable[[str], Any], service: str, days: float, period: int
) -> list[float]:
    """AWS/ECS MemoryUtilization of a service, newest first."""
    named = [{"Name": "ClusterName", "Value": CLUSTER}, {"Name": "ServiceName", "Value": service}]
    metric = {"Namespace": "AWS/ECS", "MetricName": "MemoryUtilization", "Dimensions": named}
    answer = await asyncio.to_thread(
        aws("cloudwatch").get_metric_data,
        MetricDataQueries=[
            {"Id": "m", "MetricStat": {"Metric": metric, "Period": period, "Stat": "Maximum"}}
        ],
        StartTime=world.clock.now() - timedelta(days=days),
        EndTime=world.clock.now(),
    )
    values: list[float] = answer["MetricDataResults"][0]["Values"]
    return values


async def test_two_weeks_of_history_show_one_life_after_the_other(
    world: World, aws: Callable[[str], Any]
) -> None:
    values = await peaks(world, aws, "ledger-worker", days=14, period=3600)
    assert len(values) > 13 * 24
    falls = sum(before - after > 30 for after, before in pairwise(values))
    assert 50 < falls < 60
    assert max(values) > 95


@pytest.mark.parametrize("name", ["silent", "stuck", "near-miss"])
async def test_a_button_runs_a_kind_once(
    world: World, clock: ManualClock, told: list[Json], name: str
) -> None:
    stage = Stage(world, SCENARIOS)
    assert (await stage.verb("scenario", {"name": name}))["ok"]
    await clock.advance(60)
    assert [event for event in told if event["detail-type"] == "ECS Task State Change"] == []
    assert "runs already" in (await stage.verb("scenario", {"name": name}))["error"]


async def test_the_log_knows_of_yesterday(world: World, aws: Callable[[str], Any]) -> None:
    begin(world.ecs, "silent")
    found = await asyncio.to_thread(
        aws("logs").filter_log_events,
        logGroupName="/ecs/kind-silent",
        filterPattern='"Perhaps out of memory"',
        startTime=int((world.clock.now() - timedelta(days=1)).timestamp() * 1000),
    )
    assert len(found["events"]) > 10
    assert all(event["logStreamName"].startswith("ecs/app/") for event in found["events"])
