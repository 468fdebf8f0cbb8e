"""The person at the console: twice the memory for the service that was killed last, and it heals."""

from typing import Any

import pytest

from sandbox.aws.scenarios import SCENARIOS, kill
from sandbox.aws.sizes import doubled
from sandbox.aws.stage import Stage
from sandbox.aws.world import World
from sandbox.clock import ManualClock


async def play(world: World, name: str) -> dict[str, Any]:
    """Press a button of the page."""
    return await Stage(world, SCENARIOS).verb("scenario", {"name": name})


def row(world: World, service: str) -> dict[str, Any]:
    """The first workload of that service, as the page sees it."""
    rows = Stage(world, SCENARIOS).snapshot()["workloads"]
    return next(one for one in rows if one["service"] == service)


async def test_the_service_that_was_killed_last_gets_twice_as_much_and_heals(
    world: World, clock: ManualClock
) -> None:
    kill(world)
    assert (await play(world, "resize"))["note"] == (
        "checkout-api: revision 2 with twice the memory is on its way."
    )
    raised = row(world, "checkout-api")
    assert (raised["revision"], raised["limit_mib"], raised["rollout"]) == (2, 2048, "IN_PROGRESS")
    await clock.advance(60)
    healed = row(world, "checkout-api")
    assert (healed["state"], healed["running"], healed["rollout"]) == ("running", 2, "COMPLETED")
    assert kill(world) == "api wanted 1,180 MiB and got it: the limit is high enough now."


async def test_without_a_kill_the_leaking_worker_is_meant(world: World) -> None:
    assert (await play(world, "resize"))["note"].startswith("ledger-worker: revision 2")


async def test_an_oom_loop_after_a_bad_deployment_ends(world: World, clock: ManualClock) -> None:
    await play(world, "bad-deploy")
    await clock.advance(300)
    assert "search: revision 3" in (await play(world, "resize"))["note"]
    await clock.advance(60)
    died = row(world, "search")["kills"]
    await clock.advance(3600)
    assert row(world, "search")["kills"] == died > 0


async def test_the_largest_size_cannot_be_doubled(world: World, clock: ManualClock) -> None:
    for _ in range(7):
        assert (await play(world, "resize"))["ok"]
    refusal = await play(world, "resize")
    assert refusal == {"ok": False, "error": "ledger-worker has as much memory as there is to buy."}


async def test_what_codedeploy_owns_is_not_ours_to_deploy(world: World) -> None:
    world.ecs.services["prod", "storefront"].killed_at["web"] = world.clock.time()
    refusal = await play(world, "resize")
    assert refusal == {"ok": False, "error": "storefront is deployed by CODE_DEPLOY, not by ECS itself."}


@pytest.mark.parametrize(
    ("family", "cpu", "memory", "limits"),
    [
        pytest.param("checkout-api", "512", "2048", [None], id="the same CPU sells it"),
        pytest.param("image-resizer", "1024", "4096", [3072, 256], id="limits of containers grow too"),
        pytest.param("notifications", None, None, [768], id="EC2 has no sizes"),
        pytest.param("nightly-report", "512", "4096", [None], id="a job without a service"),
    ],
)
def test_twice_the_memory(
    world: World, family: str, cpu: str | None, memory: str | None, limits: list[int | None]
) -> None:
    asked = doubled(world.ecs.definitions.find(family))
    assert (asked.get("cpu"), asked.get("memory")) == (cpu, memory)
    assert [one.get("memory") for one in asked["containerDefinitions"]] == limits


def test_more_memory_may_need_more_cpu(world: World) -> None:
    once = doubled(world.ecs.definitions.find("ledger-worker"))
    twice = doubled(once)
    assert [(one["cpu"], one["memory"]) for one in (once, twice)] == [("256", "2048"), ("512", "4096")]
