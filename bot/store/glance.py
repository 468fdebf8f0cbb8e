"""Glance: what a pass over the notices begins with, read at one moment; nearly nothing where nothing is due."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, bindparam, exists, or_, select

from bot.domain.incident.storm import Storm
from bot.domain.subject.silence import Silence
from bot.store import silences, storms, waiting
from bot.store.column_types import UtcDateTime
from bot.store.notices import WANTING
from bot.store.schema import notices
from bot.store.schema import storms as table
from bot.store.waiting import Waiting

_NOW = bindparam("now", type_=UtcDateTime())
_FREE = or_(notices.c.leased_until.is_(None), notices.c.leased_until <= _NOW)
# Asked after every commit of every delivery: one row, and built once.
_IS_THERE_ANY: Select[bool, bool] = select(
    exists().where(WANTING, notices.c.due_at <= _NOW, _FREE), exists().where(table.c.ended_at.is_(None))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """What is due and nobody works on, the most urgent first; the storms that are not over; who is muted."""

    found: list[Waiting]
    storms: list[Storm]
    muting: list[Silence]


def look(conn: Connection, now: datetime, limit: int) -> Glance:
    """Likewise; `limit` notices at most."""
    is_due, is_stormy = conn.execute(_IS_THERE_ANY, {"now": now}).one()
    return Glance(
        found=waiting.waiting(conn, now, limit) if is_due else [],
        storms=storms.running(conn) if is_stormy else [],
        muting=silences.active(conn, now) if is_due else [],
    )
