"""Pace: keep the calls to Slack under Slack's rates, by waiting before a call instead of being refused after it.

Each process paces itself. Where several share the work, Slack may say 429 to one of them; what it says is obeyed for
exactly that channel or method, and loses nothing.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.slack.posting import RateLimited

_LONGEST_WAIT_S = 5.0  # leases, readiness and a stop all suffer from a pass that sleeps
_REMEMBERED = 10_000
_MOMENT_S = 0.001  # what is nearer than this is now: clocks count in floats


@dataclass(frozen=True, slots=True)
class Budget:
    """One of Slack's rates: a turn every `interval_s`, and up to `burst` at once after a rest."""

    name: str
    interval_s: float
    burst: int = 1


# https://docs.slack.dev/apis/web-api/rate-limits: one message a second and channel; "several hundred" a minute in the
# whole workspace; chat.update and conversations.history are tier 3, 50 a minute. No minute sees more than
# burst + 60 / interval: 300 posts, 50 calls of tier 3.
ALL_POSTS = Budget("chat.postMessage", 60 / 240, burst=60)
UPDATES = Budget("chat.update", 60 / 45, burst=5)
LOOKS = Budget("conversations.history", 60 / 45, burst=5)
ANYTHING = Budget("any call", 0)  # held while Slack does not answer at all


def posts_to(channel: str) -> Budget:
    """The rate of messages to one channel."""
    return Budget(f"chat.postMessage {channel}", 1.0)


class Pace:
    """Hands out turns: a budget's turns come no faster than it allows, and none while it is held."""

    def __init__(
        self,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Start with every budget rested; seconds are told by `monotonic` and waited for by `sleep`."""
        self._monotonic = monotonic
        self._sleep = sleep
        # When the budget will be rested: each turn moves it on by an interval (the generic cell rate algorithm).
        self._rested_at: dict[Budget, float] = {}

    def wait_s(self, budget: Budget, ahead: int = 0) -> float:
        """Seconds until this budget has a turn, after `ahead` turns of others; 0 where it has one now."""
        now = self._monotonic()
        rested_at = max(now, self._rested_at.get(budget, now)) + ahead * budget.interval_s
        wait_s = rested_at - (budget.burst - 1) * budget.interval_s - now
        return wait_s if wait_s > _MOMENT_S else 0.0

    async def turn(self, *budgets: Budget) -> None:
        """Take a turn of each; waits up to 5 s for it, and raises RateLimited where it is further off."""
        wait_s = max(map(self.wait_s, (ANYTHING, *budgets)))
        if wait_s > _LONGEST_WAIT_S:
            raise RateLimited(wait_s)
        now = self._monotonic()
        self._forget_the_past(now)
        for budget in budgets:
            self._rested_at[budget] = max(now, self._rested_at.get(budget, now)) + budget.interval_s
        if wait_s:
            await self._sleep(wait_s)

    def hold(self, budget: Budget, seconds: float) -> None:
        """Slack asked to wait: no turn of this budget for so long, and then one at a time."""
        until = self._monotonic() + seconds + (budget.burst - 1) * budget.interval_s
        self._rested_at[budget] = max(until, self._rested_at.get(budget, until))

    def _forget_the_past(self, now: float) -> None:
        if len(self._rested_at) > _REMEMBERED:
            self._rested_at = {budget: at for budget, at in self._rested_at.items() if at > now}
