"""Pulse: when the outside world was last heard of."""

from datetime import datetime

from sqlalchemy import Connection, func, select

from bot.store.schema import deliveries


def last_event_at(conn: Connection) -> datetime | None:
    """When the newest delivery arrived, None where there was none (lately)."""
    found: datetime | None = conn.execute(select(func.max(deliveries.c.received_at))).scalar()
    return found
