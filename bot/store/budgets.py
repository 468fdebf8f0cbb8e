"""Budgets: Slack's rates where several processes spend them together, kept by the generic cell rate algorithm.

A turn that was taken by a process that dies is lost and nothing else: at worst Slack hears from us a second later.
What was spent and what Slack asked to hold are rows apart: a turn is never booked far ahead, so a row of turns that says
so was written by a clock that was wrong, and is not believed. Slack itself may ask for an hour.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, select

from bot.store.dialects import insert, take_turns
from bot.store.replica_tables import budgets

_HELD = "held: "
_FURTHEST = timedelta(minutes=1)  # of turns: the largest burst is 15 s, and nobody waits for more than five
_LONGEST_HOLD = timedelta(minutes=61)


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
    found = _rested(conn, now, [ask.name for ask in asks])
    rested_at = {ask.name: max(now, ask.held_until, found.get(ask.name, now)) for ask in asks}
    waits = [rested_at[ask.name] - (ask.burst - 1) * ask.interval - now for ask in asks]
    wait = max(timedelta(0), *waits)
    if is_taken := wait <= longest:
        rested_at = {ask.name: rested_at[ask.name] + ask.interval for ask in asks}
        _keep(conn, rested_at)
    return Answer(wait, is_taken, rested_at)


def hold(conn: Connection, until: dict[str, datetime], now: datetime) -> None:
    """Slack asked somebody to wait: these budgets are not rested before."""
    take_turns(conn, "budgets")
    found = _rested(conn, now, until)
    _keep(conn, {_HELD + name: max(at, found.get(name, at)) for name, at in until.items()})


def unrested(conn: Connection, now: datetime) -> dict[str, datetime]:
    """The budgets that were spent lately, or are held, with when each will be rested."""
    return {name: at for name, at in _rested(conn, now).items() if at > now}


def _rested(conn: Connection, now: datetime, names: Collection[str] | None = None) -> dict[str, datetime]:
    """When each is rested, as far as that is to be believed; all that are not where no names are given."""
    is_held = budgets.c.name.startswith(_HELD, autoescape=True)
    is_possible = or_(
        budgets.c.rested_at <= now + _FURTHEST, is_held & (budgets.c.rested_at <= now + _LONGEST_HOLD)
    )
    query = select(budgets).where(is_possible)
    if names is None:
        query = query.where(budgets.c.rested_at > now)
    else:
        query = query.where(budgets.c.name.in_([*names, *(_HELD + name for name in names)]))
    rested_at: dict[str, datetime] = {}
    for row in conn.execute(query):
        name = row.name.removeprefix(_HELD)
        rested_at[name] = max(row.rested_at, rested_at.get(name, row.rested_at))
    return rested_at


def _keep(conn: Connection, rested_at: dict[str, datetime]) -> None:
    rows = [{"name": name, "rested_at": at} for name, at in rested_at.items()]
    if rows:
        statement = insert(conn, budgets).values(rows)
        new = {"rested_at": statement.excluded.rested_at}
        conn.execute(statement.on_conflict_do_update(index_elements=["name"], set_=new))
