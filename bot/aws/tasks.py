"""Tasks: what ECS still knows of one, for about an hour after it stopped."""

from collections.abc import Mapping
from typing import Any

from bot.aws.calls import Calls
from bot.domain.aws.arn import Arn


async def describe(calls: Calls, *, region: str, cluster: str, task_arn: str) -> Mapping[str, Any] | None:
    """The task as DescribeTasks of its own account tells it; None where ECS has forgotten it. Raises an AwsTrouble."""
    account = Arn.parse(task_arn).account
    answer = await calls.ask(
        "ecs", region, "describe_tasks", account=account, cluster=cluster, tasks=[task_arn]
    )
    return next(iter(answer.get("tasks", ())), None)
