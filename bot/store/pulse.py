"""Pulse: when the outside world was last heard of, and which accounts have fallen silent."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, update

from bot.store import dialects, operator_alerts
from bot.store.column_types import kept
from bot.store.database import Database
from bot.store.schema import pulses

_NOTED_EVERY = timedelta(minutes=1)  # finer than anybody asks for, and no row that every delivery fights over
_MOST_ACCOUNTS = 10_000

# All that are silent now and when they were last heard, and those that are back → summary and detail.
Tell = Callable[[Mapping[str, datetime], Sequence[str]], tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Changes:
    """Accounts that fell silent, and accounts that are heard again."""

    fallen: list[str]
    back: list[str]


class Pulse:
    """Notes that an account was heard, once a minute and process."""

    def __init__(self, db: Database) -> None:
        """`db` is where it is noted."""
        self._db = db
        self._noted: dict[str, datetime] = {}

    async def heard(self, account: str, now: datetime) -> None:
        """An event of this account came; "" is nobody's. Raises StoreUnavailable."""
        before = self._noted.get(account)
        if not account or (before is not None and now - before < _NOTED_EVERY):
            return
        await self._db.write(hear, account, now)
        if len(self._noted) >= _MOST_ACCOUNTS:
            self._noted.clear()
        self._noted[account] = now


def last_event_at(conn: Connection) -> datetime | None:
    """When the last event of any account arrived, to the minute; None where none ever did.

    What the sweep or a lookup found out is no event: where both work and this grows old, the way in is broken.
    """
    found: datetime | None = conn.execute(select(func.max(pulses.c.event_at))).scalar()
    return found


def hear(conn: Connection, account: str, now: datetime) -> None:
    """Note that an event of this account came."""
    statement = dialects.insert(conn, pulses).values(account=account, heard_at=now, event_at=now)
    new = {"heard_at": statement.excluded.heard_at, "event_at": statement.excluded.event_at}
    later = (pulses.c.heard_at < statement.excluded.heard_at) | pulses.c.event_at.is_(None)
    conn.execute(statement.on_conflict_do_update(index_elements=["account"], set_=new, where=later))


def watch(conn: Connection, account: str, now: datetime) -> None:
    """Expect events of this account from now on, unless some came before."""
    watch_all(conn, [account], now)


def watch_all(conn: Connection, accounts: Collection[str], now: datetime) -> None:
    """Likewise of these accounts."""
    names = {kept(pulses.c.account, account) for account in accounts}
    known = select(pulses.c.account).where(pulses.c.account.in_(names))
    if new := sorted(names.difference(conn.execute(known).scalars())):
        values = [{"account": name, "heard_at": now} for name in new]
        conn.execute(dialects.insert(conn, pulses).values(values).on_conflict_do_nothing())


def look(conn: Connection, heard_before: datetime, now: datetime, tell: Tell) -> Changes:
    """Which accounts have not been heard since `heard_before`, and which came back; the operators are told once."""
    is_silent = (pulses.c.heard_at < heard_before) & pulses.c.silent_since.is_(None)
    is_back = pulses.c.heard_at >= pulses.c.silent_since
    fallen = conn.execute(
        update(pulses).where(is_silent).values(silent_since=now).returning(pulses.c.account)
    )
    back = conn.execute(update(pulses).where(is_back).values(silent_since=None).returning(pulses.c.account))
    changes = Changes(sorted(fallen.scalars()), sorted(back.scalars()))
    if changes.fallen or changes.back:
        silent = select(pulses.c.account, pulses.c.heard_at).where(pulses.c.silent_since.is_not(None))
        rows = conn.execute(silent.order_by(pulses.c.account))
        words = tell({row.account: row.heard_at for row in rows}, changes.back)
        operator_alerts.raise_alert(conn, "silence", *words, now)
    return changes
