"""Charts: incidents of which a chart is to be drawn and uploaded, and how far that is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, select

from bot.store import leases
from bot.store.dialects import insert
from bot.store.incidents import UNFINISHED
from bot.store.investigation_tables import charts
from bot.store.schema import EMPTY, NO, incidents
from bot.store.schema import notices as notice_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One that is leased; `file_id` was uploaded before and shows what has this digest, "" for none."""

    id: int
    incident_id: int
    file_id: str
    file_digest: str
    attempts: int
    fence: int


def want(conn: Connection, incident_id: int, now: datetime) -> None:
    """Have the incident's chart looked at anew; whoever is at it draws what was, and loses it."""
    statement = insert(conn, charts).values(
        incident_id=incident_id, file_id="", file_digest="", **leases.fresh(now)
    )
    again = {"due_at": now, "attempts": 0, "fence": charts.c.fence + 1, **leases.UNLEASED}
    conn.execute(statement.on_conflict_do_update(index_elements=["incident_id"], set_=again))


def lease(conn: Connection, owner: str, now: datetime, *, limit: int, lease_for: timedelta) -> list[Wanted]:
    """Lend the owner charts that are due, of incidents that have an alert to show them in."""
    claim = leases.Claim(owner=owner, now=now, limit=limit, lease_for=lease_for)
    return [
        Wanted(
            id=row.id,
            incident_id=row.incident_id,
            file_id=row.file_id,
            file_digest=row.file_digest,
            attempts=row.attempts,
            fence=row.fence,
        )
        for row in leases.lease(conn, charts, _has_alert(), claim)
    ]


def due(conn: Connection, now: datetime) -> bool:
    """Whether `lease` would find any that nobody is at."""
    free = leases.free(charts, now)
    query = select(exists().where(_has_alert(), charts.c.due_at <= now, free))
    return bool(conn.execute(query).scalar())


def uploaded(conn: Connection, held: Wanted, *, file_id: str, digest: str, due_at: datetime) -> bool:
    """Note the file before it is used, so that it is not uploaded twice. False where the lease was lost."""
    values: dict[str, Any] = {"file_id": file_id, "file_digest": digest, "due_at": due_at, "attempts": 0}
    return leases.settle(conn, charts, held, values | leases.UNLEASED)


def retry(conn: Connection, held: Wanted, due_at: datetime, error: str) -> bool:
    """Put it back until `due_at`. False where the lease was lost."""
    return leases.settle(conn, charts, held, leases.again(charts, due_at, error))


def done(conn: Connection, held: Wanted) -> bool:
    """Nothing is left to be drawn. False where the lease was lost."""
    return conn.execute(delete(charts).where(leases.holds(charts, held))).rowcount == 1


def forget(conn: Connection, incident_ids: Sequence[int]) -> None:
    """Remove those of these incidents, which are being removed."""
    conn.execute(delete(charts).where(charts.c.incident_id.in_(incident_ids)))


def _has_alert() -> ColumnElement[bool]:
    """An incident that is still of interest, and whose own alert is in Slack."""
    its = notice_rows.c.incident_id == charts.c.incident_id
    is_shown = exists().where(its, notice_rows.c.ts != EMPTY, notice_rows.c.is_folded == NO)
    is_unfinished = exists().where(incidents.c.id == charts.c.incident_id, UNFINISHED)
    return and_(is_shown, is_unfinished)
