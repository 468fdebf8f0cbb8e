"""Stopped tasks: what ECS still knows of those that ended, for an hour at least.

A place without an account is in our own.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from bot.aws.accounts import Place
from bot.aws.calls import Calls

_PAGE = 100  # of ListTasks and ListClusters, and the most that DescribeTasks takes
_MOST_PAGES = 200


async def clusters(calls: Calls, place: Place) -> list[str]:
    """The ARNs of all clusters in the place. Raises an AwsTrouble."""
    return [arn async for page in _pages(calls, place, "list_clusters", "clusterArns") for arn in page]


async def stopped_tasks(
    calls: Calls, place: Place, cluster: str
) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
    """The stopped tasks of a cluster as DescribeTasks tells them, up to a hundred at a time. Raises an AwsTrouble."""
    async for arns in _pages(
        calls, place, "list_tasks", "taskArns", cluster=cluster, desiredStatus="STOPPED"
    ):
        answer = await calls.ask(
            "ecs", place.region, "describe_tasks", account=place.account, cluster=cluster, tasks=arns
        )
        yield answer.get("tasks", ())


async def _pages(
    calls: Calls, place: Place, operation: str, key: str, **arguments: object
) -> AsyncIterator[list[str]]:
    """The pages of a list that are not empty."""
    asked: dict[str, Any] = {"account": place.account, "maxResults": _PAGE, **arguments}
    for _ in range(_MOST_PAGES):
        answer = await calls.ask("ecs", place.region, operation, **asked)
        if names := list(answer.get(key, ())):
            yield names
        if not answer.get("nextToken"):
            return
        asked["nextToken"] = answer["nextToken"]
