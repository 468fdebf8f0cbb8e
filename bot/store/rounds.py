"""Rounds: what is done every so often, by whichever process comes first."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, or_, select, update

from bot.store import dialects
from bot.store.schema import rounds

_CLOCKS_DIFFER = timedelta(minutes=1)  # from process to process


def is_due(conn: Connection, name: str, now: datetime, longest: timedelta) -> bool:
    """Whether it is time; a round that nobody ever made is due.

    `longest` is the most that ever lies between two: what is further off was put there by a clock that was wrong, and
    nobody shall wait for as long as that was.
    """
    waits = select(rounds.c.name).where(rounds.c.name == name, ~_is_due(now, longest))
    return conn.execute(waits).first() is None


def take(
    conn: Connection, name: str, now: datetime, every: timedelta, *, longest: timedelta | None = None
) -> bool:
    """Take the turn if it is due; whether it is ours. The next one comes `every` later, whatever becomes of us.

    `longest` as above, where the turn may be put off beyond `every`.
    """
    first = dialects.insert(conn, rounds).values(name=name, due_at=now + every).on_conflict_do_nothing()
    if conn.execute(first.returning(rounds.c.name)).first() is not None:
        return True
    is_free = _is_due(now, longest or every)
    ours = update(rounds).where(rounds.c.name == name, is_free).values(due_at=now + every)
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


def _is_due(now: datetime, longest: timedelta) -> ColumnElement[bool]:
    return or_(rounds.c.due_at <= now, rounds.c.due_at > now + longest + _CLOCKS_DIFFER)
