"""Pace: keep the calls to Slack under Slack's rates, by waiting before a call instead of being refused after it.

A process that is alone keeps count by itself. Where several share the work, a purse in the store is what they spend
from together, and what each counts by itself tells it when to look there again.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from bot.reconcile.purse import Purse
from bot.slack.posting import RateLimited
from bot.store.database import Database

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
# Tier 4, 100 a minute; an upload calls two methods once each.
UPLOADS = Budget("files.getUploadURLExternal", 60 / 90, burst=10)
FILE_LOOKS = Budget("files.info", 60 / 90, burst=10)
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
        purse: Purse | None = None,
    ) -> None:
        """Start with every budget rested; seconds are told by `monotonic` and waited for by `sleep`."""
        self._monotonic = monotonic
        self._sleep = sleep
        self._purse = purse
        # When each budget will be rested: a turn moves it on by an interval (the generic cell rate algorithm).
        self._rested_at: dict[str, float] = {}
        self._held: set[str] = set()  # and the others have yet to hear of it

    @classmethod
    def over(cls, db: Database, clock: Callable[[], datetime]) -> Self:
        """The pace of a process on this store, which others may have, too."""
        return cls(purse=None if db.is_exclusive else Purse(db, clock))

    def wait_s(self, budget: Budget, ahead: int = 0) -> float:
        """Seconds until this budget has a turn, after `ahead` turns of others; 0 where it has one now."""
        wait_s = self._rested_in(budget.name) + (ahead - budget.burst + 1) * budget.interval_s
        return wait_s if wait_s > _MOMENT_S else 0.0

    async def turn(self, *budgets: Budget) -> None:
        """Take a turn of each; waits up to 5 s for it, and raises RateLimited where it is further off."""
        wait_s = max(map(self.wait_s, (ANYTHING, *budgets)))
        if wait_s > _LONGEST_WAIT_S:
            raise RateLimited(wait_s)
        self._forget_the_past()
        if self._purse is None:
            self._learn({budget.name: self._rested_in(budget.name) + budget.interval_s for budget in budgets})
        else:
            wait_s = max(wait_s, await self._take(self._purse, budgets))
        if wait_s:
            await self._sleep(wait_s)

    def hold(self, budget: Budget, seconds: float) -> None:
        """Slack asked to wait: no turn of this budget for so long, and then one at a time."""
        self._learn({budget.name: seconds + (budget.burst - 1) * budget.interval_s})
        if budget is not ANYTHING:
            self._held.add(budget.name)

    async def refresh(self) -> None:
        """Tell the others what Slack asked for, and learn what they spent. Raises StoreUnavailable."""
        if self._purse is not None:
            held = {name: self._rested_in(name) for name in self._held}
            self._learn(await self._purse.balance(held))
            self._held -= held.keys()

    async def _take(self, purse: Purse, budgets: Iterable[Budget]) -> float:
        asked = [(one.name, one.interval_s, one.burst, self._rested_in(one.name)) for one in budgets]
        wait_s, is_taken, rested_in = await purse.take(asked, _LONGEST_WAIT_S)
        self._learn(rested_in)
        if not is_taken:
            raise RateLimited(wait_s)
        return wait_s if wait_s > _MOMENT_S else 0.0

    def _rested_in(self, name: str) -> float:
        """Seconds until it is rested, as far as we know."""
        now = self._monotonic()
        return max(0.0, self._rested_at.get(name, now) - now)

    def _learn(self, rested_in: Mapping[str, float]) -> None:
        """Budgets rest later than we knew."""
        now = self._monotonic()
        for name, seconds in rested_in.items():
            self._rested_at[name] = max(now + seconds, self._rested_at.get(name, now))

    def _forget_the_past(self) -> None:
        now = self._monotonic()
        if len(self._rested_at) > _REMEMBERED:
            self._rested_at = {name: at for name, at in self._rested_at.items() if at > now}
