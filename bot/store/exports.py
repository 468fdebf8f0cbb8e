"""Exports: files that somebody asked for; each is sent by one process, by another one if that dies."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, exists, insert, select

from bot.store import leases
from bot.store.report_tables import exports

_ALL = exports.c.due_at.is_not(None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """One file to make. `words` came after `/oom`. `file_id`: what was brought into Slack and may be shared already."""

    id: int
    user: str
    response_url: str = field(repr=False)
    words: str
    asked_at: datetime
    file_id: str
    attempts: int
    fence: int


def add(conn: Connection, *, user: str, response_url: str, words: str, now: datetime) -> None:
    """Have it made, and its coming told through this address."""
    values = {"user_id": user, "response_url": response_url, "words": words, "asked_at": now, "file_id": ""}
    conn.execute(insert(exports).values(**values, **leases.fresh(now)))


def due(conn: Connection, now: datetime) -> bool:
    """Whether there is any that nobody is at."""
    free = leases.free(exports, now)
    return bool(conn.execute(select(exists().where(exports.c.due_at <= now, free))).scalar())


def lease(conn: Connection, owner: str, now: datetime, *, limit: int, lease_for: timedelta) -> list[Export]:
    """Lend the owner files to make; nobody else gets them for `lease_for`."""
    claim = leases.Claim(owner=owner, now=now, limit=limit, lease_for=lease_for)
    return [
        Export(
            id=row.id,
            user=row.user_id,
            response_url=row.response_url,
            words=row.words,
            asked_at=row.asked_at,
            file_id=row.file_id,
            attempts=row.attempts,
            fence=row.fence,
        )
        for row in leases.lease(conn, exports, _ALL, claim)
    ]


def uploaded(conn: Connection, held: Export, file_id: str) -> bool:
    """Note the file before it is shared, so that it is not shared twice; the lease goes on. False where it was lost."""
    return leases.settle(conn, exports, held, {"file_id": file_id})


def retry(conn: Connection, held: Export, due_at: datetime, error: str) -> bool:
    """Put it back until `due_at`. False where the lease was lost."""
    return leases.settle(conn, exports, held, leases.again(exports, due_at, error))


def finish(conn: Connection, held: Export) -> bool:
    """It was sent, or never will be. False where the lease was lost."""
    return conn.execute(delete(exports).where(leases.holds(exports, held))).rowcount == 1
