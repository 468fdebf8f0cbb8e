"""Pulse: when the outside world was last heard of, and which accounts have fallen silent."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, update

from bot.store import dialects, operator_alerts
from bot.store.column_types import kept
from bot.store.database import Database
from bot.store.schema import deliveries, pulses

_NOTED_EVERY = timedelta(minutes=1)  # finer than anybody asks for, and no row that every delivery fights over
_MOST_ACCOUNTS = 10_000

Tell = Callable[[str, datetime], tuple[str, str]]  # account and moment → summary and detail


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
    """When the newest delivery arrived, None where there was none (lately)."""
    found: datetime | None = conn.execute(select(func.max(deliveries.c.received_at))).scalar()
    return found


def hear(conn: Connection, account: str, now: datetime) -> None:
    """Note that an event of this account came."""
    statement = dialects.insert(conn, pulses).values(account=account, heard_at=now)
    later = pulses.c.heard_at < statement.excluded.heard_at
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=["account"], set_={"heard_at": statement.excluded.heard_at}, where=later
        )
    )


def watch(conn: Connection, account: str, now: datetime) -> None:
    """Expect events of this account from now on, unless some came before."""
    name = kept(pulses.c.account, account)
    if conn.execute(select(pulses.c.account).where(pulses.c.account == name)).first() is None:
        values = {"account": name, "heard_at": now}
        conn.execute(dialects.insert(conn, pulses).values(values).on_conflict_do_nothing())


def find_silent(conn: Connection, heard_before: datetime, now: datetime, tell: Tell) -> list[str]:
    """Accounts not heard since `heard_before` that the operators do not know of yet; from now on they do."""
    is_silent = (pulses.c.heard_at < heard_before) & pulses.c.silent_since.is_(None)
    fallen = update(pulses).where(is_silent).values(silent_since=now)
    rows = conn.execute(fallen.returning(pulses.c.account, pulses.c.heard_at)).all()
    return _told(conn, [(row.account, row.heard_at) for row in rows], now, tell)


def find_back(conn: Connection, now: datetime, tell: Tell) -> list[str]:
    """Accounts that the operators believe silent, and that have been heard since; they are told that, too."""
    is_back = pulses.c.heard_at >= pulses.c.silent_since
    back = update(pulses).where(is_back).values(silent_since=None)
    rows = conn.execute(back.returning(pulses.c.account, pulses.c.heard_at)).all()
    return _told(conn, [(row.account, row.heard_at) for row in rows], now, tell)


def _told(conn: Connection, found: list[tuple[str, datetime]], now: datetime, tell: Tell) -> list[str]:
    for account, heard_at in sorted(found):
        operator_alerts.raise_alert(conn, f"silent:{account}", *tell(account, heard_at), now)
    return sorted(account for account, _ in found)
