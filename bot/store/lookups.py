"""Lookups: tasks known by their ARN alone, of which ECS must be asked for the rest."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, exists, select, true

from bot.store import leases
from bot.store.dialects import insert
from bot.store.schema import lookups


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """One task to ask for; `published_at` is when the message that named it was sent."""

    id: int
    task_arn: str
    published_at: datetime
    attempts: int
    fence: int


def add(conn: Connection, task_arn: str, published_at: datetime, now: datetime) -> None:
    """Have the task asked for, now; once, however often it is named meanwhile.

    Whoever is just asking may have the answer of a moment ago: the lease is taken away, and the task asked for again.
    """
    statement = insert(conn, lookups).values(
        task_arn=task_arn, published_at=published_at, **leases.fresh(now)
    )
    again = {"due_at": now, "fence": lookups.c.fence + 1, **leases.UNLEASED}
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=["task_arn"], set_=again, where=lookups.c.leased_until.is_not(None)
        )
    )


def lease(conn: Connection, owner: str, now: datetime, *, limit: int, lease_for: timedelta) -> list[Lookup]:
    """Lend the owner lookups that are due; nobody else gets them for `lease_for`."""
    claim = leases.Claim(owner=owner, now=now, limit=limit, lease_for=lease_for)
    return [
        Lookup(
            id=row.id,
            task_arn=row.task_arn,
            published_at=row.published_at,
            attempts=row.attempts,
            fence=row.fence,
        )
        for row in leases.lease(conn, lookups, true(), claim)
    ]


def done(conn: Connection, lookup: Lookup) -> bool:
    """It was asked for. False where the lease was lost."""
    return conn.execute(delete(lookups).where(leases.holds(lookups, lookup))).rowcount == 1


def retry(conn: Connection, lookup: Lookup, due_at: datetime, error: str) -> bool:
    """Put it back until `due_at`. False where the lease was lost."""
    return leases.settle(conn, lookups, lookup, leases.again(lookups, due_at, error))


def due(conn: Connection, now: datetime) -> bool:
    """Whether there is any to ask for."""
    return bool(conn.execute(select(exists().where(lookups.c.due_at <= now))).scalar())
