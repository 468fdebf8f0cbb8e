"""Investigations: which incidents want one, who is at it, and what it found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    bindparam,
    case,
    delete,
    exists,
    func,
    select,
    update,
)

from bot.domain.chart.chart import NATIVE, WORDS
from bot.domain.chart.picture import Picture
from bot.domain.diagnosis.diagnosis import Diagnosis
from bot.domain.diagnosis.mixture import gravest_first
from bot.domain.kills.death import Death
from bot.domain.kills.verdict import Verdict
from bot.store import aftermath, charts, leases, notices
from bot.store.charts import Wanted
from bot.store.investigation_tables import investigations
from bot.store.kills import Kill
from bot.store.schema import EMPTY, YES
from bot.store.schema import notices as notice_rows

INVESTIGATED = (Verdict.OOM, Verdict.SUSPECTED_OOM, Verdict.MEMORY_WARNING)

_IS_OPEN = investigations.c.is_open == YES
_OF_INCIDENT = select(investigations).where(investigations.c.incident_id == bindparam("incident_id"))
_diagnosis = msgspec.json.Decoder(Diagnosis)
_picture = msgspec.json.Decoder(Picture)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One that is leased; `looks` were made since it was opened."""

    id: int
    incident_id: int
    looks: int
    attempts: int
    fence: int
    is_folded: bool = False  # a storm tells of it, it has no alert of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How many more may be leased: of those with an alert of their own, and of those that a storm tells of."""

    alone: int
    folded: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Investigation:
    """What is known of an incident. `diagnosis` is None before the first look is done; `is_open`: more may come."""

    incident_id: int
    is_open: bool
    looks: int
    made_at: datetime | None
    diagnosis: Diagnosis | None
    picture: Picture | None
    task_definition_arn: str
    chart_file_id: str  # or how it is shown without a file; "" for not at all
    chart_digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What a look found; `kill_at` is the incident's newest kill when it began, `again_at` when to look once more."""

    diagnosis: Diagnosis
    picture: Picture
    task_definition_arn: str
    kill_at: datetime
    again_at: datetime | None


def get(conn: Connection, incident_id: int) -> Investigation | None:
    """The incident's investigation; None where there is none."""
    row = conn.execute(_OF_INCIDENT, {"incident_id": incident_id}).first()
    return None if row is None else _investigation(row)


def lease(conn: Connection, owner: str, now: datetime, *, room: Room, lease_for: timedelta) -> list[Held]:
    """Lend the owner what is due: what a storm tells of beside what has an alert of its own."""
    held: list[tuple[Row[Any], bool]] = []
    for wanting, limit, is_folded in (
        (_IS_OPEN & ~_is_folded(), room.alone, False),
        (_IS_OPEN & _is_folded(), room.folded, True),
    ):
        claim = leases.Claim(owner=owner, now=now, limit=limit, lease_for=lease_for)
        if claim.limit > 0:
            held += ((row, is_folded) for row in leases.lease(conn, investigations, wanting, claim))
    return [
        Held(
            id=row.id,
            incident_id=row.incident_id,
            looks=row.looks,
            attempts=row.attempts,
            fence=row.fence,
            is_folded=is_folded,
        )
        for row, is_folded in held
    ]


def save(conn: Connection, held: Held, made: Made, now: datetime) -> bool:
    """Keep what was found and have the alert shown with it. False, and nothing kept, where the lease was lost."""
    foretold = made.diagnosis.next_oom_s
    values: dict[str, Any] = {
        "is_open": made.again_at is not None,
        "due_at": made.again_at or now,
        "looks": held.looks + 1,
        "attempts": 0,
        "error": "",
        "seen_kill_at": made.kill_at,
        "task_definition_arn": made.task_definition_arn,
        "made_at": now,
        "foretold_s": foretold and round(foretold),
        "diagnosis": msgspec.json.encode(made.diagnosis).decode(),
        "picture": msgspec.json.encode(made.picture).decode(),
    }
    if not leases.settle(conn, investigations, held, values | leases.UNLEASED):
        return False
    charts.want(conn, held.incident_id, now)
    _show(conn, held.incident_id, now)
    aftermath.tell_again(conn, held.incident_id, now)
    return True


def retry(conn: Connection, held: Held, due_at: datetime, error: str) -> bool:
    """Put it back until `due_at`. False where the lease was lost."""
    return leases.settle(conn, investigations, held, leases.again(investigations, due_at, error))


def close(conn: Connection, held: Held, error: str, now: datetime) -> bool:
    """Leave it at what is known: nothing more is looked for. False where the lease was lost."""
    values = {"is_open": False, "error": error, **leases.UNLEASED}
    if not leases.settle(conn, investigations, held, values):
        return False
    _show(conn, held.incident_id, now)
    return True


def charted(conn: Connection, held: Wanted, *, shown_as: str, digest: str, now: datetime) -> bool:
    """Note how the chart of that digest is shown, and have the alert shown with it. False where the lease was lost.

    `shown_as`: a file's id in Slack, or one of `bot.domain.chart.chart`'s words for what it is without a file; "" for not.
    """
    if not charts.done(conn, held):
        return False
    rows = investigations.c
    mine = rows.incident_id == held.incident_id
    old = conn.execute(select(rows.chart_file_id).where(mine)).scalar()
    conn.execute(update(investigations).where(mine).values(chart_file_id=shown_as, chart_digest=digest))
    if old != shown_as:
        _show(conn, held.incident_id, now)
    return True


def chart_refused(conn: Connection, incident_id: int, now: datetime) -> None:
    """Slack does not show the chart as it is: have it shown in a simpler way, a file as Slack's own, that in words."""
    rows = investigations.c
    simpler = case((rows.chart_file_id.in_([NATIVE, WORDS]), WORDS), else_=NATIVE)
    mine = (rows.incident_id == incident_id) & (rows.chart_file_id != EMPTY)
    conn.execute(update(investigations).where(mine).values(chart_file_id=simpler))
    _show(conn, incident_id, now)


def next_due(conn: Connection) -> datetime | None:
    """When the first of those that are open is due; None for none."""
    due_at = conn.execute(select(func.min(investigations.c.due_at)).where(_IS_OPEN)).scalar()
    return due_at if isinstance(due_at, datetime) else None


def forget(conn: Connection, incident_ids: Sequence[int]) -> None:
    """Remove those of these incidents, which are being removed."""
    if incident_ids:
        charts.forget(conn, incident_ids)
        conn.execute(delete(investigations).where(investigations.c.incident_id.in_(incident_ids)))


def _is_folded() -> ColumnElement[bool]:
    mine = notice_rows.c.incident_id == investigations.c.incident_id
    return exists().where(mine, notice_rows.c.is_folded == YES)


def _show(conn: Connection, incident_id: int, now: datetime) -> None:
    """What a storm tells of has no alert of its own to be shown."""
    folded = select(notice_rows.c.id).where(
        notice_rows.c.incident_id == incident_id, notice_rows.c.is_folded == YES
    )
    if conn.execute(folded).first() is None:
        notices.touch(conn, [incident_id], now)


def _investigation(row: Row[Any]) -> Investigation:
    return Investigation(
        incident_id=row.incident_id,
        is_open=row.is_open,
        looks=row.looks,
        made_at=row.made_at,
        diagnosis=_read(_diagnosis, row.diagnosis),
        picture=_read(_picture, row.picture),
        task_definition_arn=row.task_definition_arn,
        chart_file_id=row.chart_file_id,
        chart_digest=row.chart_digest,
    )


def _read(decoder: Any, text: str) -> Any:
    """None where there is nothing yet, or in a form that this version does not know."""
    try:
        return decoder.decode(text) if text else None
    except msgspec.DecodeError:
        return None


def examined(told: Sequence[Kill]) -> tuple[Death, ...]:
    """Of kills, newest first, the deaths that an investigation is about: the one that it examines, then the others."""
    return gravest_first([kill.death for kill in told if kill.death.verdict in INVESTIGATED])
