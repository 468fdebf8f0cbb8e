"""Limits now: what a task definition in force grants its containers, or in words why nobody can say."""

from dataclasses import replace

import pytest

from bot.aws import limits
from bot.aws.calls import Calls
from bot.domain.kills.death import Limits
from bot.domain.subject.group_key import OwnerKind
from bot.domain.subject.subject import Subject
from sandbox.aws.arns import ACCOUNT, REGION
from sandbox.aws.world import World

RESIZER = Subject(ACCOUNT, REGION, "prod", OwnerKind.SERVICE, "image-resizer")


async def test_of_a_service(calls: Calls) -> None:
    assert await limits.current(calls, RESIZER) == {
        "resizer": Limits(container_mib=1536, task_mib=2048),
        "log-router": Limits(container_mib=128, task_mib=2048),
    }


async def test_of_a_family_its_newest_revision_counts(calls: Calls) -> None:
    bigger = {"name": "report", "image": "report", "memory": 900, "memoryReservation": 500}
    await calls.ask(
        "ecs", REGION, "register_task_definition", family="nightly-report", containerDefinitions=[bigger]
    )
    family = replace(RESIZER, kind=OwnerKind.FAMILY, name="nightly-report")
    assert await limits.current(calls, family) == {"report": Limits(container_mib=900, reservation_mib=500)}


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        pytest.param(replace(RESIZER, kind=OwnerKind.JOB), "from its last kill only", id="a Batch job"),
        pytest.param(replace(RESIZER, kind=OwnerKind.TASK), "from its last kill only", id="a lone task"),
        pytest.param(
            replace(RESIZER, account="666666666666"), f"I run in account {ACCOUNT}", id="another account"
        ),
        pytest.param(replace(RESIZER, name="gone"), "no active service gone", id="a service that is gone"),
        pytest.param(replace(RESIZER, cluster="gone"), "ClusterNotFound", id="a cluster that is gone"),
        pytest.param(
            replace(RESIZER, kind=OwnerKind.FAMILY, name="gone"),
            "ClientException",
            id="a family that is gone",
        ),
    ],
)
async def test_why_nobody_can_say(calls: Calls, subject: Subject, words: str) -> None:
    answer = await limits.current(calls, subject)
    assert isinstance(answer, str)
    assert words in answer


@pytest.mark.parametrize("action", ["ecs:DescribeServices", "ecs:DescribeTaskDefinition"])
async def test_the_permission_that_lacks_is_named(world: World, calls: Calls, action: str) -> None:
    world.faults.deny(action)
    assert await limits.current(calls, RESIZER) == f"not allowed: the role needs {action}"
