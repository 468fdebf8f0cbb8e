"""Rounds: what is done every so often, by whichever process comes first."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from bot.store import dialects
from bot.store.schema import rounds


def is_due(conn: Connection, name: str, now: datetime) -> bool:
    """Whether it is time; a round that nobody ever made is due."""
    due_at: datetime | None = conn.execute(select(rounds.c.due_at).where(rounds.c.name == name)).scalar()
    return due_at is None or due_at <= now


def take(conn: Connection, name: str, now: datetime, every: timedelta) -> bool:
    """Take the turn if it is due; whether it is ours. The next one comes `every` later, whatever becomes of us."""
    first = dialects.insert(conn, rounds).values(name=name, due_at=now + every).on_conflict_do_nothing()
    if conn.execute(first.returning(rounds.c.name)).first() is not None:
        return True
    ours = update(rounds).where(rounds.c.name == name, rounds.c.due_at <= now).values(due_at=now + every)
    return conn.execute(ours.returning(rounds.c.name)).first() is not None


def put_off(conn: Connection, name: str, until: datetime) -> None:
    """The turn that was taken is done: the next one comes then, and not earlier."""
    conn.execute(update(rounds).where(rounds.c.name == name).values(due_at=until))


def finish(conn: Connection, name: str, now: datetime) -> datetime | None:
    """Note that a round was finished; when the one before was, None for the first."""
    mine = rounds.c.name == name
    before: datetime | None = conn.execute(
        select(rounds.c.finished_at).where(mine).with_for_update()
    ).scalar()
    conn.execute(update(rounds).where(mine).values(finished_at=now))
    return before
