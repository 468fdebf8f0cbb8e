"""Log tails: where a container's last lines are, or why nobody can tell."""

from dataclasses import replace

import pytest

from bot.aws.evidence.log_tail import read_log_tail
from bot.domain.aws.task_definition import Container, LogRoute, TaskDefinition
from bot.domain.diagnosis.evidence import Gap, Source
from tests.aws.evidence.conftest import Inquiry

AWSLOGS = LogRoute(driver="awslogs", group="/ecs/checkout-api", region="eu-west-1", stream_prefix="ecs")


def definition(log: LogRoute | None) -> TaskDefinition:
    """A revision whose container api logs there."""
    return TaskDefinition(
        arn="arn:aws:ecs:eu-west-1:123456789012:task-definition/checkout-api:1",
        family="checkout-api",
        revision=1,
        containers=(Container(name="api", log=log),),
    )


async def test_the_last_lines_come_masked_and_oldest_first(inquiry: Inquiry) -> None:
    task = next(one for one in inquiry.world.ecs.tasks.values() if one.service == "checkout-api")
    for line in ("GET /cart 200", "password=hunter2hunter2"):
        inquiry.world.logs.say(task, task.container("api"), line)
    death = await inquiry.kill()
    assert death.task_arn == task.arn
    lines = await read_log_tail(inquiry.calls, death, definition(AWSLOGS))
    assert isinstance(lines, tuple)
    texts = [line.text for line in lines]
    assert texts.index("GET /cart 200") < texts.index("password=***")


@pytest.mark.parametrize(
    ("log", "why"),
    [
        pytest.param(LogRoute(driver="awsfirelens"), "FireLens sends the log", id="FireLens"),
        pytest.param(LogRoute(driver="splunk"), "the log driver splunk keeps its lines", id="another driver"),
        pytest.param(None, "no log configuration", id="none at all"),
        pytest.param(
            replace(AWSLOGS, group="/ecs/nope"), "there is no log stream ecs/api/", id="no such group"
        ),
        pytest.param(replace(AWSLOGS, stream_prefix="x"), "no log stream x/api/", id="no such stream"),
        pytest.param(replace(AWSLOGS, group=""), "awslogs keeps its lines elsewhere", id="a broken one"),
    ],
)
async def test_why_there_are_no_lines(inquiry: Inquiry, log: LogRoute | None, why: str) -> None:
    death = await inquiry.kill()
    gap = await read_log_tail(inquiry.calls, death, definition(log))
    assert isinstance(gap, Gap)
    assert (gap.source, gap.permission) == (Source.LOGS, "")
    assert why in gap.why


async def test_without_a_prefix_the_stream_has_the_containers_own_id(inquiry: Inquiry) -> None:
    death = await inquiry.kill()
    task = inquiry.world.ecs.tasks[death.task_arn]
    inquiry.world.logs.write("/ecs/checkout-api", task.container("api").runtime_id, "as Docker names it")
    lines = await read_log_tail(inquiry.calls, death, definition(replace(AWSLOGS, stream_prefix="")))
    assert isinstance(lines, tuple)
    assert [line.text for line in lines] == ["as Docker names it"]


async def test_a_missing_permission_is_named(inquiry: Inquiry) -> None:
    death = await inquiry.kill()
    inquiry.world.faults.deny("logs:GetLogEvents")
    gap = await read_log_tail(inquiry.calls, death, definition(AWSLOGS))
    assert isinstance(gap, Gap)
    assert gap.permission == "logs:GetLogEvents"
