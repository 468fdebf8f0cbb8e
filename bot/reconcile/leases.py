"""Leases: given back at a graceful stop and taken over after a crash, so that work goes on at once."""

from bot.store import leases as stored
from bot.store import workers
from bot.store.database import Database


async def release(db: Database, worker: str) -> None:
    """Give back all that this worker had leased. After its loops have ended."""
    await db.write(workers.leave, worker)


async def take_over(db: Database) -> None:
    """End the leases that a killed process left, where nobody else can hold any. Before the loops start."""
    if db.is_exclusive:
        await db.write(stored.release_all)
