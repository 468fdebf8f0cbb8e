"""Replies: what the thread under a notice's root holds; each is intended before it is posted."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, select, update

from bot.store import leases
from bot.store.dialects import insert
from bot.store.notices import Notice
from bot.store.schema import notices, replies


def of_notice(conn: Connection, notice_id: int) -> dict[str, str]:
    """Keys of what the thread holds with their ts; "" means intended, and nobody knows whether it was posted."""
    mine = replies.c.notice_id == notice_id
    rows = conn.execute(select(replies.c.key, replies.c.ts).where(mine))
    return {row.key: row.ts for row in rows}


def intend(conn: Connection, notice: Notice, key: str, now: datetime) -> bool:
    """Note, before posting it, that this reply is about to be posted. False where the lease was lost."""
    if not leases.settle(conn, notices, notice, {"fence": notices.c.fence}):
        return False
    values = {"notice_id": notice.id, "key": key, "ts": "", "intended_at": now}
    conn.execute(insert(conn, replies).values(values).on_conflict_do_nothing())
    return True


def posted(conn: Connection, notice: Notice, key: str, ts: str) -> bool:
    """Note that the reply is there, even where the lease was lost. False where nobody intended it."""
    return conn.execute(update(replies).where(_this(notice, key)).values(ts=ts)).rowcount == 1


def forget(conn: Connection, notice: Notice, key: str) -> None:
    """Slack surely did not post this reply."""
    conn.execute(delete(replies).where(_this(notice, key), replies.c.ts == ""))


def _this(notice: Notice, key: str) -> ColumnElement[bool]:
    return (replies.c.notice_id == notice.id) & (replies.c.key == key)
