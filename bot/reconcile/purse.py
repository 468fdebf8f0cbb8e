"""Purse: what several processes on one PostgreSQL may spend of Slack's rates together, so that none is refused."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from bot.store import budgets
from bot.store.budgets import Ask
from bot.store.database import Database


class Purse:
    """Budgets in the store, by their names, in seconds from now. The processes' clocks should agree within a second."""

    def __init__(self, db: Database, clock: Callable[[], datetime]) -> None:
        """`db` is what the processes share."""
        self._db = db
        self._clock = clock

    async def take(
        self, asked: Iterable[tuple[str, float, int, float]], longest_s: float
    ) -> tuple[float, bool, dict[str, float]]:
        """Take a turn of each, given as name, interval, burst and when it is rested as far as we know.

        How long to wait for them; whether that is at most `longest_s`, and they are ours; when each is rested now.
        Raises StoreUnavailable.
        """
        now = self._clock()
        asks = [
            Ask(name=name, interval=_span(interval_s), burst=burst, held_until=now + _span(rested_in_s))
            for name, interval_s, burst, rested_in_s in asked
        ]
        answer = await self._db.write_aside(budgets.take, asks, now, _span(longest_s))
        return answer.wait.total_seconds(), answer.is_taken, _seconds(answer.rested_at, now)

    async def balance(self, held: Mapping[str, float]) -> dict[str, float]:
        """Have all hold what Slack asked us to hold; which budgets are not rested. Raises StoreUnavailable."""
        now = self._clock()
        if held:
            until = {name: now + _span(wait_s) for name, wait_s in held.items()}
            await self._db.write_aside(budgets.hold, until, now)
        return _seconds(await self._db.read(budgets.unrested, now), now)


def _span(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def _seconds(rested_at: Mapping[str, datetime], now: datetime) -> dict[str, float]:
    return {name: (at - now).total_seconds() for name, at in rested_at.items()}
