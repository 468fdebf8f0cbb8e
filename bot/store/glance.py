"""Glance: what a pass over the notices begins with, read at one moment; nearly nothing where nothing is due."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, exists, select

from bot.domain.incident.storm import Storm
from bot.domain.subject.silence import Silence
from bot.store import claims, silences, storms, waiting
from bot.store.notices import WANTING, Notice
from bot.store.schema import notices
from bot.store.schema import storms as table
from bot.store.waiting import FREE, NOW, Waiting

_MOST_NEWS = 20  # the most urgent; the others have to be leased first
# Asked after every commit of every delivery: one row, and built once.
_IS_THERE_ANY: Select[bool, bool] = select(
    exists().where(WANTING, notices.c.due_at <= NOW, FREE), exists().where(table.c.ended_at.is_(None))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """What is due and nobody works on, the most urgent first; the storms that are not over; who is muted.

    `news`: by their ids, those of `found` that nobody has begun to show.
    """

    found: list[Waiting]
    news: dict[int, Notice]
    storms: list[Storm]
    muting: list[Silence]


def look(conn: Connection, now: datetime, limit: int) -> Glance:
    """Likewise; `limit` notices at most."""
    is_due, is_stormy = conn.execute(_IS_THERE_ANY, {"now": now}).one()
    found = waiting.waiting(conn, now, limit) if is_due else []
    return Glance(
        found=found,
        news=claims.seen(conn, [one.id for one in found if one.is_news][:_MOST_NEWS]),
        storms=storms.running(conn) if is_stormy else [],
        muting=silences.active(conn, now) if is_due else [],
    )
