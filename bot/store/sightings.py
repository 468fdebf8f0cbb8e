"""Sightings: when something proven was last heard through a door for people, to the minute."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from bot.store import dialects
from bot.store.database import Database
from bot.store.drill_tables import sightings

SLACK_HTTP, SLACK_SOCKET = "slack over HTTP", "slack over a socket"
_NOTED_EVERY = timedelta(minutes=1)


class Sightings:
    """Notes that a door was used, once a minute and process."""

    def __init__(self, db: Database) -> None:
        """`db` is where it is noted."""
        self._db = db
        self._noted: dict[str, datetime] = {}

    async def seen(self, door: str, now: datetime) -> None:
        """Something came through it. Raises StoreUnavailable."""
        before = self._noted.get(door)
        if before is not None and now - before < _NOTED_EVERY:
            return
        await self._db.write(see, door, now)
        self._noted[door] = now


def see(conn: Connection, door: str, now: datetime) -> None:
    """Note that something came through this door."""
    statement = dialects.insert(conn, sightings).values(door=door, seen_at=now)
    later = {"seen_at": statement.excluded.seen_at}
    conn.execute(statement.on_conflict_do_update(index_elements=["door"], set_=later))


def last(conn: Connection) -> Mapping[str, datetime]:
    """When each door was last used."""
    return {row.door: row.seen_at for row in conn.execute(select(sightings))}
