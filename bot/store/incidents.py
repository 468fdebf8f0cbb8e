"""Incidents: read them, acknowledge them, resolve them; each change is shown by their notice."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, func, select, update

from bot.domain.incident.incident import Incident, Phase, Resolution
from bot.domain.subject.subject import Subject
from bot.store import group_keys, notices
from bot.store.dialects import insert
from bot.store.group_keys import FIELDS
from bot.store.schema import RESOLVED, incidents
from bot.store.schema import feedback as feedback_table
from bot.store.schema import group_keys as keys
from bot.store.schema import notices as notice_rows

UNFINISHED = incidents.c.phase != RESOLVED
_INCIDENTS = select(incidents, *(keys.c[field] for field in FIELDS)).join_from(incidents, keys)
_BY_ID = _INCIDENTS.where(incidents.c.id == bindparam("incident_id"))  # built once: each alert asks


def get(conn: Connection, incident_id: int) -> Incident | None:
    """The incident, None where there is none (any more)."""
    row = conn.execute(_BY_ID, {"incident_id": incident_id}).first()
    return None if row is None else _incident(row)


def unfinished(conn: Connection, limit: int, offset: int = 0) -> list[Incident]:
    """Incidents that somebody still has to look at, the latest kill first."""
    newest_first = (incidents.c.last_kill_at.desc(), incidents.c.id.desc())
    rows = conn.execute(_INCIDENTS.where(UNFINISHED).order_by(*newest_first).limit(limit).offset(offset))
    return [_incident(row) for row in rows]


def count_unfinished(conn: Connection) -> int:
    """How many there are of them."""
    return conn.execute(select(func.count()).select_from(incidents).where(UNFINISHED)).scalar_one()


def of_subject(conn: Connection, subject: Subject) -> list[Incident]:
    """A service's (family's, job's) unfinished incidents, one a container and concern, the latest kill first."""
    rows = conn.execute(
        _INCIDENTS.where(UNFINISHED, group_keys.of_subject(subject)).order_by(incidents.c.last_kill_at.desc())
    )
    return [_incident(row) for row in rows]


def acknowledge(conn: Connection, incident_id: int, user: str, now: datetime) -> Incident | None:
    """Note that somebody looks at it. The first one stays; resolved stays resolved; None for no such incident."""
    return _change(
        conn,
        incident_id,
        incidents.c.phase == Phase.OPEN.value,
        {"phase": Phase.ACKNOWLEDGED.value, "acknowledged_by": user, "acknowledged_at": now},
        now,
    )


def acknowledge_all(conn: Connection, ids: Sequence[int], user: str, now: datetime) -> int:
    """Acknowledge those of these that are open, without unfolding them from their storm; how many those were."""
    is_open = incidents.c.id.in_(ids) & (incidents.c.phase == Phase.OPEN.value)
    values = {"phase": Phase.ACKNOWLEDGED.value, "acknowledged_by": user, "acknowledged_at": now}
    changed = _bump(conn, is_open, values)
    notices.bump(conn, changed, now)
    return len(changed)


def in_storm(conn: Connection, storm_id: int) -> list[Incident]:
    """What a storm tells of."""
    members = select(notice_rows.c.incident_id).where(notice_rows.c.in_storm == storm_id)
    return [_incident(row) for row in conn.execute(_INCIDENTS.where(incidents.c.id.in_(members)))]


def resolve(
    conn: Connection, incident_id: int, user: str, resolution: Resolution, now: datetime
) -> Incident | None:
    """End it. The first resolution stays; None for no such incident."""
    return _change(conn, incident_id, UNFINISHED, resolved(user, resolution, now), now)


def resolve_quiet(conn: Connection, quiet_since: datetime, now: datetime) -> int:
    """Resolve all whose last kill is older than `quiet_since`; how many those were."""
    quiet = select(incidents.c.id).where(UNFINISHED, incidents.c.last_kill_at < quiet_since)
    ids = conn.execute(quiet.order_by(incidents.c.id).with_for_update(key_share=True)).scalars().all()
    still = incidents.c.id.in_(ids) & (incidents.c.last_kill_at < quiet_since) & UNFINISHED
    changed = _bump(conn, still, resolved("", Resolution.QUIET, now))
    notices.bump(conn, changed, now)
    return len(changed)


def feedback(conn: Connection, incident_id: int, user: str, now: datetime) -> Incident | None:
    """Keep that a person says "Not an OOM", and resolve it as that where it is unfinished."""
    if get(conn, incident_id) is None:
        return None
    values = {"incident_id": incident_id, "user_id": user, "given_at": now}
    conn.execute(insert(conn, feedback_table).values(values).on_conflict_do_nothing())
    return resolve(conn, incident_id, user, Resolution.NOT_AN_OOM, now)


def resolved(user: str, resolution: Resolution, now: datetime) -> dict[str, Any]:
    """Values of an incident that ends now."""
    return {
        "phase": Phase.RESOLVED.value,
        "resolved_by": user,
        "resolved_at": now,
        "resolution": resolution.value,
    }


def _change(
    conn: Connection, incident_id: int, condition: ColumnElement[bool], values: dict[str, Any], now: datetime
) -> Incident | None:
    changed = _bump(conn, (incidents.c.id == incident_id) & condition, values)
    notices.unfold(conn, changed)
    notices.bump(conn, changed, now)
    return get(conn, incident_id)


def _bump(conn: Connection, condition: ColumnElement[bool], values: dict[str, Any]) -> Sequence[int]:
    statement = update(incidents).where(condition).values(generation=incidents.c.generation + 1, **values)
    return sorted(conn.execute(statement.returning(incidents.c.id)).scalars())


def _incident(row: Row[Any]) -> Incident:
    return Incident(
        id=row.id,
        group_key=group_keys.of_row(row),
        verdict=row.verdict,
        phase=Phase(row.phase),
        generation=row.generation,
        kill_count=row.kill_count,
        first_kill_at=row.first_kill_at,
        last_kill_at=row.last_kill_at,
        opened_at=row.opened_at,
        acknowledged_by=row.acknowledged_by,
        acknowledged_at=row.acknowledged_at,
        resolved_by=row.resolved_by,
        resolved_at=row.resolved_at,
        resolution=None if row.resolution is None else Resolution(row.resolution),
        reopened_count=row.reopened_count,
        reopened_at=row.reopened_at,
    )
