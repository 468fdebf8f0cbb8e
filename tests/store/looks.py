"""Looks: what tests read of the store's rows, and the bot itself never asks for."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, case, func, select

from bot.store.notices import WANTING
from bot.store.schema import confirmations, notices


def notice(conn: Connection, notice_id: int) -> Row[Any] | None:
    """The notice's row."""
    return conn.execute(select(notices).where(notices.c.id == notice_id)).first()


def notice_of(conn: Connection, incident_id: int) -> Row[Any] | None:
    """The row of the incident's notice."""
    return conn.execute(select(notices).where(notices.c.incident_id == incident_id)).first()


def next_due(conn: Connection) -> datetime | None:
    """When the next notice can be leased (perhaps in the past); None where all is shown."""
    leased_longer = notices.c.leased_until > notices.c.due_at
    free_at = case((leased_longer, notices.c.leased_until), else_=notices.c.due_at)
    found: datetime | None = conn.execute(select(func.min(free_at)).where(WANTING)).scalar()
    return found


def subscriptions(conn: Connection) -> list[tuple[str, str, datetime]]:
    """What was confirmed: topic ARN, subscription ARN, when; the newest first."""
    query = select(confirmations).where(confirmations.c.confirmed_at.is_not(None))
    rows = conn.execute(query.order_by(confirmations.c.confirmed_at.desc(), confirmations.c.id.desc()))
    return [(row.topic_arn, row.subscription_arn, row.confirmed_at) for row in rows]
