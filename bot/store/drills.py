"""Drills: tests of the whole path that are under way, each carried on by one process at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, func, insert, select, update

from bot.domain.kills.drill import GIVEN_UP_AFTER, ONE_IN, Drill, Passage
from bot.store import leases
from bot.store.drill_tables import drills

_ALL = drills.c.due_at.is_not(None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One drill that is being carried on; `place` and `ts` name its message, "" while there is none."""

    id: int
    fence: int
    drill: Drill
    place: str
    ts: str
    response_url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Wish:
    """Who wants a drill, in which channel, and where they are told."""

    user: str
    channel: str
    response_url: str = field(repr=False)


def begin(conn: Connection, wish: Wish, token: str, now: datetime) -> datetime | None:
    """Have it sent; None where that is so, else when the last one began, which was too short ago."""
    last: datetime | None = conn.execute(select(func.max(drills.c.started_at))).scalar()
    if last is not None and now - last < ONE_IN:
        return last
    values = {
        "token": token,
        "user_id": wish.user,
        "channel": wish.channel,
        "response_url": wish.response_url,
        "place": "",
        "ts": "",
        "started_at": now,
    }
    conn.execute(insert(drills).values(**values, **leases.fresh(now)))
    return None


def arrive(conn: Connection, passage: Passage, published_at: datetime, now: datetime) -> bool:
    """A synthetic event came; whether it is of a drill that was begun here, is not over, and came for the first time."""
    mine = (
        (drills.c.token == passage.token)
        & drills.c.received_at.is_(None)
        & drills.c.told_at.is_(None)
        & (drills.c.started_at > now - GIVEN_UP_AFTER)
    )
    seen = {"stamped_at": passage.stamped_at, "published_at": published_at, "received_at": now, "due_at": now}
    return conn.execute(update(drills).where(mine).values(seen)).rowcount == 1


def due(conn: Connection, now: datetime) -> bool:
    """Whether there is any to carry on."""
    free = leases.free(drills, now)
    return bool(conn.execute(select(exists().where(drills.c.due_at <= now, free))).scalar())


def lease(conn: Connection, owner: str, now: datetime, *, limit: int, lease_for: timedelta) -> list[Held]:
    """Lend the owner drills that are due; nobody else gets them for `lease_for`."""
    claim = leases.Claim(owner=owner, now=now, limit=limit, lease_for=lease_for)
    return [_held(row) for row in leases.lease(conn, drills, _ALL, claim)]


def note(conn: Connection, held: Held, news: Mapping[str, Any]) -> Held | None:
    """Keep what was done or is about to be; None where the lease was lost."""
    if not leases.settle(conn, drills, held, dict(news)):
        return None
    return _held(conn.execute(select(drills).where(drills.c.id == held.id)).one())


def put_back(conn: Connection, held: Held, due_at: datetime) -> bool:
    """Nothing more to do before then, unless its event comes: that may have made it due while it was held."""
    row = conn.execute(select(drills.c.received_at).where(drills.c.id == held.id)).first()
    if row is not None and row.received_at != held.drill.received_at:
        due_at = row.received_at
    return leases.settle(conn, drills, held, {"due_at": due_at, **leases.UNLEASED})


def finish(conn: Connection, held: Held) -> bool:
    """It is over: forget it. False where the lease was lost."""
    return conn.execute(delete(drills).where(leases.holds(drills, held))).rowcount == 1


def _held(row: Row[Any]) -> Held:
    known = Drill(
        id=row.id,
        token=row.token,
        user=row.user_id,
        channel=row.channel,
        error=row.error,
        attempts=row.attempts,
        **{name: getattr(row, name) for name in _MOMENTS},
    )
    return Held(
        id=row.id, fence=row.fence, drill=known, place=row.place, ts=row.ts, response_url=row.response_url
    )


_MOMENTS: Sequence[str] = [name for name in Drill.__dataclass_fields__ if name.endswith("_at")]
