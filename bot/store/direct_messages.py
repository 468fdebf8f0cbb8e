"""Direct messages: what one person wished to be told, each thing once; the intent is kept before the post."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, exists, literal_column, null, select

from bot.domain.home.wish import Wish
from bot.store import leases
from bot.store.dialects import digest, insert
from bot.store.home_tables import direct_messages as rows

WANTING = rows.c.is_open == literal_column("1")


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Something that a person is to be told: `about` is an incident's or resize's number.

    `moment` tells two news about the same thing apart, such as an incident that opened again.
    """

    user: str
    wish: Wish
    about: int
    moment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectMessage:
    """One that is to be posted. `posting_since` is the intent: set before a post, so that a crash is seen.

    `channel` is the conversation that it goes to, "" while nobody opened it.
    """

    id: int
    user: str
    wish: Wish
    about: int
    channel: str
    posting_since: datetime | None
    attempts: int
    fence: int


def add(conn: Connection, news: Iterable[News], now: datetime) -> int:
    """Have these told; what was told, or waits to be, is left as it is. How many were new."""
    added = 0
    for one in news:
        named = digest("direct message", one.user, one.wish, str(one.about), one.moment)
        values = {"digest": named, "user_id": one.user, "wish": one.wish.value, "about": one.about}
        blank = {"added_at": now, "channel": "", "ts": "", "is_open": 1, **leases.fresh(now)}
        statement = insert(conn, rows).values({**values, **blank}).on_conflict_do_nothing()
        added += conn.execute(statement.returning(rows.c.id)).first() is not None
    return added


def known(conn: Connection, news: Iterable[News]) -> set[News]:
    """Those of these that were added before."""
    by_digest = {
        digest("direct message", one.user, one.wish, str(one.about), one.moment): one for one in news
    }
    found = conn.execute(select(rows.c.digest).where(rows.c.digest.in_(by_digest))).scalars()
    return {by_digest[bytes(one)] for one in found}


def due(conn: Connection, now: datetime) -> bool:
    """Whether there is any to post."""
    free = leases.free(rows, now)
    return bool(conn.execute(select(exists().where(WANTING, rows.c.due_at <= now, free))).scalar())


def lease(
    conn: Connection, owner: str, now: datetime, *, limit: int, lease_for: timedelta
) -> list[DirectMessage]:
    """Lend the owner some that are due; nobody else gets them for `lease_for`."""
    claim = leases.Claim(owner=owner, now=now, limit=limit, lease_for=lease_for)
    return [
        DirectMessage(
            id=row.id,
            user=row.user_id,
            wish=Wish(row.wish),
            about=row.about,
            channel=row.channel,
            posting_since=row.posting_since,
            attempts=row.attempts,
            fence=row.fence,
        )
        for row in leases.lease(conn, rows, WANTING, claim)
    ]


def intend(conn: Connection, message: DirectMessage, channel: str, now: datetime) -> bool:
    """Note, before posting, that the post is about to happen there. False where the lease was lost."""
    return leases.settle(conn, rows, message, {"posting_since": now, "channel": channel})


def posted(conn: Connection, message: DirectMessage, channel: str, ts: str) -> bool:
    """It is there. False where the lease was lost."""
    return leases.settle(conn, rows, message, _over("") | {"channel": channel, "ts": ts})


def drop(conn: Connection, message: DirectMessage, why: str) -> bool:
    """It will not be posted: it is no news any more, or Slack refuses. False where the lease was lost."""
    return leases.settle(conn, rows, message, _over(why))


def retry(
    conn: Connection, message: DirectMessage, due_at: datetime, error: str, *, keep_intent: bool
) -> bool:
    """Put it back until then. `keep_intent=False` only where Slack surely did not post."""
    values = leases.again(rows, due_at, error)
    if not keep_intent:
        values["posting_since"] = null()
    return leases.settle(conn, rows, message, values)


def _over(error: str) -> dict[str, object]:
    return {"is_open": 0, "error": error, **leases.UNLEASED}
