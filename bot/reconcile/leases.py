"""Leases: given back at a graceful stop, so that another process goes on at once."""

from bot.store import confirmations, lookups, notices, shares
from bot.store.database import Database


async def release(db: Database, worker: str) -> None:
    """Give back all that this worker had leased."""
    for noun in (notices, lookups, confirmations, shares):
        await db.write(noun.release, worker)
