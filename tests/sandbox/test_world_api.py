"""The AWS endpoint: boto3's requests are judged by botocore's own models, and refused in AWS's words."""

import asyncio
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
from botocore.exceptions import ClientError

from sandbox.aws.endpoint import ACCESS_KEY_ID
from sandbox.aws.world import World
from sandbox.wire import WireLog

Client = Callable[..., Any]


AWSLOGS = {"logDriver": "awslogs", "options": {"awslogs-group": "g", "awslogs-region": "eu-west-1"}}


def fargate(cpu: str, memory: str, container_mib: int | None = None, **more: Any) -> dict[str, Any]:
    """A Fargate task definition of that size."""
    limit = {"memory": container_mib} if container_mib else {}
    one: dict[str, Any] = {"name": "app", "image": "app:1"} | limit | more
    sizes = {"cpu": cpu, "memory": memory, "requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc"}
    return {"family": "f", "containerDefinitions": [one]} | sizes


def ec2(*containers: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A task definition for EC2 instances."""
    named = [{"name": f"c{n}", "image": "app:1"} | one for n, one in enumerate(containers)]
    return {"family": "f", "containerDefinitions": named} | more


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        pytest.param(
            fargate("256", "4096"), "No Fargate configuration exists", id="4096 MiB is too much for 256 cpu"
        ),
        pytest.param(
            fargate("8192", "18432"), "No Fargate configuration exists", id="18 GB is no step of 8 vCPU"
        ),
        pytest.param(
            fargate("16384", "36864"), "No Fargate configuration exists", id="36 GB is no step of 16 vCPU"
        ),
        pytest.param(
            fargate("32768", "122881"), "No Fargate configuration exists", id="32 vCPU has three sizes"
        ),
        pytest.param(fargate("512", "1024", 2048), "must not exceed the task", id="container above its task"),
        pytest.param(ec2({}), "At least one of 'memory' or 'memoryReservation'", id="no memory at all"),
        pytest.param(
            ec2({"memory": 100, "memoryReservation": 200}),
            "'memory' must be >=",
            id="limit below reservation",
        ),
        pytest.param(ec2({"memory": 4}), "at least 6 MiB", id="too little for Docker"),
        pytest.param(
            ec2({"memory": 300}, {"memory": 300}, memory="512"), "reserve more", id="sum above the task"
        ),
        pytest.param(ec2({"memory": 64}, tags=[{"key": "AWS:x", "value": "y"}]), "reserved", id="tag of AWS"),
        pytest.param(
            ec2({"memory": 64, "essential": False}), "at least one essential", id="nothing essential"
        ),
        pytest.param(
            ec2({"memory": 64}, {"memory": 64, "name": "c0"}), "must be unique", id="two of one name"
        ),
        pytest.param(ec2({"memory": 64}, memory="much"), "Invalid 'memory' setting", id="a size in words"),
        pytest.param(ec2({"memory": 64}, family="a b"), "invalid characters", id="a family with a blank"),
        pytest.param(
            ec2({"memory": 64, "dockerLabels": {"x": "y" * 66_000}}), "too large", id="more than 64 KiB"
        ),
        pytest.param(ec2({"memory": 64}, cpu="64"), "Invalid 'cpu' setting", id="too little CPU for EC2"),
        pytest.param(
            ec2(
                {
                    "memory": 64,
                    "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "g"}},
                }
            ),
            "awslogs requires options",
            id="a log that lacks its region",
        ),
        pytest.param(
            fargate("256", "512", linuxParameters={"maxSwap": 1}),
            "do not support maxSwap",
            id="swap on Fargate",
        ),
        pytest.param(
            fargate("256", "512", privileged=True),
            "do not support privileged",
            id="root of the host on Fargate",
        ),
        pytest.param(
            fargate("256", "512", logConfiguration=AWSLOGS), "execution role ARN", id="logs without a role"
        ),
        pytest.param(
            fargate("512", "1024")
            | {"runtimePlatform": {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}},
            "No Fargate configuration",
            id="Windows needs a whole CPU",
        ),
        pytest.param(ec2({"memory": 64}, networkMode="wifi"), "enum value set", id="an unknown network mode"),
    ],
)
async def test_register_task_definition_refuses_what_ecs_refuses(
    aws: Client, asked: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ClientError, match=sentence):
        await asyncio.to_thread(aws("ecs").register_task_definition, **asked)


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(fargate("256", "512"), id="the smallest"),
        pytest.param(fargate("8192", "20480"), id="20 GB with 8 vCPU"),
        pytest.param(fargate("32768", "249856"), id="the largest"),
        pytest.param(ec2({"memoryReservation": 64}), id="a soft limit alone"),
        pytest.param(ec2({}, memory="512"), id="the task's size alone"),
    ],
)
async def test_register_task_definition_gives_back_every_field(aws: Client, asked: dict[str, Any]) -> None:
    extra = {"enableFaultInjection": True, "pidMode": "task", "tags": [{"key": "team", "value": "x"}]}
    ecs = aws("ecs")
    await asyncio.to_thread(ecs.register_task_definition, **asked, **extra)
    answer = await asyncio.to_thread(ecs.describe_task_definition, taskDefinition="f", include=["TAGS"])
    shown = answer["taskDefinition"]
    assert answer["tags"] == extra["tags"]
    assert shown["enableFaultInjection"] is True
    assert shown["registeredBy"].startswith("arn:aws:sts::")
    assert {"registeredAt", "requiresAttributes", "compatibilities", "revision", "status"} <= shown.keys()
    assert asked["containerDefinitions"][0].items() <= shown["containerDefinitions"][0].items()


@pytest.mark.parametrize(
    ("operation", "parameters", "code"),
    [
        pytest.param("describe_tasks", {"tasks": ["x"]}, "ClusterNotFoundException", id="no default cluster"),
        pytest.param(
            "describe_tasks", {"cluster": "prod", "tasks": ["x"] * 101}, "InvalidParameter", id="101 tasks"
        ),
        pytest.param(
            "describe_services",
            {"cluster": "prod", "services": ["x"] * 11},
            "InvalidParameter",
            id="11 services",
        ),
        pytest.param(
            "list_tasks", {"cluster": "prod", "serviceName": "x"}, "ServiceNotFound", id="tasks of no service"
        ),
        pytest.param(
            "describe_task_definition", {"taskDefinition": "nope:1"}, "ClientException", id="no such family"
        ),
        pytest.param(
            "update_service",
            {"cluster": "prod", "service": "x"},
            "ServiceNotFound",
            id="update of no service",
        ),
        pytest.param("stop_task", {"cluster": "prod", "task": "x"}, "InvalidParameter", id="stop of no task"),
    ],
)
async def test_what_is_not_there_is_refused_in_ecs_words(
    aws: Client, operation: str, parameters: dict[str, Any], code: str
) -> None:
    with pytest.raises(ClientError, match=code):
        await asyncio.to_thread(getattr(aws("ecs"), operation), **parameters)


async def test_the_environment_of_boto3_reaches_every_kind_of_protocol(aws: Client) -> None:
    """json, query and rest-json; the rest of the suite adds CloudWatch's CBOR."""
    identity = await asyncio.to_thread(aws("sts").get_caller_identity)
    assert identity["Account"] == "123456789012"
    assert (await asyncio.to_thread(aws("ecs").list_clusters))["clusterArns"][0].endswith(":cluster/prod")
    assert (await asyncio.to_thread(aws("batch").describe_jobs, jobs=["none"]))["jobs"] == []


async def test_lists_have_pages(world: World, aws: Client) -> None:
    pages = (
        aws("ecs").get_paginator("list_services").paginate(cluster="prod", PaginationConfig={"PageSize": 2})
    )
    found = await asyncio.to_thread(lambda: [one["serviceArns"] for one in pages])
    assert [len(one) for one in found] == [2, 2, 2]
    assert len({arn for one in found for arn in one}) == 6


@pytest.mark.parametrize(
    ("target", "body", "code"),
    [
        pytest.param(
            "DescribeTasks", b'{"tasks":["x"],"taks":[]}', "ValidationException", id="unknown parameter"
        ),
        pytest.param("DescribeTasks", b"{}", "ValidationException", id="missing parameter"),
        pytest.param("DescribeTasks", b'{"tasks":"x"}', "ValidationException", id="wrong type"),
        pytest.param("DescribeTasks", b"not json", "SerializationException", id="not JSON"),
        pytest.param("DescribeDinosaurs", b"{}", "UnknownOperationException", id="unknown operation"),
        pytest.param(
            "CreateCapacityProvider", b'{"name":"x"}', "NotImplemented", id="known to AWS, not played here"
        ),
    ],
)
async def test_requests_are_judged_by_the_model(world: World, target: str, body: bytes, code: str) -> None:
    scope = f"AWS4-HMAC-SHA256 Credential={ACCESS_KEY_ID}/20260302/eu-west-1/ecs/aws4_request"
    headers = {"X-Amz-Target": f"AmazonEC2ContainerServiceV20141113.{target}", "Authorization": scope}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{world.url}/aws/", data=body, headers=headers) as response,
    ):
        assert response.status >= 400
        assert (await response.json(content_type=None))["__type"].endswith(f"#{code}")


async def test_a_stranger_is_refused(aws: Client) -> None:
    with pytest.raises(ClientError, match="UnrecognizedClientException"):
        await asyncio.to_thread(aws("ecs", aws_access_key_id="AKIASTRANGER").list_clusters)


async def test_ordered_faults_end(world: World, aws: Client, wire: WireLog) -> None:
    ecs = aws("ecs")
    world.faults.throttle("ecs:ListClusters", times=1)
    with pytest.raises(ClientError, match=r"ThrottlingException.*Rate exceeded"):
        await asyncio.to_thread(ecs.list_clusters)
    assert (await asyncio.to_thread(ecs.list_clusters))["clusterArns"]
    world.faults.deny("ecs:UpdateService")
    with pytest.raises(ClientError, match=r"AccessDenied.*not authorized to perform: ecs:UpdateService"):
        await asyncio.to_thread(ecs.update_service, cluster="prod", service="search", desiredCount=1)
    assert [(e.kind, e.level) for e in wire.entries()] == [
        ("aws ecs:ListClusters", "error"),
        ("aws ecs:ListClusters", "ok"),
        ("aws ecs:UpdateService", "error"),
    ]
