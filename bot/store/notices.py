"""Notices: what Slack shows of an incident or an operator alert, and who is working on it."""

import functools
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    Row,
    and_,
    case,
    delete,
    literal,
    literal_column,
    null,
    or_,
    select,
    update,
)

from bot.domain.incident.notice import Urgency
from bot.store import leases
from bot.store.column_types import Flag, UtcDateTime
from bot.store.dialects import insert_of
from bot.store.prepared import Many
from bot.store.schema import EMPTY, YES, incidents, notices, replies

_BLANK: dict[str, str | int] = {
    **dict.fromkeys(("channel", "ts", "shown", "lease_owner", "error"), ""),
    **dict.fromkeys(("is_deferred", "is_folded", "observed_generation", "attempts", "fence"), 0),
    "urgency": Urgency.NEW.value,
}
WANTING = notices.c.observed_generation < notices.c.generation


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One notice as the store has it, for an incident, a storm, a resize of its own or an operator alert.

    `channel` and `ts` name its message in Slack, "" while there is none. `posting_since` is the intent to post: set
    before a post and cleared after, so that a crash in between is seen. `shown` is what the reconciler saved of
    what Slack shows.
    """

    id: int
    incident_id: int | None
    operator_alert_id: int | None
    storm_id: int | None
    resize_id: int | None
    warning_id: int | None
    report_id: int | None
    in_storm: int | None
    is_folded: bool
    detour: str
    urgency: int
    waiting_since: datetime | None
    error: str
    channel: str
    ts: str
    generation: int
    observed_generation: int
    attempts: int
    fence: int
    posting_since: datetime | None
    shown: str


@dataclass(frozen=True, slots=True)
class News:
    """How often an incident changed, and since when."""

    incident_id: int
    generations: int
    since: datetime


def lease(
    conn: Connection,
    owner: str,
    now: datetime,
    *,
    limit: int,
    lease_for: timedelta,
    only: Collection[int] | None = None,
) -> list[Notice]:
    """Lend the owner notices that are due and show something old (`only` these); nobody else gets them meanwhile."""
    claim = leases.Claim(owner=owner, now=now, limit=limit, lease_for=lease_for)
    wanting = WANTING if only is None else and_(WANTING, notices.c.id.in_(only))
    return [of_row(row) for row in leases.lease(conn, notices, wanting, claim)]


def at(conn: Connection, channel: str, ts: str) -> Notice | None:
    """The notice whose root message stands there; None where none does."""
    query = select(notices).where(notices.c.channel == channel, notices.c.ts == ts, notices.c.ts != EMPTY)
    row = conn.execute(query).first()
    return None if row is None else of_row(row)


def intend(conn: Connection, notice: Notice, channel: str, now: datetime) -> bool:
    """Note, before posting, that a post to the channel is about to happen. False where the lease was lost."""
    return leases.settle(conn, notices, notice, {"posting_since": now, "channel": channel})


def detoured(conn: Connection, notice: Notice, detour: str) -> bool:
    """Note which channels could not be reached: nothing was posted there. False where the lease was lost."""
    values = {"detour": detour, "channel": "", "posting_since": null()}
    return leases.settle(conn, notices, notice, values)


def placed(conn: Connection, notice: Notice, *, channel: str, ts: str, now: datetime) -> bool:
    """Note where the root message is as soon as it is there; the lease goes on. False where it was lost."""
    values = {"channel": channel, "ts": ts, "posting_since": null(), "posted_at": now, "is_folded": False}
    return leases.settle(conn, notices, notice, values)


def await_replies(conn: Connection, notice: Notice, shown: str, urgency: Urgency) -> bool:
    """Note what the root shows; the thread still lacks something. The lease ends. False where it was lost."""
    newer = case((notices.c.generation > notice.generation, Urgency.STATE), else_=urgency)
    values = {"shown": shown, "urgency": newer, "posting_since": null(), "attempts": 0, "error": ""}
    return leases.settle(conn, notices, notice, values | leases.UNLEASED)


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
        "waiting_since": now,
        "urgency": Urgency.STATE,  # of the newer generation, which may be a mere counter; a look will tell
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
    conn.execute(delete(replies).where(replies.c.notice_id == notice.id))
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


def touch(conn: Connection, incident_ids: Iterable[int], now: datetime) -> int:
    """Have these incidents shown again, because something that is shown with them changed; how many there are."""
    # Rows are locked in the order of their ids, as everybody does.
    wanted = select(incidents.c.id).where(incidents.c.id.in_(sorted(incident_ids))).order_by(incidents.c.id)
    ids = conn.execute(wanted.with_for_update(key_share=True)).scalars().all()
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


def unfold(conn: Connection, incident_ids: Sequence[int]) -> None:
    """Somebody acts on these incidents alone: their storm no longer tells of them, they get roots of their own."""
    mine = notices.c.incident_id.in_(incident_ids) & (notices.c.is_folded == YES)
    conn.execute(update(notices).where(mine).values(is_folded=False))


def open_or_bump(conn: Connection, now: datetime, *, urgent: bool, **subject: int) -> None:
    """Make the notice of `storm_id=…`, `resize_id=…`, `warning_id=…`, `report_id=…` or `operator_alert_id=…`, or bump its generation."""
    ((column, number),) = subject.items()
    conn.execute(_open_or_bump(conn.dialect.name, column, urgent=urgent), _further(now) | {column: number})


def open_or_bump_all(conn: Connection, news: Iterable[News], *, urgent: bool) -> None:
    """Likewise for the notices of incidents, each with as many further generations as there are news."""
    rows = [
        _further(one.since, one.generations) | {"incident_id": one.incident_id}
        for one in sorted(news, key=lambda one: one.incident_id)
    ]
    _OF_INCIDENTS[urgent].run(conn, rows)


def _further(now: datetime, generations: int = 1) -> dict[str, Any]:
    return {"generation": generations, "due_at": now, "waiting_since": now}


@functools.cache
def _open_or_bump(dialect: str, column: str, *, urgent: bool) -> Executable:
    """The statement, built once: it runs for every batch of kills. Its values are those of `_further`."""
    # What is the same in all new rows stands in the statement: it is not bound row by row.
    blank: dict[str, Any] = {name: literal_column(repr(value)) for name, value in _BLANK.items()}
    statement = insert_of(dialect, notices).values(blank)
    further = _bumped(statement.excluded.due_at, urgent=urgent, by=statement.excluded.generation)
    return statement.on_conflict_do_update(index_elements=[column], set_=further)


_OF_INCIDENTS = {
    urgent: Many(
        functools.partial(_open_or_bump, column="incident_id", urgent=urgent),
        ("incident_id", "generation", "due_at", "waiting_since"),
    )
    for urgent in (True, False)
}


def _bumped(now: ColumnElement[Any], *, urgent: bool, by: ColumnElement[Any] | int = 1) -> dict[str, Any]:
    """Values of a further generation (or a few: `by`): due now, with two exceptions.

    What backs off from a failure stays put, because Slack told us when to come back; and what waits its turn, to
    show several kills at once, is not hurried by one more.
    """
    backs_off: ColumnElement[bool] = notices.c.attempts > 0
    stays = backs_off if urgent else or_(backs_off, notices.c.is_deferred == YES)
    is_longer_due = and_(WANTING, notices.c.due_at <= now)
    keeps = or_(is_longer_due, and_(notices.c.due_at > now, stays))
    level = Urgency.STATE if urgent else Urgency.COUNTER
    is_more_urgent = and_(WANTING, notices.c.urgency < level)
    return {
        "generation": notices.c.generation + by,
        "urgency": case(
            (notices.c.ts == EMPTY, Urgency.NEW), (is_more_urgent, notices.c.urgency), else_=level
        ),
        "waiting_since": case((WANTING, notices.c.waiting_since), else_=now),
        "due_at": case((keeps, notices.c.due_at), else_=now),
        "is_deferred": literal(False, Flag()) if urgent else notices.c.is_deferred,  # noqa: FBT003 -- SQL
    }


def of_row(row: Row[Any]) -> Notice:
    """The notice of a row of the table."""
    return Notice(
        id=row.id,
        incident_id=row.incident_id,
        operator_alert_id=row.operator_alert_id,
        storm_id=row.storm_id,
        resize_id=row.resize_id,
        warning_id=row.warning_id,
        report_id=row.report_id,
        in_storm=row.in_storm,
        is_folded=row.is_folded,
        detour=row.detour or "",
        urgency=row.urgency,
        waiting_since=row.waiting_since,
        error=row.error,
        channel=row.channel,
        ts=row.ts,
        generation=row.generation,
        observed_generation=row.observed_generation,
        attempts=row.attempts,
        fence=row.fence,
        posting_since=row.posting_since,
        shown=row.shown,
    )
