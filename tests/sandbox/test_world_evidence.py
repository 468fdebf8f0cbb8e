"""Evidence as the bot will ask for it: metrics, logs, queries, images, schedules, owners, room on machines."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.aws.insights import run
from sandbox.aws.scenarios import kill
from sandbox.aws.workloads import CLUSTER
from sandbox.aws.world import World
from sandbox.clock import ManualClock
from sandbox.wire import WireLog

Client = Callable[..., Any]
PERFORMANCE = f"/aws/ecs/containerinsights/{CLUSTER}/performance"

RECORDS = [
    {"@timestamp": 60_000, "@message": "GET /cart", "Type": "Container", "Name": "api", "Mem": 100},
    {"@timestamp": 90_000, "@message": "error: slow", "Type": "Container", "Name": "api", "Mem": 300},
    {"@timestamp": 120_000, "@message": "GET /pay", "Type": "Container", "Name": "log", "Mem": 50},
    {"@timestamp": 150_000, "@message": "ERROR: dead", "Type": "Task"},
]


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        pytest.param("fields @message | limit 1", [{"@message": "GET /cart"}], id="fields and limit"),
        pytest.param('filter Name="log" | fields Mem', [{"Mem": 50}], id="a filter that filters"),
        pytest.param('filter Name = "nope" | fields Mem', [], id="nothing matches: nothing comes"),
        pytest.param(
            'filter Type="Container" and Mem > 80 | fields Mem', [{"Mem": 100}, {"Mem": 300}], id="and"
        ),
        pytest.param('filter Name="log" or Mem = 300 | fields Mem', [{"Mem": 300}, {"Mem": 50}], id="or"),
        pytest.param(
            "filter @message like /(?i)error|cart/ | stats count(*) as n",
            [{"n": 3}],
            id="a pattern with a bar",
        ),
        pytest.param('filter @message like "ERROR" | stats count(*) as n', [{"n": 1}], id="a plain text"),
        pytest.param("filter @message like /error/i | stats count(*) as n", [{"n": 2}], id="a flag"),
        pytest.param(
            'filter Type="Container" | stats max(Mem) as peak, count(*) as n by Name',
            [{"Name": "api", "peak": 300, "n": 2}, {"Name": "log", "peak": 50, "n": 1}],
            id="groups",
        ),
        pytest.param(
            "stats avg(Mem) as mean by bin(1m) as t | sort t desc",
            [{"t": 120_000, "mean": 50}, {"t": 60_000, "mean": 200}],
            id="bins, newest first",
        ),
        pytest.param("stats max(Nothing) as x", [{"x": None}], id="a field that nobody has"),
    ],
)
def test_insights_runs_the_query(query: str, rows: list[dict[str, Any]]) -> None:
    assert run(query, RECORDS) == rows


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("dance @message", id="unknown command"),
        pytest.param("stats median(Mem)", id="unknown function"),
        pytest.param("filter Name ~ 3", id="unknown operator"),
        pytest.param("limit many", id="limit in words"),
    ],
)
async def test_a_query_that_cannot_be_read_is_refused(aws: Client, query: str) -> None:
    start = aws("logs").start_query
    with pytest.raises(ClientError, match="MalformedQueryException"):
        await asyncio.to_thread(start, logGroupName=PERFORMANCE, startTime=1, endTime=2, queryString=query)


async def test_the_performance_log_shows_the_climb_to_the_limit(
    world: World, aws: Client, clock: ManualClock
) -> None:
    (task,) = world.ecs.tasks_of(world.ecs.services[CLUSTER, "ledger-worker"])
    query = (
        f'filter Type="Container" and TaskId="{task.id}" | stats max(MemoryUtilized) as peak, '
        "max(MemoryReserved) as limit, count(*) as samples by ContainerName, bin(60m) as hour | sort hour asc"
    )
    now, logs = clock.now(), aws("logs")
    asked = {"startTime": int((now - timedelta(hours=2)).timestamp()), "endTime": int(now.timestamp())}
    begun = await asyncio.to_thread(logs.start_query, logGroupName=PERFORMANCE, queryString=query, **asked)
    assert (await asyncio.to_thread(logs.get_query_results, **_id(begun)))["status"] == "Running"
    await clock.advance(1)
    answer = await asyncio.to_thread(logs.get_query_results, **_id(begun))
    assert answer["status"] == "Complete"
    rows = [{cell["field"]: cell["value"] for cell in row} for row in answer["results"]]
    assert {row["ContainerName"] for row in rows} == {"worker"}
    peaks = [int(row["peak"]) for row in rows]
    assert peaks[0] < 500 < peaks[-1]
    assert {row["limit"] for row in rows} == {"0"}


def _id(begun: dict[str, Any]) -> dict[str, str]:
    return {"queryId": begun["queryId"]}


async def test_the_log_of_the_killed_container_has_no_last_word(world: World, aws: Client) -> None:
    task = world.ecs.tasks_of(world.ecs.services[CLUSTER, "checkout-api"])[0]
    world.ecs.advance(15)
    kill(world)
    world.ecs.advance(600)
    read = aws("logs").get_log_events
    stream = f"ecs/api/{task.id}"
    answer = await asyncio.to_thread(read, logGroupName="/ecs/checkout-api", logStreamName=stream, limit=5)
    assert {event["message"].partition(" /")[0] for event in answer["events"]} <= {"Started.", "GET", "POST"}
    assert answer["nextForwardToken"]
    with pytest.raises(ClientError, match="log stream does not exist"):
        await asyncio.to_thread(read, logGroupName="/ecs/checkout-api", logStreamName="ecs/api/none")
    with pytest.raises(ClientError, match="log group does not exist"):
        await asyncio.to_thread(read, logGroupName="/ecs/none", logStreamName=stream)


@pytest.mark.parametrize(
    ("namespace", "metric", "low", "high"),
    [
        pytest.param("AWS/ECS", "MemoryUtilization", 38, 46, id="percent of the task size"),
        pytest.param("ECS/ContainerInsights", "MemoryUtilized", 800, 920, id="MiB over both tasks"),
        pytest.param("ECS/ContainerInsights", "MemoryReserved", 2048, 2048, id="MiB reserved"),
    ],
)
async def test_cloudwatch_knows_the_memory_of_a_service(
    aws: Client, clock: ManualClock, namespace: str, metric: str, low: float, high: float
) -> None:
    named = [{"Name": "ClusterName", "Value": CLUSTER}, {"Name": "ServiceName", "Value": "checkout-api"}]
    stat = {
        "Metric": {"Namespace": namespace, "MetricName": metric, "Dimensions": named},
        "Period": 300,
        "Stat": "Maximum",
    }
    answer = await asyncio.to_thread(
        aws("cloudwatch").get_metric_data,
        MetricDataQueries=[{"Id": "m", "MetricStat": stat}],
        StartTime=clock.now() - timedelta(hours=3),
        EndTime=clock.now(),
    )
    (result,) = answer["MetricDataResults"]
    assert len(result["Values"]) == 37
    assert result["Timestamps"] == sorted(result["Timestamps"], reverse=True)
    assert low <= min(result["Values"]) <= max(result["Values"]) <= high


async def test_a_tag_that_is_pushed_over_means_other_bits_to_the_next_deployment(
    world: World, aws: Client, clock: ManualClock
) -> None:
    service = world.ecs.services[CLUSTER, "checkout-api"]
    ran = world.ecs.tasks_of(service)[0].containers[0]
    new = world.ecs.registry.push(ran.image)
    describe, ids = aws("ecr").describe_images, [{"imageTag": "2026-02-14"}]
    answer = await asyncio.to_thread(describe, repositoryName="api", imageIds=ids)
    assert answer["imageDetails"][0]["imageDigest"] == new != ran.digest
    old = await asyncio.to_thread(describe, repositoryName="api", imageIds=[{"imageDigest": ran.digest}])
    assert "imageTags" not in old["imageDetails"][0]
    kill(world)
    await clock.advance(30)
    assert {t.containers[0].digest for t in world.ecs.tasks_of(service)} == {ran.digest}
    world.rollouts.deploy(service, service.primary.definition)
    await clock.advance(30)
    assert {t.containers[0].digest for t in world.ecs.tasks_of(service)} == {new}
    with pytest.raises(ClientError, match="ImageNotFoundException"):
        await asyncio.to_thread(describe, repositoryName="api", imageIds=[{"imageTag": "none"}])


async def test_a_target_and_a_schedule_are_replaced_whole(world: World, aws: Client) -> None:
    events, scheduler = aws("events"), aws("scheduler")
    cluster = world.rules.targets["nightly-report"]["1"]["Arn"]
    named = await asyncio.to_thread(events.list_rule_names_by_target, TargetArn=cluster)
    assert named["RuleNames"] == ["nightly-report"]
    await asyncio.to_thread(events.put_targets, Rule="nightly-report", Targets=[{"Id": "1", "Arn": cluster}])
    left = await asyncio.to_thread(events.list_targets_by_rule, Rule="nightly-report")
    assert left["Targets"] == [{"Id": "1", "Arn": cluster}]
    old = await asyncio.to_thread(scheduler.get_schedule, Name="nightly-report-eu")
    world.scheduler.schedules["nightly-report-eu"]["Description"] = "for the board"
    keep = {key: old[key] for key in ("Name", "ScheduleExpression", "FlexibleTimeWindow", "Target")}
    await asyncio.to_thread(scheduler.update_schedule, **keep)
    assert "Description" not in await asyncio.to_thread(scheduler.get_schedule, Name="nightly-report-eu")


async def test_who_else_has_a_hand_in_a_service(world: World, aws: Client, wire: WireLog) -> None:
    asked = {"ServiceNamespace": "ecs", "ResourceId": "service/prod/checkout-api"}
    answer = await asyncio.to_thread(aws("application-autoscaling").describe_scaling_policies, **asked)
    tracked = answer["ScalingPolicies"][0]["TargetTrackingScalingPolicyConfiguration"]
    assert tracked["PredefinedMetricSpecification"]["PredefinedMetricType"].endswith("MemoryUtilization")
    describe = aws("cloudformation").describe_stack_resources
    search, other = (world.ecs.services[CLUSTER, name].arn for name in ("search", "checkout-api"))
    owned = await asyncio.to_thread(describe, PhysicalResourceId=search)
    assert [one["StackName"] for one in owned["StackResources"]] == ["search-prod"]
    with pytest.raises(ClientError, match="does not exist"):
        await asyncio.to_thread(describe, PhysicalResourceId=other)
    told = wire.entries()[-1]
    assert (told.level, told.note) == ("ok", f"ValidationError: Stack for {other} does not exist")


async def test_what_fits_on_no_machine_is_never_placed(world: World, aws: Client, clock: ManualClock) -> None:
    """The machines have enough in all, but not one of them has it alone: IN_PROGRESS for ever, and one event."""
    ecs = aws("ecs")
    told: list[dict[str, Any]] = []
    world.ecs.emit = told.append
    machines = (await asyncio.to_thread(ecs.list_container_instances, cluster=CLUSTER))[
        "containerInstanceArns"
    ]
    asked = {"cluster": CLUSTER, "containerInstances": machines}
    shown = (await asyncio.to_thread(ecs.describe_container_instances, **asked))["containerInstances"]
    free = [r["integerValue"] for one in shown for r in one["remainingResources"] if r["name"] == "MEMORY"]
    assert max(free) < 5000 < sum(free)
    old = world.ecs.services[CLUSTER, "notifications"].primary.definition["containerDefinitions"][0]
    container = {key: old[key] for key in ("name", "image", "essential")} | {"memory": 5000}
    await asyncio.to_thread(
        ecs.register_task_definition, family="notifications", containerDefinitions=[container]
    )
    await asyncio.to_thread(
        ecs.update_service, cluster=CLUSTER, service="notifications", taskDefinition="notifications"
    )
    await clock.advance(600)
    failures = [e["detail"]["reason"] for e in told if e["detail-type"] == "ECS Service Action"]
    assert failures == ["RESOURCE:MEMORY"]
    service = (await asyncio.to_thread(ecs.describe_services, cluster=CLUSTER, services=["notifications"]))[
        "services"
    ][0]
    assert [(d["status"], d["rolloutState"], d["runningCount"]) for d in service["deployments"]] == [
        ("PRIMARY", "IN_PROGRESS", 0),
        ("ACTIVE", "COMPLETED", 1),
    ]
