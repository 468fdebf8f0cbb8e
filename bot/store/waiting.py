"""Waiting: the notices that could be shown now, in few words, the most urgent first; nothing is leased yet."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from bot.domain.incident.storm import Place
from bot.domain.subject.group_key import GroupKey
from bot.store import group_keys, leases
from bot.store.column_types import UtcDateTime
from bot.store.group_keys import FIELDS
from bot.store.notices import WANTING
from bot.store.schema import RESOLVED, incidents, notices, storms
from bot.store.schema import group_keys as keys

_SHORT = (
    *(notices.c[name] for name in ("id", "urgency", "channel", "ts", "posting_since", "waiting_since")),
    *(notices.c[name] for name in ("posted_at", "is_folded", "incident_id")),
    *(keys.c[field] for field in FIELDS),
    incidents.c.reopened_at,
    storms.c.last_opened_at.label("swept_at"),
)
_STORM = storms.c.id == notices.c.in_storm
NOW = bindparam("now", type_=UtcDateTime())
FREE = leases.free(notices, NOW)
_WAITING = (
    select(*_SHORT)
    .select_from(notices)
    .outerjoin(incidents)
    .outerjoin(keys)
    .outerjoin(storms, _STORM)
    .where(WANTING, notices.c.due_at <= NOW, FREE)
    .order_by(notices.c.urgency, notices.c.due_at, notices.c.id)
    .limit(bindparam("limit"))
)
_PLACE = ("account", "region", "cluster")
_OF_CLUSTER = (
    select(*_SHORT)
    .select_from(incidents)
    .join(keys)
    .join(notices)
    .outerjoin(storms, _STORM)
    .where(*(keys.c[name] == bindparam(name) for name in _PLACE), incidents.c.phase != RESOLVED)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A notice that Slack shows untruly, or not at all. `group_key` is None where it shows no incident."""

    id: int
    urgency: int
    channel: str  # "" where none was chosen yet
    is_posted: bool
    is_in_doubt: bool  # somebody was about to post it, and nobody knows the outcome
    waiting_since: datetime | None
    posted_at: datetime | None
    reopened_at: datetime | None
    swept_at: datetime | None  # up to when its incident's storm knows of openings
    is_folded: bool
    group_key: GroupKey | None

    @property
    def is_news(self) -> bool:
        """Whether it is an incident's, which nobody has begun to show yet."""
        is_begun = self.is_posted or self.is_in_doubt or bool(self.channel)
        return self.group_key is not None and not is_begun and not self.is_folded


def waiting(conn: Connection, now: datetime, limit: int) -> list[Waiting]:
    """What is due and nobody is working on, the most urgent first, and of those the longest due."""
    return [of_row(row) for row in conn.execute(_WAITING, {"now": now, "limit": limit})]


def of_cluster(conn: Connection, place: Place) -> list[Waiting]:
    """The notices of a cluster's unfinished incidents, in whatever channel, whether they wait or not."""
    where = {name: getattr(place, name) for name in _PLACE}
    return [of_row(row) for row in conn.execute(_OF_CLUSTER, where)]


def of_row(row: Row[Any]) -> Waiting:
    """From a row of the short columns."""
    return Waiting(
        id=row.id,
        urgency=row.urgency,
        channel=row.channel,
        is_posted=bool(row.ts),
        is_in_doubt=row.posting_since is not None,
        waiting_since=row.waiting_since,
        posted_at=row.posted_at,
        reopened_at=row.reopened_at,
        swept_at=row.swept_at,
        is_folded=row.is_folded,
        group_key=None if row.incident_id is None else group_keys.of_row(row),
    )
