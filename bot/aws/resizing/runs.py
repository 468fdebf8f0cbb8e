"""Runs: how many tasks of a family are seen to run, or to have run within the hour, on a revision."""

import asyncio

from bot.aws.evidence.site import Site

_MOST = 100


async def on(site: Site, cluster: str, family: str, arn: str) -> int:
    """Of the hundred newest running and stopped ones. Raises an AwsTrouble."""
    listed = await asyncio.gather(
        *(
            site.ask(
                "ecs", "list_tasks", cluster=cluster, family=family, desiredStatus=state, maxResults=_MOST
            )
            for state in ("RUNNING", "STOPPED")
        )
    )
    arns = [str(one) for answer in listed for one in answer.get("taskArns", ())][:_MOST]
    if not arns:
        return 0
    answer = await site.ask("ecs", "describe_tasks", cluster=cluster, tasks=arns)
    return sum(one.get("taskDefinitionArn") == arn for one in answer.get("tasks", ()))
