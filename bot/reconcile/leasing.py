"""Leasing: one pass over a table of waiting work, for reconcilers that need no more than that."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from sqlalchemy import Connection

from bot.reconcile.abreast import abreast
from bot.reconcile.bench import Bench

_LEASE_FOR = timedelta(seconds=60)
_AT_ONCE = 10

T = TypeVar("T")


class Due(Protocol):
    """Asks whether there is anything to do at a moment."""

    def __call__(self, conn: Connection, now: datetime, /) -> bool: ...


class Lease(Protocol[T]):
    """Lends an owner what is due; nobody else gets it for `lease_for`."""

    def __call__(
        self, conn: Connection, owner: str, now: datetime, *, limit: int, lease_for: timedelta
    ) -> list[T]: ...


async def leasing_pass(bench: Bench, due: Due, lease: Lease[T], work: Callable[[T], Awaitable[None]]) -> bool:
    """Work on what is due, side by side; whether there was anything. Raises what the work raises, all of it done."""
    now = bench.clock()
    if not await bench.db.read(due, now):
        return False
    leased = await bench.db.write(lease, bench.worker, now, limit=_AT_ONCE, lease_for=_LEASE_FOR)
    await abreast(work, leased)
    return bool(leased)
