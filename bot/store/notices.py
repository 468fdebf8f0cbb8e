"""Notices: what Slack shows of an incident or an operator alert, and who is working on it."""

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    Row,
    and_,
    bindparam,
    case,
    delete,
    func,
    literal,
    null,
    or_,
    select,
    update,
)

from bot.store import leases
from bot.store.column_types import Flag, UtcDateTime
from bot.store.dialects import insert, insert_of
from bot.store.schema import EMPTY, YES, incidents, notices
from bot.store.schema import replies as replies_table

_BLANK: dict[str, Any] = {
    "channel": "",
    "ts": "",
    "shown": "",
    "is_deferred": False,
    "generation": 1,
    "observed_generation": 0,
}
WANTING = notices.c.observed_generation < notices.c.generation


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One notice as the store has it, for an incident or for an operator alert.

    `channel` and `ts` name its message in Slack, "" while there is none. `posting_since` is the intent to post: set
    before a post and cleared after, so that a crash in between is seen. `shown` is what the reconciler saved of
    what Slack shows.
    """

    id: int
    incident_id: int | None
    operator_alert_id: int | None
    channel: str
    ts: str
    generation: int
    observed_generation: int
    attempts: int
    fence: int
    posting_since: datetime | None
    shown: str


def lease(conn: Connection, owner: str, now: datetime, *, limit: int, lease_for: timedelta) -> list[Notice]:
    """Lend the owner notices that are due and show something old; nobody else gets them for `lease_for`."""
    claim = leases.Claim(owner=owner, now=now, limit=limit, lease_for=lease_for)
    return [_notice(row) for row in leases.lease(conn, notices, WANTING, claim)]


def intend(conn: Connection, notice: Notice, channel: str, now: datetime) -> bool:
    """Note, before posting, that a post to the channel is about to happen. False where the lease was lost."""
    return leases.settle(conn, notices, notice, {"posting_since": now, "channel": channel})


def placed(conn: Connection, notice: Notice, *, channel: str, ts: str) -> bool:
    """Note where the root message is as soon as it is there; the lease goes on. False where it was lost."""
    return leases.settle(conn, notices, notice, {"channel": channel, "ts": ts, "posting_since": null()})


def shown(  # noqa: PLR0913 -- the five facts of one showing
    conn: Connection, notice: Notice, *, channel: str, ts: str, generation: int, shown: str, now: datetime
) -> bool:
    """Note what Slack shows now, and of which generation; the lease ends. False where it was lost."""
    newer = notices.c.generation > generation
    values = {
        "channel": channel,
        "ts": ts,
        "observed_generation": generation,
        "shown": shown,
        "posting_since": null(),
        "attempts": 0,
        "error": "",
        "is_deferred": False,
        "due_at": case((newer, literal(now, UtcDateTime())), else_=notices.c.due_at),
    }
    return leases.settle(conn, notices, notice, values | leases.UNLEASED)


def retry(conn: Connection, notice: Notice, due_at: datetime, error: str, *, keep_intent: bool) -> bool:
    """Put it back until `due_at`. `keep_intent=False` only where Slack surely did not post."""
    values = leases.again(notices, due_at, error)
    if not keep_intent:
        values["posting_since"] = null()
    return leases.settle(conn, notices, notice, values)


def forget_root(conn: Connection, notice: Notice, now: datetime) -> bool:
    """The message is gone from Slack, and its thread with it: have the notice posted anew, now."""
    if not leases.settle(conn, notices, notice, {"fence": notices.c.fence}):
        return False
    conn.execute(delete(replies_table).where(replies_table.c.notice_id == notice.id))
    values = {"ts": "", "shown": "", "posting_since": null(), "observed_generation": 0, "due_at": now}
    return leases.settle(conn, notices, notice, values | leases.UNLEASED)


def defer(conn: Connection, notice: Notice, due_at: datetime) -> bool:
    """Put it back until `due_at`, without a failure: it is not its turn yet. False where the lease was lost."""
    return leases.settle(conn, notices, notice, {"due_at": due_at, "is_deferred": True, **leases.UNLEASED})


def give_up(conn: Connection, notice: Notice, error: str, now: datetime) -> bool:
    """Slack refused for good: leave this generation unshown and keep why; a new generation tries again."""
    values = {
        "observed_generation": notice.generation,
        "error": error,
        "posting_since": null(),
        "attempts": 0,
        "due_at": now,
    }
    return leases.settle(conn, notices, notice, values | leases.UNLEASED)


def release(conn: Connection, owner: str) -> int:
    """Give back all leases of this owner."""
    return leases.release(conn, notices, owner)


def touch(conn: Connection, incident_ids: Iterable[int], now: datetime) -> int:
    """Have these incidents shown again, because something that is shown with them changed; how many there are."""
    # Rows are locked in the order of their ids, as everybody does.
    wanted = select(incidents.c.id).where(incidents.c.id.in_(sorted(incident_ids))).order_by(incidents.c.id)
    ids = conn.execute(wanted.with_for_update()).scalars().all()
    conn.execute(
        update(incidents).where(incidents.c.id.in_(ids)).values(generation=incidents.c.generation + 1)
    )
    return bump(conn, ids, now)


def bump(conn: Connection, incident_ids: Sequence[int], now: datetime) -> int:
    """Make the notices of these incidents due, whose rows the caller has changed."""
    if not incident_ids:
        return 0
    found = notices.c.incident_id.in_(incident_ids)
    return conn.execute(
        update(notices).where(found).values(_bumped(literal(now, UtcDateTime()), urgent=True))
    ).rowcount


def open_or_bump(conn: Connection, now: datetime, *, urgent: bool, **subject: int) -> None:
    """Make the notice of `incident_id=…` or `operator_alert_id=…`, or give it a further generation."""
    ((column, number),) = subject.items()
    statement = _open_or_bump(conn.dialect.name, column, urgent=urgent)
    conn.execute(statement, {column: number, **_BLANK, **leases.fresh(now), "moment": now})


@functools.cache
def _open_or_bump(dialect: str, column: str, *, urgent: bool) -> Executable:
    """The statement, built once: it runs for every kill."""
    further = _bumped(bindparam("moment", type_=UtcDateTime()), urgent=urgent)
    return insert_of(dialect, notices).on_conflict_do_update(index_elements=[column], set_=further)


def due(conn: Connection, now: datetime) -> int:
    """How many notices wait to be shown now, those that somebody is working on included."""
    query = select(func.count()).select_from(notices).where(WANTING, notices.c.due_at <= now)
    return conn.execute(query).scalar_one()


def next_due(conn: Connection) -> datetime | None:
    """When the next notice can be leased (perhaps in the past); None where all is shown."""
    return leases.next_due(conn, notices, WANTING)


def failing(conn: Connection) -> list[tuple[int, str, int]]:
    """Notices whose last attempt failed: id, why, attempts since the last success."""
    query = select(notices.c.id, notices.c.error, notices.c.attempts).where(notices.c.error != EMPTY)
    return [(row.id, row.error, row.attempts) for row in conn.execute(query.order_by(notices.c.id))]


def by_message(conn: Connection, channel: str, ts: str) -> Notice | None:
    """The notice that this Slack message shows."""
    found = and_(notices.c.channel == channel, notices.c.ts == ts, notices.c.ts != EMPTY)
    row = conn.execute(select(notices).where(found)).first()
    return None if row is None else _notice(row)


def get(conn: Connection, notice_id: int) -> Notice | None:
    """The notice, None where there is none (any more)."""
    row = conn.execute(select(notices).where(notices.c.id == notice_id)).first()
    return None if row is None else _notice(row)


def of_incident(conn: Connection, incident_id: int) -> Notice | None:
    """The incident's notice."""
    row = conn.execute(select(notices).where(notices.c.incident_id == incident_id)).first()
    return None if row is None else _notice(row)


def replies(conn: Connection, notice_id: int) -> dict[str, str]:
    """Keys of what the thread holds with their ts; "" means intended, and nobody knows whether it was posted."""
    mine = replies_table.c.notice_id == notice_id
    rows = conn.execute(select(replies_table.c.key, replies_table.c.ts).where(mine))
    return {row.key: row.ts for row in rows}


def reply_intend(conn: Connection, notice: Notice, key: str, now: datetime) -> bool:
    """Note, before posting it, that this reply is about to be posted. False where the lease was lost."""
    if not leases.settle(conn, notices, notice, {"fence": notices.c.fence}):
        return False
    values = {"notice_id": notice.id, "key": key, "ts": "", "intended_at": now}
    conn.execute(insert(conn, replies_table).values(values).on_conflict_do_nothing())
    return True


def reply_posted(conn: Connection, notice: Notice, key: str, ts: str) -> bool:
    """Note that the reply is there, even where the lease was lost. False where nobody intended it."""
    return conn.execute(update(replies_table).where(_reply(notice, key)).values(ts=ts)).rowcount == 1


def reply_forget(conn: Connection, notice: Notice, key: str) -> None:
    """Slack surely did not post this reply."""
    conn.execute(delete(replies_table).where(_reply(notice, key), replies_table.c.ts == ""))


def _reply(notice: Notice, key: str) -> ColumnElement[bool]:
    return (replies_table.c.notice_id == notice.id) & (replies_table.c.key == key)


def _bumped(now: ColumnElement[Any], *, urgent: bool) -> dict[str, Any]:
    """Values of a further generation: due now, with two exceptions.

    What backs off from a failure stays put, because Slack told us when to come back; and what waits its turn, to
    show several kills at once, is not hurried by one more.
    """
    backs_off: ColumnElement[bool] = notices.c.attempts > 0
    stays = backs_off if urgent else or_(backs_off, notices.c.is_deferred == YES)
    is_longer_due = and_(WANTING, notices.c.due_at <= now)
    keeps = or_(is_longer_due, and_(notices.c.due_at > now, stays))
    return {
        "generation": notices.c.generation + 1,
        "due_at": case((keeps, notices.c.due_at), else_=now),
        "is_deferred": literal(False, Flag()) if urgent else notices.c.is_deferred,  # noqa: FBT003 -- SQL
    }


def _notice(row: Row[Any]) -> Notice:
    return Notice(
        id=row.id,
        incident_id=row.incident_id,
        operator_alert_id=row.operator_alert_id,
        channel=row.channel,
        ts=row.ts,
        generation=row.generation,
        observed_generation=row.observed_generation,
        attempts=row.attempts,
        fence=row.fence,
        posting_since=row.posting_since,
        shown=row.shown,
    )
