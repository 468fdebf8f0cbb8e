"""The neighbours of ECS: Batch jobs resized, prices, own events, what a doctor asks, and each of them refused on demand."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from sandbox.aws.endpoint import ACCESS_KEY_ID, SECRET_ACCESS_KEY
from sandbox.aws.sns import TOPIC_ARN
from sandbox.aws.world import World
from sandbox.clock import ManualClock

Client = Callable[..., Any]
Json = dict[str, Any]
ROLE = "arn:aws:iam::123456789012:role/oom-guard"


@pytest.fixture
def told(world: World, monkeypatch: pytest.MonkeyPatch) -> list[Json]:
    """What reaches the topic."""
    messages: list[Json] = []
    monkeypatch.setattr(world.sns, "publish", lambda _topic, text, **_more: messages.append(json.loads(text)))
    return messages


def abroad(world: World, service: str, region: str) -> Any:
    """A client whose calls are signed for another region."""
    keys = {"aws_access_key_id": ACCESS_KEY_ID, "aws_secret_access_key": SECRET_ACCESS_KEY}
    once = Config(retries={"total_max_attempts": 1, "mode": "standard"})
    return boto3.client(service, endpoint_url=f"{world.url}/aws", region_name=region, config=once, **keys)


def sized(mib: int, vcpu: str = "2") -> list[dict[str, str]]:
    return [{"type": "MEMORY", "value": str(mib)}, {"type": "VCPU", "value": vcpu}]


@pytest.mark.parametrize(
    ("mib", "ends"),
    [
        pytest.param(15000, ("FAILED", 137), id="as it was: it dies again"),
        pytest.param(20000, ("SUCCEEDED", 0), id="resized: it ends well"),
    ],
)
async def test_a_batch_job_is_resized_and_submitted_again(
    clock: ManualClock, aws: Client, told: list[Json], mib: int, ends: tuple[str, int]
) -> None:
    batch = aws("batch")
    named = {"jobDefinitionName": "genome-align", "status": "ACTIVE"}
    (old,) = (await asyncio.to_thread(batch.describe_job_definitions, **named))["jobDefinitions"]
    keep = {key: old[key] for key in ("jobDefinitionName", "type")}
    properties = old["containerProperties"] | {"resourceRequirements": sized(mib)}
    made = await asyncio.to_thread(batch.register_job_definition, **keep, containerProperties=properties)
    assert (old["revision"], made["revision"]) == (7, 8)
    asked = {"jobName": "again", "jobQueue": "genomics", "jobDefinition": "genome-align"}
    job = await asyncio.to_thread(batch.submit_job, **asked)
    await clock.advance(70)
    (shown,) = (await asyncio.to_thread(batch.describe_jobs, jobs=[job["jobId"]]))["jobs"]
    assert (shown["status"], shown["container"]["exitCode"]) == ends
    assert shown["jobDefinition"] == made["jobDefinitionArn"]
    assert [event["detail"]["status"] for event in told] == ["RUNNING", ends[0]]
    stream = {"logGroupName": "/aws/batch/job", "logStreamName": shown["container"]["logStreamName"]}
    said = (await asyncio.to_thread(aws("logs").get_log_events, **stream))["events"]
    assert ("done" in said[-1]["message"]) is (ends[1] == 0)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        pytest.param({"resourceRequirements": sized(2)}, "at least 4", id="too little"),
        pytest.param({"resourceRequirements": sized(2048)[:1]}, "MEMORY and VCPU", id="no CPU"),
        pytest.param({"resourceRequirements": sized(15000, "1")}, "Fargate resource", id="not on sale"),
    ],
)
async def test_a_job_definition_that_batch_refuses(aws: Client, asked: Json, sentence: str) -> None:
    register = aws("batch").register_job_definition
    named = {"jobDefinitionName": "x", "type": "container", "platformCapabilities": ["FARGATE"]}
    with pytest.raises(ClientError, match=sentence):
        await asyncio.to_thread(register, **named, containerProperties={"image": "x:1"} | asked)


async def test_what_batch_describes_and_what_it_refuses(world: World, aws: Client) -> None:
    batch = aws("batch")
    named = {"jobDefinitions": ["genome-align:6"]}
    (old,) = (await asyncio.to_thread(batch.describe_job_definitions, **named))["jobDefinitions"]
    assert (old["revision"], old["status"]) == (6, "INACTIVE")
    with pytest.raises(ClientError, match="can not be used with other parameters"):
        await asyncio.to_thread(batch.describe_job_definitions, **named, status="ACTIVE")
    with pytest.raises(ClientError, match="more than 100 jobs"):
        await asyncio.to_thread(batch.describe_jobs, jobs=["x"] * 101)
    job = world.batch.fail(world.job_definitions.newest("genome-align"))
    by_arn = await asyncio.to_thread(batch.describe_jobs, jobs=[job["jobArn"]])
    assert by_arn["jobs"] == [], "it takes ids alone"
    (shown,) = (await asyncio.to_thread(batch.describe_jobs, jobs=[job["jobId"]]))["jobs"]
    (attempt,) = shown["attempts"]
    assert attempt["container"]["logStreamName"].startswith("genome-align/default/")
    assert attempt["container"]["taskArn"] == shown["container"]["taskArn"]


async def test_a_job_is_tried_again_while_attempts_are_left(
    clock: ManualClock, aws: Client, told: list[Json]
) -> None:
    named = {"jobDefinitionName": "twice", "type": "container", "retryStrategy": {"attempts": 2}}
    properties = {"image": "x:1", "resourceRequirements": sized(1000)}
    await asyncio.to_thread(aws("batch").register_job_definition, **named, containerProperties=properties)
    asked = {"jobName": "x", "jobQueue": "genomics", "jobDefinition": "twice"}
    await asyncio.to_thread(aws("batch").submit_job, **asked)
    await clock.advance(140)
    assert [one["detail"]["status"] for one in told] == ["RUNNING", "RUNNABLE", "RUNNING", "FAILED"]
    assert [len(one["detail"]["attempts"]) for one in told] == [0, 1, 1, 2]


async def test_a_job_may_override_its_size(aws: Client, clock: ManualClock, told: list[Json]) -> None:
    asked = {"jobName": "x", "jobQueue": "genomics", "jobDefinition": "genome-align:7"}
    large = {"resourceRequirements": [{"type": "MEMORY", "value": "30000"}]}
    await asyncio.to_thread(aws("batch").submit_job, **asked, containerOverrides=large)
    await clock.advance(70)
    assert told[-1]["detail"]["status"] == "SUCCEEDED"
    with pytest.raises(ClientError, match="does not exist"):
        await asyncio.to_thread(aws("batch").submit_job, **asked | {"jobDefinition": "nope"})


async def test_prices_are_texts_with_json_in_them(world: World) -> None:
    wanted = {"regionCode": "eu-central-1", "usagetype": "EUC1-Fargate-GB-Hours"}
    filters = [{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in wanted.items()]
    get = abroad(world, "pricing", "us-east-1").get_products
    (product,) = (await asyncio.to_thread(get, ServiceCode="AmazonECS", Filters=filters))["PriceList"]
    (term,) = json.loads(product)["terms"]["OnDemand"].values()
    (dimension,) = term["priceDimensions"].values()
    assert dimension["pricePerUnit"] == {"USD": "0.0051100000"}
    first = await asyncio.to_thread(get, ServiceCode="AmazonECS", MaxResults=10)
    rest = await asyncio.to_thread(get, ServiceCode="AmazonECS", NextToken=first["NextToken"])
    skus = [json.loads(one)["product"]["sku"] for one in (*first["PriceList"], *rest["PriceList"])]
    assert len(set(skus)) == len(skus) == 15
    with pytest.raises(ClientError, match="Invalid service code"):
        await asyncio.to_thread(get, ServiceCode="AmazonNoSuch")
    with pytest.raises(ClientError, match="InvalidSignature"):
        await asyncio.to_thread(abroad(world, "pricing", "eu-west-1").get_products, ServiceCode="AmazonECS")


async def test_an_own_event_reaches_the_topic(aws: Client, told: list[Json]) -> None:
    good = {"Source": "oomguard.test", "DetailType": "OOM Guard Test", "Detail": '{"who": "alice"}'}
    bad = [
        ({"Source": "aws.ecs"}, "NotAuthorizedForSourceException"),
        ({"Detail": "[1]"}, "MalformedDetail"),
        ({"Detail": "{"}, "MalformedDetail"),
        ({"DetailType": ""}, "InvalidArgument"),
        ({"EventBusName": "other"}, "InvalidArgument"),
    ]
    entries = [good, *(good | change for change, _ in bad)]
    answer = await asyncio.to_thread(aws("events").put_events, Entries=entries)
    assert answer["FailedEntryCount"] == len(bad)
    assert [one.get("ErrorCode") for one in answer["Entries"]] == [None, *(code for _, code in bad)]
    (event,) = told
    assert (event["source"], event["detail-type"], event["detail"]) == (
        "oomguard.test",
        "OOM Guard Test",
        {"who": "alice"},
    )
    assert event["id"] == answer["Entries"][0]["EventId"]
    with pytest.raises(ClientError, match="ValidationException"):
        await asyncio.to_thread(aws("events").put_events, Entries=[good] * 11)


async def test_an_own_event_goes_where_an_enabled_rule_takes_it(aws: Client, told: list[Json]) -> None:
    events = aws("events")
    entry = {"Source": "oomguard.test", "DetailType": "OOM Guard Test", "Detail": "{}"}

    async def put(**change: str) -> None:
        answer = await asyncio.to_thread(events.put_events, Entries=[entry | change])
        assert answer["FailedEntryCount"] == 0

    await put(Source="somebody.else")
    await asyncio.to_thread(events.disable_rule, Name="oom-guard-test")
    await put()
    assert told == []
    await asyncio.to_thread(events.enable_rule, Name="oom-guard-test")
    await put()
    assert len(told) == 1


async def test_a_doctor_may_look_at_rules(aws: Client) -> None:
    events = aws("events")
    found = await asyncio.to_thread(events.list_rule_names_by_target, TargetArn=TOPIC_ARN)
    assert "oom-guard-oom" in found["RuleNames"]
    rule = await asyncio.to_thread(events.describe_rule, Name="oom-guard-test")
    assert rule["State"] == "ENABLED"
    sample = json.dumps({"source": "oomguard.test", "detail-type": "x", "detail": {}})
    test = events.test_event_pattern
    assert (await asyncio.to_thread(test, EventPattern=rule["EventPattern"], Event=sample))["Result"] is True
    with pytest.raises(ClientError, match="InvalidEventPattern"):
        await asyncio.to_thread(test, EventPattern='{"source": "x"}', Event=sample)


async def test_a_doctor_may_ask_what_is_allowed(world: World) -> None:
    world.faults.deny("ecs:UpdateService")
    simulate = abroad(world, "iam", "us-east-1").simulate_principal_policy
    names = ["ecs:UpdateService", "ecs:DescribeTasks"]
    answer = await asyncio.to_thread(simulate, PolicySourceArn=ROLE, ActionNames=names)
    decisions = {one["EvalActionName"]: one["EvalDecision"] for one in answer["EvaluationResults"]}
    assert decisions == {"ecs:UpdateService": "implicitDeny", "ecs:DescribeTasks": "allowed"}
    session = "arn:aws:sts::123456789012:assumed-role/oom-guard/x"
    with pytest.raises(ClientError, match="InvalidInput"):
        await asyncio.to_thread(simulate, PolicySourceArn=session, ActionNames=names)


async def test_a_rule_is_found_on_its_bus_and_a_schedule_in_its_group(aws: Client) -> None:
    events, scheduler = aws("events"), aws("scheduler")
    assert [r["Name"] for r in (await asyncio.to_thread(events.list_rules))["Rules"]] == ["nightly-report"]
    assert (await asyncio.to_thread(events.list_rules, NamePrefix="x"))["Rules"] == []
    with pytest.raises(ClientError, match="ResourceNotFound"):
        await asyncio.to_thread(events.list_targets_by_rule, Rule="nightly-report", EventBusName="other")
    with pytest.raises(ClientError, match="ResourceNotFound"):
        await asyncio.to_thread(scheduler.get_schedule, Name="nightly-report-eu", GroupName="other")


@pytest.mark.parametrize(
    ("pattern", "count"),
    [
        pytest.param("", 4, id="nothing asked: all lines"),
        pytest.param("worker SIGKILL", 2, id="both words"),
        pytest.param('"was sent SIGKILL"', 2, id="a phrase"),
        pytest.param("?SIGKILL ?Done", 3, id="either"),
        pytest.param("SIGKILL -27", 1, id="without"),
        pytest.param("sigkill", 0, id="case counts"),
    ],
)
async def test_filter_log_events_filters(world: World, aws: Client, pattern: str, count: int) -> None:
    for line in ("worker 27 was sent SIGKILL", "worker 28 was sent SIGKILL", "Done", "GET / 200"):
        world.logs.write("/g", "s", line)
    found = await asyncio.to_thread(aws("logs").filter_log_events, logGroupName="/g", filterPattern=pattern)
    assert len(found["events"]) == count
    paged = await asyncio.to_thread(aws("logs").filter_log_events, logGroupName="/g", limit=3)
    rest = await asyncio.to_thread(
        aws("logs").filter_log_events, logGroupName="/g", nextToken=paged["nextToken"]
    )
    assert [len(paged["events"]), len(rest["events"])] == [3, 1]


async def test_the_streams_of_a_group(aws: Client) -> None:
    asked = {"logGroupName": "/ecs/ledger-worker", "orderBy": "LastEventTime", "descending": True}
    shown = (await asyncio.to_thread(aws("logs").describe_log_streams, **asked))["logStreams"]
    ends = [one["lastEventTimestamp"] for one in shown]
    assert len(shown) > 20
    assert ends == sorted(ends, reverse=True)


_METRIC = {"Namespace": "AWS/ECS", "MetricName": "MemoryUtilization", "Dimensions": []}
_QUERY = {"Id": "m", "MetricStat": {"Metric": _METRIC, "Period": 60, "Stat": "Maximum"}}
_SPAN = {"StartTime": "2026-03-02T08:00:00Z", "EndTime": "2026-03-02T09:00:00Z"}
_PROD = {"cluster": "prod"}
ASKED = [
    ("ecs", "DescribeTasks", _PROD | {"tasks": ["x"]}),
    ("ecs", "ListTasks", _PROD),
    ("ecs", "DescribeContainerInstances", _PROD | {"containerInstances": ["x"]}),
    ("ecs", "DescribeClusters", {"clusters": ["prod"], "include": ["SETTINGS"]}),
    ("ecs", "UpdateService", _PROD | {"service": "search"}),
    ("ecs", "ListServiceDeployments", _PROD | {"service": "search"}),
    ("application-autoscaling", "DescribeScalingPolicies", {"ServiceNamespace": "ecs"}),
    ("application-autoscaling", "DescribeScalableTargets", {"ServiceNamespace": "ecs"}),
    ("ecr", "DescribeImages", {"repositoryName": "api"}),
    ("ecr", "BatchGetImage", {"repositoryName": "api", "imageIds": [{"imageTag": "x"}]}),
    ("logs", "GetLogEvents", {"logGroupName": "/ecs/search", "logStreamName": "none"}),
    ("logs", "FilterLogEvents", {"logGroupName": "/ecs/search"}),
    (
        "logs",
        "StartQuery",
        {"logGroupName": "/ecs/search", "startTime": 1, "endTime": 2, "queryString": "limit 1"},
    ),
    ("logs", "GetQueryResults", {"queryId": "x"}),
    ("logs", "StopQuery", {"queryId": "x"}),
    ("cloudwatch", "GetMetricData", {"MetricDataQueries": [_QUERY]} | _SPAN),
    ("cloudformation", "DescribeStackResources", {"PhysicalResourceId": "x"}),
    ("sts", "GetCallerIdentity", {}),
    ("sns", "GetTopicAttributes", {"TopicArn": TOPIC_ARN}),
    ("sns", "GetSubscriptionAttributes", {"SubscriptionArn": "x"}),
    ("sns", "ListSubscriptionsByTopic", {"TopicArn": TOPIC_ARN}),
    ("sqs", "GetQueueAttributes", {"QueueUrl": "http://127.0.0.1/x"}),
    ("events", "DescribeRule", {"Name": "nightly-report"}),
    ("events", "PutTargets", {"Rule": "nightly-report", "Targets": [{"Id": "1", "Arn": "x"}]}),
    ("scheduler", "ListSchedules", {}),
    ("batch", "DescribeJobDefinitions", {}),
]


@pytest.mark.parametrize(
    ("service", "operation", "asked"), [pytest.param(*row, id=f"{row[0]}:{row[1]}") for row in ASKED]
)
async def test_each_is_there_and_can_be_denied_and_throttled(
    world: World, aws: Client, service: str, operation: str, asked: Json
) -> None:
    client = aws(service)
    (method,) = [name for name, wire in client.meta.method_to_api_mapping.items() if wire == operation]
    call = getattr(client, method)
    action = f"{service}:{operation}"
    world.faults.deny(action)
    with pytest.raises(ClientError, match=f"AccessDenied.*{action}"):
        await asyncio.to_thread(call, **asked)
    world.faults.throttle(action, times=1)
    with pytest.raises(ClientError, match="Throttling"):
        await asyncio.to_thread(call, **asked)
    answer = await asyncio.to_thread(_code, call, asked)
    assert answer not in ("NotImplemented", "ValidationException", "AccessDeniedException")


def _code(call: Callable[..., Any], asked: Json) -> str:
    """The code of the refusal; some things asked for here do not exist."""
    try:
        call(**asked)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return ""
