"""Operator alerts: what the bot's own operators must know; the same trouble is told once a day."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, select, update

from bot.store import notices
from bot.store.dialects import insert
from bot.store.schema import YES
from bot.store.schema import operator_alerts as alerts

RETOLD_AFTER = timedelta(hours=24)
IS_CURRENT: ColumnElement[bool] = alerts.c.is_current == YES


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorAlert:
    """One trouble, by `key`, and how often it came since `first_at`."""

    id: int
    key: str
    summary: str
    detail: str
    first_at: datetime
    last_at: datetime
    count: int
    generation: int


def raise_alert(conn: Connection, key: str, summary: str, detail: str, now: datetime) -> int:
    """Tell the operators, or count it in the notice that told them of the same key within 24 hours; the alert's id."""
    old = alerts.c.first_at <= now - RETOLD_AFTER
    conn.execute(update(alerts).where(alerts.c.key == key, IS_CURRENT, old).values(is_current=False))
    news = {"summary": summary, "detail": detail, "last_at": now}
    statement = insert(conn, alerts).values(
        key=key, first_at=now, occurrences=1, generation=1, is_current=True, **news
    )
    again = {"occurrences": alerts.c.occurrences + 1, "generation": alerts.c.generation + 1}
    statement = statement.on_conflict_do_update(
        index_elements=["key"], index_where=IS_CURRENT, set_=news | again
    )
    alert_id = int(conn.execute(statement.returning(alerts.c.id)).scalar_one())
    notices.open_or_bump(conn, now, urgent=False, operator_alert_id=alert_id)
    return alert_id


def settle(conn: Connection, key: str, summary: str, detail: str, now: datetime) -> bool:
    """Say that the trouble of this key is over, in the notice that told of it; whether there was one.

    The next trouble of the key is told anew.
    """
    words = {"summary": summary, "detail": detail, "last_at": now}
    over = {"is_current": False, "generation": alerts.c.generation + 1}
    statement = update(alerts).where(alerts.c.key == key, IS_CURRENT).values(**words, **over)
    alert_id = conn.execute(statement.returning(alerts.c.id)).scalar()
    if alert_id is not None:
        notices.open_or_bump(conn, now, urgent=False, operator_alert_id=alert_id)
    return alert_id is not None


def get(conn: Connection, alert_id: int) -> OperatorAlert | None:
    """The alert, None where there is none (any more)."""
    row = conn.execute(select(alerts).where(alerts.c.id == alert_id)).first()
    if row is None:
        return None
    return OperatorAlert(
        id=row.id,
        key=row.key,
        summary=row.summary,
        detail=row.detail,
        first_at=row.first_at,
        last_at=row.last_at,
        count=row.occurrences,
        generation=row.generation,
    )
