"""Paced calls: one call to Slack in its turn; where Slack asks to wait, all others of its kind do."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.reconcile.pace import Budget, Pace
from bot.slack.posting import RateLimited

T = TypeVar("T")


async def paced(pace: Pace, call: Callable[[], Awaitable[T]], budget: Budget, *others: Budget) -> T:
    """Take a turn of each budget, then call. What Slack answers with "wait" is held to the first one's account."""
    await pace.turn(budget, *others)
    try:
        return await call()
    except RateLimited as trouble:
        pace.hold(budget, trouble.retry_after_s)
        raise
