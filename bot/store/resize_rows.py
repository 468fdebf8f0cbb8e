"""Resize rows: how a resize lies in its table, and who is shown that it changed."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row

from bot.domain.resize.audit import Deed, Entry
from bot.domain.resize.ending import ECS, POLICY, SOMEBODY
from bot.domain.resize.resize import Resize, ResizePhase, Spec, Status
from bot.store import audit_trail, notices
from bot.store.schema import NO, YES, resizes

BOT = "oom-guard"
_BACK = (ResizePhase.ROLLING_BACK, ResizePhase.ROLLED_BACK)
UNFINISHED: ColumnElement[bool] = resizes.c.is_finished == NO
IS_OPEN: ColumnElement[bool] = resizes.c.is_open == YES
_SPEC = msgspec.json.Decoder(Spec)
_STATUS = msgspec.json.Decoder(Status)


def read(row: Row[Any]) -> Resize:
    """The resize of a row; raises msgspec.DecodeError for one that another version wrote in another form."""
    spec = replace(_SPEC.decode(row.spec), id=row.id, incident_id=row.incident_id)
    return Resize(spec=spec, status=_STATUS.decode(row.status))


def readable(rows: Iterable[Row[Any]]) -> list[Resize]:
    """The resizes of rows, but for those that another version wrote in another form."""
    found = []
    for row in rows:
        try:
            found.append(read(row))
        except msgspec.DecodeError:
            continue
    return found


def encoded(value: object) -> str:
    """A value of the domain as JSON."""
    return msgspec.json.encode(value).decode()


def values_of(status: Status, now: datetime) -> dict[str, Any]:
    """Values of the columns that follow from the status."""
    return {
        "phase": status.phase.value,
        "is_finished": status.phase.is_final,
        "looked_at": now,
        "ended_at": status.ended_at,
        "status": encoded(status),
    }


def show(conn: Connection, spec: Spec, now: datetime) -> None:
    """Have it shown again: by its incident's notice, which leaves the storm for it; else by one of its own."""
    if spec.incident_id is None:
        notices.open_or_bump(conn, now, urgent=True, resize_id=spec.id)
    else:
        notices.unfold(conn, [spec.incident_id])
        notices.touch(conn, [spec.incident_id], now)


def told(conn: Connection, resize: Resize, before: Status, now: datetime) -> None:
    """Write into the audit trail what the reconciler made of it; an unchanged phase is nothing new."""
    spec, status = resize.spec, resize.status
    by_itself = status.rollback_by in (POLICY, ECS, SOMEBODY) and status.phase in _BACK
    who = status.rollback_by if by_itself else BOT
    entries = []
    if before.phase is not status.phase:
        advanced = entry_of(spec, status, Deed.ADVANCED, who, now)
        entries.append(replace(advanced, words=f"{status.phase.value}: {advanced.words}"))
    if status.regressed_at is not None and before.regressed_at is None:
        entries.append(entry_of(spec, status, Deed.REGRESSED, BOT, now))
    audit_trail.add(conn, entries)


def entry_of(spec: Spec, status: Status, deed: Deed, who: str, now: datetime) -> Entry:
    """An entry that says where the resize stands."""
    english = status.in_english
    if english is None:
        return entry(spec, deed, who, status.words, now)
    return replace(entry(spec, deed, who, english.words, now), told=status.words)


def entry(spec: Spec, deed: Deed, who: str, words: str, now: datetime) -> Entry:
    """An entry about this resize."""
    return Entry(
        at=now,
        who=who,
        deed=deed,
        words=words,
        subject=str(spec.plan.target.subject),
        resize_id=spec.id,
    )


def is_news(status: Status, before: Status) -> bool:
    """Whether people have to be shown the difference: a measurement alone is none."""
    return _shown(status) != _shown(before)


def _shown(status: Status) -> tuple[object, ...]:
    return (
        status.phase,
        status.words,
        status.is_stuck,
        status.trouble,
        (status.running_count, status.desired_count),
        status.moved,
        status.regressed_at,
        status.kills_since,
    )
