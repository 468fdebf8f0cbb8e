"""Job definitions as they are read: which container has which limit, and where nobody can tell."""

from typing import Any

import pytest

from bot.aws.evidence.job_definition_reading import read
from bot.aws.trouble import AwsTrouble

Json = dict[str, Any]


def sized(mib: str, vcpu: str = "1") -> Json:
    """The properties of a container."""
    sizes = [{"type": "MEMORY", "value": mib}, {"type": "VCPU", "value": vcpu}]
    return {"image": "etl:1", "resourceRequirements": sizes}


def described(**properties: Any) -> Json:
    """Revision 3 as DescribeJobDefinitions tells it."""
    named = {"jobDefinitionName": "etl", "jobDefinitionArn": "arn:aws:batch:eu-west-1:1:job-definition/etl:3"}
    return named | {"revision": 3, "type": "container"} | properties


def of_nodes(*sizes: str) -> Json:
    """Ranges of nodes with a container each."""
    return {"nodeRangeProperties": [{"targetNodes": "0:", "container": sized(mib)} for mib in sizes]}


@pytest.mark.parametrize(
    ("properties", "task", "containers"),
    [
        pytest.param({"containerProperties": sized("4000")}, (None, None), {"default": 4000}, id="on EC2"),
        pytest.param(
            {"containerProperties": sized("512", "0.25"), "platformCapabilities": ["FARGATE"]},
            (512, 256),
            {"default": None},
            id="on Fargate: a quarter of a vCPU",
        ),
        pytest.param(
            {"containerProperties": {"image": "etl:1", "memory": 2000, "vcpus": 4}},
            (None, None),
            {"default": 2000},
            id="in deprecated members",
        ),
        pytest.param(
            {"containerProperties": sized("3000") | {"memory": 2000}},
            (None, None),
            {"default": 3000},
            id="in both",
        ),
        pytest.param({"nodeProperties": of_nodes("900")}, (None, None), {"default": 900}, id="nodes alike"),
        pytest.param(
            {
                "ecsProperties": {
                    "taskProperties": [
                        {"containers": [sized("900") | {"name": "a"}, sized("64") | {"name": "b"}]}
                    ]
                },
                "platformCapabilities": ["FARGATE"],
            },
            (None, None),
            {"a": 900, "b": 64},
            id="several containers on Fargate: each its own, the task's size is nowhere told",
        ),
    ],
)
def test_sizes(
    properties: Json, task: tuple[int | None, int | None], containers: dict[str, int | None]
) -> None:
    found = read(described(**properties))
    assert (found.memory_mib, found.cpu) == task
    assert {one.name: one.memory_mib for one in found.containers} == containers
    assert (found.family, found.revision) == ("etl", 3)


@pytest.mark.parametrize(
    ("properties", "why"),
    [
        pytest.param(
            {"nodeProperties": of_nodes("900", "1800")}, "does not tell which one", id="unlike nodes"
        ),
        pytest.param({"eksProperties": {"podProperties": {}}}, "no container that runs on ECS", id="on EKS"),
        pytest.param({}, "no container that runs on ECS", id="nothing"),
    ],
)
def test_what_no_task_can_be_read_of(properties: Json, why: str) -> None:
    with pytest.raises(AwsTrouble, match=why):
        read(described(**properties))
