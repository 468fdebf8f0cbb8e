"""Deployments: what is told of a roll-out where ECS keeps no service deployments, or no state at all."""

from typing import Any

import pytest

from bot.aws.calls import Calls
from bot.aws.evidence.site import Site
from bot.aws.resizing import deployments, impediments
from bot.domain.resize.observation import Rollout
from sandbox.aws.arns import ACCOUNT, REGION
from sandbox.aws.world import World

NEW, OLD = "task-definition/web:2", "task-definition/web:1"


def service(*shown: dict[str, Any], desired: int = 2) -> dict[str, Any]:
    """A service that CodeDeploy's siblings would not know: its history cannot be listed."""
    named = {"clusterArn": "prod", "serviceName": "storefront"}
    return named | {"desiredCount": desired, "deployments": list(shown), "events": []}


def primary(running: int, **more: Any) -> dict[str, Any]:
    return {"id": "ecs-svc/1", "taskDefinition": NEW, "runningCount": running, "pendingCount": 0} | more


@pytest.mark.parametrize(
    ("shown", "rollout"),
    [
        pytest.param((primary(1, rolloutState="IN_PROGRESS"),), Rollout.IN_PROGRESS, id="under way"),
        pytest.param((primary(2, rolloutState="COMPLETED"),), Rollout.COMPLETED, id="completed"),
        pytest.param((primary(0, rolloutState="FAILED"),), Rollout.FAILED, id="given up"),
        pytest.param((primary(2),), Rollout.COMPLETED, id="behind a Classic Load Balancer, alone and whole"),
        pytest.param((primary(1),), Rollout.IN_PROGRESS, id="behind one, a task short"),
        pytest.param((primary(2, pendingCount=1),), Rollout.IN_PROGRESS, id="behind one, a task starting"),
        pytest.param(
            (primary(2), {"id": "ecs-svc/0", "taskDefinition": OLD}),
            Rollout.IN_PROGRESS,
            id="beside the old one",
        ),
    ],
)
async def test_without_service_deployments_describing_the_service_tells(
    calls: Calls, shown: tuple[dict[str, Any], ...], rollout: Rollout
) -> None:
    found = await deployments.newest_to(Site(calls, ACCOUNT, REGION), service(*shown), NEW)
    assert found is not None
    assert (found.rollout, found.arn, found.id) == (rollout, "", "ecs-svc/1")


async def test_where_nothing_goes_to_the_revision_there_is_none(calls: Calls) -> None:
    site = Site(calls, ACCOUNT, REGION)
    assert await deployments.newest_to(site, service(primary(2)), "task-definition/web:3") is None


@pytest.mark.parametrize(
    ("message", "told"),
    [
        pytest.param(
            "(service web) was unable to place a task because no container instance met all of its requirements.",
            "was unable to place a task because no container instance met all of its requirements.",
            id="no room",
        ),
        pytest.param(
            "(service web) (task 1b2c) failed container health checks.",
            "(task 1b2c) failed container health checks.",
            id="not healthy",
        ),
        pytest.param(
            "(service web) is unable to consistently start tasks successfully.",
            "is unable to consistently start tasks successfully.",
            id="it keeps dying",
        ),
        pytest.param("(service web) has reached a steady state.", "", id="all is well"),
    ],
)
def test_events_tell_why_tasks_do_not_run(world: World, message: str, told: str) -> None:
    now = world.clock.now()
    shown = service() | {"events": [{"createdAt": now, "message": message}]}
    assert impediments.of_events(shown, now) == told


def test_what_was_told_before_the_deployment_is_of_another_one(world: World) -> None:
    now = world.clock.now()
    event = {"createdAt": now.replace(year=2025), "message": "(service web) was unable to place a task."}
    assert impediments.of_events(service() | {"events": [event]}, now) == ""
