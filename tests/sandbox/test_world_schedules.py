"""Schedules live: they start what they say, when they say so, and stop dying when they are given the right revision."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.aws.sizes import doubled
from sandbox.aws.timetable import is_due, is_played
from sandbox.aws.world import World
from sandbox.clock import ManualClock

Client = Callable[..., Any]
MONDAY = datetime(2026, 3, 2, 9, 0, 30, tzinfo=UTC)  # the minute that may be due is 09:01


@pytest.mark.parametrize(
    ("expression", "zone", "due"),
    [
        pytest.param("cron(1 9 * * ? *)", "UTC", True, id="each day at 09:01"),
        pytest.param("cron(0 9 * * ? *)", "UTC", False, id="a minute ago"),
        pytest.param("cron(1 10 * * ? *)", "Europe/Berlin", True, id="10:01 in Berlin"),
        pytest.param("cron(0/5 9 * * ? *)", "UTC", False, id="every five minutes: not in this one"),
        pytest.param("cron(1/5 8-10 * * ? *)", "UTC", True, id="every five minutes from the first"),
        pytest.param("cron(1,31 * ? * 2-6 2026)", "UTC", True, id="on working days"),
        pytest.param("cron(1 9 ? * 1 *)", "UTC", False, id="on Sundays"),
        pytest.param("rate(1 minute)", "UTC", True, id="each minute"),
        pytest.param("rate(2 hours)", "UTC", False, id="every two hours"),
        pytest.param("at(2026-03-02T09:01:00)", "UTC", False, id="not played"),
    ],
)
def test_an_expression_falls_due(expression: str, zone: str, due: bool) -> None:
    assert is_due(expression, MONDAY, MONDAY + timedelta(minutes=1), zone) is due
    assert is_played(expression) is not expression.startswith("at")


async def repin(aws: Client, **changes: Any) -> None:
    """Send the schedule back with changes, as one must."""
    scheduler = aws("scheduler")
    old = await asyncio.to_thread(scheduler.get_schedule, Name="nightly-report-eu")
    keep = {key: old[key] for key in ("Name", "ScheduleExpression", "FlexibleTimeWindow", "Target", "State")}
    await asyncio.to_thread(scheduler.update_schedule, **(keep | changes))


def runs(world: World) -> list[tuple[int, str, int | None]]:
    """The schedule's tasks that were ever started: revision, by whom, exit code."""
    tasks = [task for task in world.ecs.tasks.values() if task.group == "family:nightly-report"]
    return [(one.definition["revision"], one.started_by, one.containers[0].exit_code) for one in tasks]


@pytest.mark.parametrize(
    ("revision", "end"),
    [
        pytest.param(1, 137, id="as it was: it dies"),
        pytest.param(2, 0, id="pinned to twice the memory: it ends well"),
    ],
)
async def test_a_schedule_runs_the_revision_that_it_names(
    world: World, clock: ManualClock, aws: Client, revision: int, end: int
) -> None:
    world.pace.speed = 60
    world.ecs.loads["nightly-report"] = 1.55
    old = world.ecs.definitions.find("nightly-report")
    world.ecs.definitions.register(doubled(old), clock.now(), "alice")
    parameters = {"TaskDefinitionArn": f"{old['taskDefinitionArn'].rpartition(':')[0]}:{revision}"}
    target = world.scheduler.schedules["nightly-report-eu"]["Target"] | {"EcsParameters": parameters}
    await repin(aws, ScheduleExpression="cron(1 9 2 3 ? 2026)", Target=target)
    await clock.advance(59)
    assert runs(world) == []
    await clock.advance(30)
    assert runs(world) == [(revision, "chronos-schedule/nightly-report-eu", end)]


async def test_a_rule_that_names_no_revision_runs_the_newest(clock: ManualClock, world: World) -> None:
    old = world.ecs.definitions.find("nightly-report")
    world.ecs.definitions.register(doubled(old), clock.now(), "alice")
    for launch in world.rules.due(
        datetime(2026, 3, 2, 1, 59, tzinfo=UTC), datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
    ):
        world.launch(launch)
    assert runs(world) == [(2, "events-rule/nightly-report", None)]


async def test_a_disabled_schedule_and_one_whose_revision_is_gone_start_nothing(
    world: World, clock: ManualClock, aws: Client
) -> None:
    await repin(aws, ScheduleExpression="rate(1 minute)", State="DISABLED")
    await clock.advance(61)
    await repin(aws, ScheduleExpression="rate(1 minute)", State="ENABLED")
    newest = world.ecs.definitions.find("nightly-report:1")["taskDefinitionArn"]
    await asyncio.to_thread(aws("ecs").deregister_task_definition, taskDefinition=newest)
    await clock.advance(61)
    assert runs(world) == []


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"ScheduleExpression": "cron(0 2 * *)"}, id="four fields"),
        pytest.param({"ScheduleExpression": "rate(0 minutes)"}, id="never"),
        pytest.param({"ScheduleExpressionTimezone": "Europe/Atlantis"}, id="no such zone"),
    ],
)
async def test_a_schedule_that_cannot_be_is_refused(aws: Client, wrong: dict[str, str]) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        await repin(aws, **wrong)
