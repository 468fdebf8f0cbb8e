"""ECS as its API and its events show it: tasks die of memory, are replaced, and stop dying when the fix is right."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.aws.curves import Curve
from sandbox.aws.scenarios import SCENARIOS, kill
from sandbox.aws.stage import Stage
from sandbox.aws.world import World
from sandbox.clock import ManualClock

Call = Callable[..., Any]


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
