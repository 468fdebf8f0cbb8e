"""Backlog: what waits to be recorded or shown truly, counted for those who watch the bot, and hurried on."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, literal, select, update

from bot.store import letterbox
from bot.store.column_types import UtcDateTime
from bot.store.notices import WANTING
from bot.store.schema import notices

_MOST_REASONS = 20
_BACKS_OFF = WANTING & (notices.c.attempts > 0)


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many notices wait, and since when the one that waits longest (None where none does); how many letters do."""

    waiting: int
    since: datetime | None
    letters: int = 0


def backlog(conn: Connection) -> Backlog:
    """All that Slack does not show truly yet, what waits its turn and what is being worked on included."""
    query = select(func.count(), func.min(notices.c.waiting_since)).where(WANTING)
    count, since = conn.execute(query).one()
    return Backlog(count, since, letterbox.waiting(conn))


def failing(conn: Connection) -> list[tuple[str, int]]:
    """Why the last attempt to show a waiting notice failed, and how many wait for that reason; the commonest first."""
    count = func.count()
    query = select(notices.c.error, count).where(_BACKS_OFF).group_by(notices.c.error)
    query = query.order_by(count.desc(), notices.c.error).limit(_MOST_REASONS)
    return [(row.error, row[1]) for row in conn.execute(query)]


def hurry(conn: Connection, channel: str, now: datetime) -> int:
    """What waits since its last attempt in this channel failed is due now; how many notices those are."""
    late = _BACKS_OFF & (notices.c.channel == channel) & (notices.c.due_at > now)
    return conn.execute(update(notices).where(late).values(due_at=literal(now, UtcDateTime()))).rowcount
