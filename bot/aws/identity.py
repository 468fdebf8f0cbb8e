"""Identity: whose account our AWS credentials belong to."""

from bot.aws.calls import Calls


async def own_account(calls: Calls, region: str) -> str:
    """The 12-digit id of our own account, told by STS near that region. Raises an AwsTrouble."""
    answer = await calls.ask("sts", region, "get_caller_identity")
    return str(answer["Account"])
