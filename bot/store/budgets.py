"""Budgets: Slack's rates where several processes spend them together, kept by the generic cell rate algorithm.

A turn that was taken by a process that dies is lost and nothing else: at worst Slack hears from us a second later.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from bot.store.dialects import insert, take_turns
from bot.store.replica_tables import budgets


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One turn of one budget: every `interval`, up to `burst` at once; not rested before `held_until`."""

    name: str
    interval: timedelta
    burst: int
    held_until: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """How long to wait for the turns, which are ours if `is_taken`; and when each budget will be rested."""

    wait: timedelta
    is_taken: bool
    rested_at: dict[str, datetime]


def take(conn: Connection, asks: Collection[Ask], now: datetime, longest: timedelta) -> Answer:
    """Take a turn of each, unless one of them is more than `longest` away."""
    take_turns(conn, "budgets")  # all of them at once: no order of rows to keep, and held for two statements
    found = _rested(conn, [ask.name for ask in asks])
    rested_at = {ask.name: max(now, ask.held_until, found.get(ask.name, now)) for ask in asks}
    waits = [rested_at[ask.name] - (ask.burst - 1) * ask.interval - now for ask in asks]
    wait = max(timedelta(0), *waits)
    if is_taken := wait <= longest:
        rested_at = {ask.name: rested_at[ask.name] + ask.interval for ask in asks}
        _keep(conn, rested_at)
    return Answer(wait, is_taken, rested_at)


def hold(conn: Connection, until: dict[str, datetime]) -> None:
    """Slack asked somebody to wait: these budgets are not rested before."""
    take_turns(conn, "budgets")
    found = _rested(conn, until)
    _keep(conn, {name: max(at, found.get(name, at)) for name, at in until.items()})


def unrested(conn: Connection, now: datetime) -> dict[str, datetime]:
    """The budgets that were spent lately, or are held, with when each will be rested."""
    rows = conn.execute(select(budgets.c.name, budgets.c.rested_at).where(budgets.c.rested_at > now))
    return {row.name: row.rested_at for row in rows}


def _rested(conn: Connection, names: Iterable[str]) -> dict[str, datetime]:
    rows = conn.execute(select(budgets).where(budgets.c.name.in_(list(names))))
    return {row.name: row.rested_at for row in rows}


def _keep(conn: Connection, rested_at: dict[str, datetime]) -> None:
    rows = [{"name": name, "rested_at": at} for name, at in rested_at.items()]
    if rows:
        statement = insert(conn, budgets).values(rows)
        new = {"rested_at": statement.excluded.rested_at}
        conn.execute(statement.on_conflict_do_update(index_elements=["name"], set_=new))
