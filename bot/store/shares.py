"""Shares: answers that the person who got them wants posted in the channel; each posted once at most."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, exists, select

from bot.store import leases
from bot.store.dialects import digest, insert
from bot.store.schema import EMPTY, shares

WANTING = shares.c.response_url != EMPTY


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One answer to post; `words` is what it answers or is, as its maker chose."""

    id: int
    user: str
    channel: str
    response_url: str = field(repr=False)
    words: str
    posting_since: datetime | None
    attempts: int
    fence: int


def add(  # noqa: PLR0913 -- who, where, through which address, what, from which answer, and when
    conn: Connection, *, user: str, channel: str, response_url: str, words: str, source: str, now: datetime
) -> int:
    """Have the words posted; a second click on the same button (`source`: its message's ts) adds nothing. The id."""
    named = digest(channel, user, source, words)
    values = {"user_id": user, "channel": channel, "response_url": response_url, "words": words}
    statement = insert(conn, shares).values(digest=named, **values, added_at=now, **leases.fresh(now))
    conn.execute(statement.on_conflict_do_nothing())
    return int(conn.execute(select(shares.c.id).where(shares.c.digest == named)).scalar_one())


def lease(conn: Connection, owner: str, now: datetime, *, limit: int, lease_for: timedelta) -> list[Share]:
    """Lend the owner shares that are due; nobody else gets them for `lease_for`."""
    claim = leases.Claim(owner=owner, now=now, limit=limit, lease_for=lease_for)
    return [
        Share(
            id=row.id,
            user=row.user_id,
            channel=row.channel,
            response_url=row.response_url,
            words=row.words,
            posting_since=row.posting_since,
            attempts=row.attempts,
            fence=row.fence,
        )
        for row in leases.lease(conn, shares, WANTING, claim)
    ]


def intend(conn: Connection, share: Share, now: datetime) -> bool:
    """Note, before posting, that the post is about to happen.

    False where the lease was lost, and where it was intended before: whether that post came out nobody knows, the
    person sees it, and it is not repeated.
    """
    if share.posting_since is not None:
        leases.settle(conn, shares, share, _finished("posting was interrupted; not repeated"))
        return False
    return leases.settle(conn, shares, share, {"posting_since": now})


def done(conn: Connection, share: Share) -> bool:
    """It is in the channel. False where the lease was lost."""
    return leases.settle(conn, shares, share, _finished(""))


def give_up(conn: Connection, share: Share, error: str) -> bool:
    """It will not be posted, or nobody knows. False where the lease was lost."""
    return leases.settle(conn, shares, share, _finished(error))


def due(conn: Connection, now: datetime) -> bool:
    """Whether there is any to post."""
    return bool(conn.execute(select(exists().where(WANTING, shares.c.due_at <= now))).scalar())


def _finished(error: str) -> dict[str, object]:
    return {"response_url": "", "error": error, **leases.UNLEASED}
