"""Reading job definitions of Batch: DescribeJobDefinitions' answer as the task that each of its attempts is."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.aws.evidence.definition_reading import read as read_task
from bot.aws.trouble import AwsTrouble
from bot.domain.aws.task_definition import TaskDefinition
from bot.domain.kills.batch_job import SOLE_CONTAINER
from bot.domain.telling.language import mark

Json = dict[str, Any]
LOG_GROUP = "/aws/batch/job"  # of all jobs, unless their definition names another one
MEMBERS = {"MEMORY": "memory", "VCPU": "vcpus"}  # deprecated: they say the same as a resource requirement


def read(described: Mapping[str, Any]) -> TaskDefinition:
    """Its sizes: the task's on Fargate, the containers' on EC2; of several containers always their own.

    Batch does not tell when a revision was registered, nor by whom. Raises an AwsTrouble where no task can be read.
    """
    several = _task_of_several(described)
    properties = several or _of_one(described)
    is_fargate = "FARGATE" in (described.get("platformCapabilities") or ())
    name = str(described.get("jobDefinitionName", ""))
    tags = dict(described.get("tags") or {})
    definition = {
        "taskDefinitionArn": described.get("jobDefinitionArn", ""),
        "family": name,
        "revision": described.get("revision", 0),
        "requiresCompatibilities": ["FARGATE"] if is_fargate else [],
        "runtimePlatform": properties.get("runtimePlatform"),
    }
    if several is not None:
        definition["containerDefinitions"] = [
            _container(one, name) for one in several.get("containers") or ()
        ]
    else:
        sole = _container(properties | {"name": SOLE_CONTAINER}, name)
        definition |= _sized(sole, properties, is_fargate=is_fargate)
    return read_task(definition, {str(key).lower(): str(value) for key, value in tags.items()})


def _sized(container: Json, properties: Mapping[str, Any], *, is_fargate: bool) -> Json:
    """On Fargate a job's only container has all that its task is sold, and no limit of its own."""
    if not is_fargate:
        return {"containerDefinitions": [container]}
    vcpu = size(properties, "VCPU")
    return {
        "containerDefinitions": [container | {"memory": None}],
        "memory": size(properties, "MEMORY"),
        "cpu": None if vcpu is None else str(int(float(vcpu) * 1024)),
    }


def size(properties: Mapping[str, Any], kind: str) -> str | None:
    """What a container asks for: MEMORY in MiB, VCPU; None where it does not say."""
    requirements: Sequence[Mapping[str, Any]] = properties.get("resourceRequirements") or ()
    found = next((one.get("value") for one in requirements if one.get("type") == kind), None)
    told = properties.get(MEMBERS[kind]) if found is None else found
    return None if told is None else str(told)


def _task_of_several(described: Mapping[str, Any]) -> Json | None:
    """The task of a job with ecsProperties: the API allows one; None for a job of one container."""
    tasks = (described.get("ecsProperties") or {}).get("taskProperties") or ()
    return dict(tasks[0]) if tasks else None


def _of_one(described: Mapping[str, Any]) -> Json:
    """The properties of the only container; of several nodes those of the only range, if there is one."""
    if properties := described.get("containerProperties"):
        return dict(properties)
    ranges = (described.get("nodeProperties") or {}).get("nodeRangeProperties") or ()
    told = [one.get("container") for one in ranges]
    if len(told) == 1 and told[0]:
        return dict(told[0])
    if ranges:
        raise AwsTrouble(
            mark("its nodes have sizes of their own, and Batch does not tell which one this was")
        )
    raise AwsTrouble(mark("it describes no container that runs on ECS"))


def _container(given: Mapping[str, Any], definition_name: str) -> Json:
    return {**given, "memory": size(given, "MEMORY"), "logConfiguration": _log(given, definition_name)}


def _log(given: Mapping[str, Any], definition_name: str) -> Json:
    """With what Batch adds: its own group, and streams that begin with the name of the job definition."""
    told = given.get("logConfiguration") or {"logDriver": "awslogs"}
    if told.get("logDriver") != "awslogs":
        return dict(told)
    usual = {"awslogs-group": LOG_GROUP, "awslogs-stream-prefix": definition_name}
    return {"logDriver": "awslogs", "options": usual | dict(told.get("options") or {})}
