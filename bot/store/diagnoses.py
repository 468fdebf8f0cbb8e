"""Diagnoses: the latest one of a service, family or job, and the one that a resize led to."""

from sqlalchemy import Connection, select

from bot.domain.diagnosis.diagnosis import Diagnosis
from bot.domain.resize.resize import Resize, ResizePhase
from bot.domain.subject.subject import Subject
from bot.store import group_keys, investigations
from bot.store.investigation_tables import investigations as rows
from bot.store.schema import group_keys as keys
from bot.store.schema import incidents


def since(conn: Connection, resize: Resize) -> Diagnosis | None:
    """What was found of a kill on a size that was not enough; None for others, and until it was looked into."""
    status = resize.status
    moment = status.ended_at if status.was_killed_again else status.began_at
    is_too_small = status.phase is ResizePhase.NOT_ENOUGH or status.was_killed_again
    if not is_too_small or moment is None:
        return None
    found = latest(conn, resize.spec.plan.target.subject)
    return found if found is not None and found.made_at > moment else None


def latest(conn: Connection, subject: Subject) -> Diagnosis | None:
    """What was found last on any of its containers; None where nothing was."""
    query = (
        select(rows.c.incident_id)
        .join_from(rows, incidents, rows.c.incident_id == incidents.c.id)
        .join(keys, incidents.c.group_key_id == keys.c.id)
        .where(rows.c.made_at.is_not(None), group_keys.of_subject(subject))
        .order_by(rows.c.made_at.desc())
        .limit(1)
    )
    incident_id = conn.execute(query).scalar()
    found = None if incident_id is None else investigations.get(conn, incident_id)
    return found.diagnosis if found else None
