"""Silences: mute the incidents that match, for a time; beginning and end are shown by those incidents."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    bindparam,
    case,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from bot.domain.subject.group_key import OwnerKind
from bot.domain.subject.silence import LONGEST, Hidden, Matcher, Silence
from bot.store import notices
from bot.store.column_types import UtcDateTime
from bot.store.group_keys import FIELDS, matching
from bot.store.incidents import UNFINISHED
from bot.store.kills import IS_KILL
from bot.store.schema import NO, group_keys, incidents, kills, silences

IS_RUNNING: ColumnElement[bool] = silences.c.is_expired == NO
_NOW = bindparam("now", type_=UtcDateTime())
_ACTIVE = (
    select(silences)
    .where(IS_RUNNING, silences.c.ends_at > _NOW, silences.c.starts_at <= _NOW)
    .order_by(silences.c.ends_at, silences.c.id)
)


def add(
    conn: Connection, matcher: Matcher, starts_at: datetime, ends_at: datetime, created_by: str, reason: str
) -> Silence:
    """Mute what matches. Raise ValueError for a silence that ends before it starts or lasts longer than two weeks."""
    if ends_at <= starts_at:
        raise ValueError("a silence must end after it starts")
    if ends_at - starts_at > LONGEST:
        raise ValueError(f"a silence may last {LONGEST.days} days at most")
    values = {field: str(getattr(matcher, field) or "") for field in FIELDS}
    when = {"starts_at": starts_at, "ends_at": ends_at, "is_expired": False}
    who = {"created_by": created_by, "reason": reason, "ended_by": ""}
    row = conn.execute(insert(silences).values(**values, **when, **who).returning(*silences.c)).one()
    _touch(conn, [row], starts_at)
    return _silence(row)


def end(conn: Connection, silence_id: int, user: str, now: datetime) -> Silence | None:
    """End it early; one that has ended stays as it is. None for no such silence."""
    running = (silences.c.id == silence_id) & (silences.c.ends_at > now)
    ended = (
        update(silences)
        .where(running)
        .values(
            ends_at=now,
            ended_by=user,
            is_expired=True,
            # One that was yet to come never was: it must not seem to end before it starts.
            starts_at=case(
                (silences.c.starts_at > now, literal(now, UtcDateTime())), else_=silences.c.starts_at
            ),
        )
    )
    rows = conn.execute(ended.returning(*silences.c)).all()
    _touch(conn, rows, now)
    return get(conn, silence_id)


def active(conn: Connection, now: datetime) -> list[Silence]:
    """Silences that mute now, the next one to end first."""
    return of_rows(conn.execute(_ACTIVE, {"now": now}))


def of_rows(rows: Iterable[Row[Any]]) -> list[Silence]:
    """Silences from rows of the table, in their order."""
    return [_silence(row) for row in rows]


def get(conn: Connection, silence_id: int) -> Silence | None:
    """The silence, None where there is none."""
    row = conn.execute(select(silences).where(silences.c.id == silence_id)).first()
    return None if row is None else _silence(row)


def expire(conn: Connection, now: datetime) -> list[Silence]:
    """Have what they muted shown again, of silences that ended by themselves; each is returned once."""
    over = IS_RUNNING & (silences.c.ends_at <= now)
    rows = conn.execute(update(silences).where(over).values(is_expired=True).returning(*silences.c)).all()
    _touch(conn, rows, now)
    return sorted((_silence(row) for row in rows), key=lambda silence: silence.id)


def preview(conn: Connection, matcher: Matcher, since: datetime) -> Hidden:
    """What the matcher matches of the alerts that came up or came back at or after `since`, and of the kills."""
    came = or_(incidents.c.opened_at >= since, incidents.c.reopened_at >= since)
    alerts = select(func.count()).select_from(incidents).join(group_keys).where(came, matching(matcher))
    died = select(func.count()).select_from(kills).join(group_keys, kills.c.group_key_id == group_keys.c.id)
    return Hidden(
        alerts=conn.execute(alerts).scalar_one(),
        kills=conn.execute(died.where(kills.c.died_at >= since, IS_KILL, matching(matcher))).scalar_one(),
    )


def _touch(conn: Connection, rows: Iterable[Row[Any]], now: datetime) -> None:
    """Have the unfinished incidents that match one of these shown again."""
    matched = [matching(_matcher(row)) for row in rows]
    if not matched:
        return
    query = select(incidents.c.id).join(group_keys, incidents.c.group_key_id == group_keys.c.id)
    notices.touch(conn, conn.execute(query.where(UNFINISHED, or_(*matched))).scalars().all(), now)


def _matcher(row: Row[Any]) -> Matcher:
    return Matcher(
        account=row.account,
        region=row.region,
        cluster=row.cluster,
        kind=OwnerKind(row.kind) if row.kind else None,
        name=row.name,
        container=row.container,
    )


def _silence(row: Row[Any]) -> Silence:
    return Silence(
        id=row.id,
        matcher=_matcher(row),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        created_by=row.created_by,
        reason=row.reason,
        ended_by=row.ended_by,
    )
