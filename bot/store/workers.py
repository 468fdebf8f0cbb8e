"""Workers: the processes that are alive, and the end of those that are not."""

from collections.abc import Mapping

from sqlalchemy import Connection, and_, delete, or_, select

from bot.store import leases
from bot.store.dialects import insert
from bot.store.replica_tables import workers


def beat(conn: Connection, name: str) -> dict[str, int]:
    """Note that this one is alive; how often each has said so."""
    statement = insert(conn, workers).values(name=name, beats=1)
    conn.execute(
        statement.on_conflict_do_update(index_elements=["name"], set_={"beats": workers.c.beats + 1})
    )
    return {row.name: row.beats for row in conn.execute(select(workers))}


def bury(conn: Connection, silent: Mapping[str, int]) -> dict[str, int]:
    """End the leases of those who have not beaten since they had so many beats; how many each held.

    Whoever was only slow finds its fences gone, and beats again.
    """
    unchanged = [and_(workers.c.name == name, workers.c.beats == beats) for name, beats in silent.items()]
    dead = conn.execute(delete(workers).where(or_(*unchanged)).returning(workers.c.name)).scalars().all()
    return {name: leases.release(conn, name) for name in dead}


def leave(conn: Connection, name: str) -> int:
    """Give back whatever this one holds, and be no more; how many rows it held."""
    conn.execute(delete(workers).where(workers.c.name == name))
    return leases.release(conn, name)
