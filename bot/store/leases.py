"""Leases: rows that somebody must work on are lent to one owner at a time, and a fence tells when one is lost.

A due date says when a row may be worked on, a lease who works on it now; the fence grows with each lease, so that
an owner who slept past its end can no longer change the row.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import BindParameter, ColumnElement, Connection, Row, Table, or_, select, update

from bot.store.table_parts import metadata

UNLEASED: dict[str, Any] = {"leased_until": None, "lease_owner": ""}


class Leased(Protocol):
    """What a lease must remember of the row that it holds."""

    @property
    def id(self) -> int:
        """The row's key."""

    @property
    def fence(self) -> int:
        """The row's fence at the time of the lease."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Who wants rows, how many, and for how long."""

    owner: str
    now: datetime
    limit: int
    lease_for: timedelta


def lease(conn: Connection, table: Table, wanting: ColumnElement[bool], claim: Claim) -> Sequence[Row[Any]]:
    """Lend the claim's owner free rows that are due and `wanting`, the longest due first."""
    query = select(table.c.id).where(wanting, table.c.due_at <= claim.now, free(table, claim.now))
    query = query.order_by(table.c.due_at, table.c.id).limit(claim.limit)
    # Rows that another replica is just leasing are skipped, not waited for; SQLite has one process.
    ids = conn.execute(query.with_for_update(skip_locked=True)).scalars().all()
    if not ids:
        return []
    lend = update(table).where(table.c.id.in_(ids)).values(lent(table, claim))
    rows = {row.id: row for row in conn.execute(lend.returning(*table.c))}
    return [rows[row_id] for row_id in ids]


def free(table: Table, now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Condition on rows: nobody holds them at this moment."""
    return or_(table.c.leased_until.is_(None), table.c.leased_until <= now)


def lent(table: Table, claim: Claim) -> dict[str, Any]:
    """Values of a row that is lent to the claim's owner."""
    return {
        "leased_until": claim.now + claim.lease_for,
        "lease_owner": claim.owner,
        "fence": table.c.fence + 1,
    }


def settle(conn: Connection, table: Table, held: Leased, values: dict[str, Any]) -> bool:
    """Change a leased row; False, and nothing changed, where the lease was lost or given back."""
    return conn.execute(update(table).where(holds(table, held)).values(values)).rowcount == 1


def release(conn: Connection, owner: str) -> int:
    """Give back all that the owner holds, in whatever table; how many rows those were."""
    return _unlease(conn, lambda table: table.c.lease_owner == owner)


def release_all(conn: Connection) -> int:
    """End all leases of everybody, for who knows that nobody else lives; how many rows those were."""
    return _unlease(conn, lambda table: table.c.leased_until.is_not(None))


def _unlease(conn: Connection, which: Callable[[Table], ColumnElement[bool]]) -> int:
    tables = [table for table in metadata.sorted_tables if "lease_owner" in table.c]
    held = [update(table).where(which(table)).values(UNLEASED) for table in tables]
    return sum(conn.execute(statement).rowcount for statement in held)


def holds(table: Table, held: Leased) -> ColumnElement[bool]:
    """Condition on the table: this row, and its lease was neither lost nor given back."""
    return (table.c.id == held.id) & (table.c.fence == held.fence) & table.c.leased_until.is_not(None)


def fresh(due_at: datetime) -> dict[str, Any]:
    """Values of a new row's working columns."""
    return {
        "attempts": 0,
        "fence": 0,
        "due_at": due_at,
        "leased_until": None,
        "lease_owner": "",
        "error": "",
    }


def again(table: Table, due_at: datetime, error: str) -> dict[str, Any]:
    """Values that put a leased row back for another attempt."""
    return {"attempts": table.c.attempts + 1, "due_at": due_at, "error": error, **UNLEASED}
