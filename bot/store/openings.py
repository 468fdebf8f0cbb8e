"""Openings: a kill opens, bumps or reopens the incident of its group key; taken back, it leaves it again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    bindparam,
    case,
    exists,
    func,
    literal,
    null,
    select,
    update,
)

from bot.domain.death import Death
from bot.domain.incident import Phase, Resolution
from bot.domain.verdict import Verdict
from bot.store import notices
from bot.store.column_types import Rank, UtcDateTime
from bot.store.dialects import insert
from bot.store.incidents import resolved
from bot.store.schema import RESOLVED, incidents, kills

MEMORY, FAILURE = "memory", "failure"

_DIED = bindparam("died", type_=UtcDateTime())
_VERDICT = bindparam("news", type_=Rank())
_NOW = bindparam("at", type_=UtcDateTime())
_IS_EMPTY = incidents.c.kill_count == 0
_COUNTED: dict[str, Any] = {
    "generation": incidents.c.generation + 1,
    "kill_count": incidents.c.kill_count + 1,
    "verdict": case((_IS_EMPTY | (incidents.c.verdict > _VERDICT), _VERDICT), else_=incidents.c.verdict),
    "first_kill_at": case(
        (_IS_EMPTY | (incidents.c.first_kill_at > _DIED), _DIED), else_=incidents.c.first_kill_at
    ),
    "last_kill_at": case(
        (_IS_EMPTY | (incidents.c.last_kill_at < _DIED), _DIED), else_=incidents.c.last_kill_at
    ),
}
_ITS_LINE = (incidents.c.group_key_id == bindparam("key")) & (incidents.c.concern == bindparam("line"))
_BUMP = (
    update(incidents)
    .where(_ITS_LINE, incidents.c.phase != RESOLVED)
    .values(_COUNTED)
    .returning(incidents.c.id, incidents.c.verdict)
)
_LATEST_RESOLVED = (
    select(incidents.c.id)
    .where(_ITS_LINE, incidents.c.phase == Phase.RESOLVED.value)
    .where(incidents.c.resolved_at >= bindparam("reopen_since", type_=UtcDateTime()))
    .order_by(incidents.c.resolved_at.desc(), incidents.c.id.desc())
    .limit(1)
)
_REOPEN = (
    update(incidents)
    .where(incidents.c.id == _LATEST_RESOLVED.scalar_subquery())
    .values(
        **_COUNTED,
        phase=Phase.OPEN.value,
        reopened_count=incidents.c.reopened_count + 1,
        reopened_at=_NOW,
        acknowledged_by="",
        acknowledged_at=null(),
        resolved_by="",
        resolved_at=null(),
        resolution=null(),
    )
    .returning(incidents.c.id)
)


def _of_its_kills(value: ColumnElement[Any]) -> Select[Any]:
    return select(value).where(kills.c.incident_id == incidents.c.id)


# One OOM among the kills is found at once; only without any are all of them read.
_HAS_OOM = exists(_of_its_kills(literal(1)).where(kills.c.verdict == Verdict.OOM))
_SPREAD: dict[str, Any] = {
    "verdict": case(
        (_HAS_OOM, literal(Verdict.OOM, Rank())),
        else_=_of_its_kills(func.min(kills.c.verdict)).scalar_subquery(),
    ),
    "first_kill_at": _of_its_kills(func.min(kills.c.died_at)).scalar_subquery(),
    "last_kill_at": _of_its_kills(func.max(kills.c.died_at)).scalar_subquery(),
}


@dataclass(frozen=True, slots=True)
class Line:
    """What there is one unfinished incident of: a group key and what is wrong with it."""

    group_key_id: int
    concern: str


def concern_of(death: Death) -> str:
    """Memory for kills, failure for whatever else somebody asked to see."""
    return MEMORY if death.verdict.is_kill else FAILURE


def join(conn: Connection, line: Line, death: Death, now: datetime, reopen_within: timedelta) -> int:
    """Count the death in its incident, made or reopened where there is no unfinished one; the incident's id.

    The caller holds the lock on the group key, so that nobody else opens one meanwhile.
    """
    values = {"key": line.group_key_id, "line": line.concern, "died": death.died_at, "news": death.verdict}
    bumped = conn.execute(_BUMP, values).first()
    if bumped is not None:
        # A mere further kill may wait for its turn; Slack need not hear of each.
        notices.open_or_bump(conn, now, urgent=False, incident_id=bumped.id)
        return int(bumped.id)
    reopening = values | {"reopen_since": now - reopen_within, "at": now}
    incident_id = conn.execute(_REOPEN, reopening).scalar()
    if incident_id is None:
        incident_id = _open(conn, line, death, now)
    notices.open_or_bump(conn, now, urgent=True, incident_id=incident_id)
    return int(incident_id)


def amend(conn: Connection, incident_id: int, now: datetime, *, is_moved: bool) -> None:
    """Tell the incident that one of its kills is told differently now; `is_moved`: in verdict or time."""
    _change(conn, incident_id, now, **(_SPREAD if is_moved else {}))


def leave(conn: Connection, incident_id: int, now: datetime) -> None:
    """Tell the incident that one of its kills, already gone from it, was taken back; without any it ends."""
    fewer = {"kill_count": incidents.c.kill_count - 1}
    others = select(kills.c.id).where(kills.c.incident_id == incident_id).limit(1)
    is_empty = conn.execute(others).first() is None
    _change(conn, incident_id, now, **(fewer if is_empty else fewer | _SPREAD))
    if is_empty:
        unfinished = (incidents.c.id == incident_id) & (incidents.c.phase != RESOLVED)
        retracted = resolved("", Resolution.RETRACTED, now)
        conn.execute(update(incidents).where(unfinished, incidents.c.kill_count <= 0).values(retracted))


def _change(conn: Connection, incident_id: int, now: datetime, **values: Any) -> None:
    further = incidents.c.generation + 1
    conn.execute(update(incidents).where(incidents.c.id == incident_id).values(generation=further, **values))
    notices.bump(conn, [incident_id], now)


def _open(conn: Connection, line: Line, death: Death, now: datetime) -> int:
    values = {
        "group_key_id": line.group_key_id,
        "concern": line.concern,
        "verdict": death.verdict,
        "phase": Phase.OPEN.value,
        "generation": 1,
        "kill_count": 1,
        "first_kill_at": death.died_at,
        "last_kill_at": death.died_at,
        "opened_at": now,
        "acknowledged_by": "",
        "resolved_by": "",
        "reopened_count": 0,
    }
    return int(conn.execute(insert(conn, incidents).values(values).returning(incidents.c.id)).scalar_one())
