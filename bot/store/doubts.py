"""Doubts: which incidents want to be looked into, for the first time or again."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Row,
    ScalarSelect,
    Select,
    bindparam,
    or_,
    select,
    type_coerce,
    update,
)

from bot.store import kills, leases
from bot.store.dialects import has_turn, insert
from bot.store.incidents import UNFINISHED
from bot.store.investigation_tables import investigations
from bot.store.investigations import INVESTIGATED
from bot.store.schema import YES, circumstances, incidents
from bot.store.schema import kills as kill_rows

TOO_OLD = timedelta(hours=6)  # AWS has forgotten the task, and everybody else the kill
STALE_AFTER = timedelta(minutes=15)
SURPRISED_AFTER = timedelta(minutes=2)  # from look to look, where deaths come otherwise than foretold
_MUCH_SOONER = 1 / 3
_AT_ONCE = 200
_LIVED_MS = type_coerce(kill_rows.c.died_at, BigInteger) - type_coerce(kill_rows.c.started_at, BigInteger)

_SEE = (
    update(investigations)
    .where(investigations.c.id == bindparam("mine"))
    .values(seen_kill_at=bindparam("seen_at", type_=investigations.c.seen_kill_at.type))
)


def is_any_wanted(conn: Connection, now: datetime) -> bool:
    """Whether `open_wanted` would find any."""
    return conn.execute(_IS_ANY, {"recent": now - TOO_OLD}).first() is not None


def open_wanted(conn: Connection, now: datetime) -> int:
    """Open an investigation of each incident that has none, or whose last one a later kill has made doubtful.

    That is: a kill of another revision, one that came much sooner than foretold, or one long after the last look; not
    every kill. How many were opened.
    """
    if not has_turn(conn, "doubts"):
        return 0  # another replica does just this
    rows = conn.execute(_WANTED, {"recent": now - TOO_OLD}).all()
    fresh = [row for row in rows if row.id is None]
    known = sorted((row for row in rows if row.id is not None), key=lambda row: int(row.id))
    doubtful = [row.id for row in known if _is_doubtful(row, now)]
    if fresh:
        values = [_blank(row.incident_id, row.last_kill_at, now) for row in fresh]
        conn.execute(insert(conn, investigations).values(values).on_conflict_do_nothing())
    opened = {"is_open": True, "looks": 0, "attempts": 0, "due_at": now}
    if doubtful:
        conn.execute(update(investigations).where(investigations.c.id.in_(doubtful)).values(opened))
    if known:
        conn.execute(_SEE, [{"mine": row.id, "seen_at": row.last_kill_at} for row in known])
    return len(fresh) + len(doubtful)


def _wanted() -> Select[Any]:
    """Incidents to be looked into, with what is known of their investigation; those of other kinds never are."""
    never = investigations.c.id.is_(None)
    newer = (investigations.c.is_open != YES) & (investigations.c.seen_kill_at < incidents.c.last_kill_at)
    query = select(
        incidents.c.id.label("incident_id"),
        incidents.c.last_kill_at,
        investigations.c.id,
        investigations.c.made_at,
        investigations.c.task_definition_arn,
        investigations.c.foretold_s,
        _of_newest_kill(circumstances.c.task_definition_arn).label("newest_arn"),
        _of_newest_kill(_LIVED_MS).label("lived_ms"),
    ).join_from(incidents, investigations, investigations.c.incident_id == incidents.c.id, isouter=True)
    recent = incidents.c.last_kill_at >= bindparam("recent", type_=incidents.c.last_kill_at.type)
    return query.where(UNFINISHED, recent, incidents.c.verdict.in_(INVESTIGATED), or_(never, newer))


def _of_newest_kill(value: ColumnElement[Any]) -> ScalarSelect[Any]:
    one = select(value).join_from(kill_rows, circumstances, kill_rows.c.circumstance_id == circumstances.c.id)
    mine = one.where(kill_rows.c.incident_id == incidents.c.id)
    return mine.order_by(*kills.NEWEST_FIRST).limit(1).scalar_subquery()


# Asked after commits by the dozen: built once.
_WANTED = _wanted().limit(_AT_ONCE)
_IS_ANY = _WANTED.limit(1)


def _is_doubtful(row: Row[Any], now: datetime) -> bool:
    if row.made_at is None or row.made_at <= now - STALE_AFTER:
        return True
    is_other = row.newest_arn not in (None, row.task_definition_arn)
    return is_other or (_is_surprise(row) and row.made_at <= now - SURPRISED_AFTER)


def _is_surprise(row: Row[Any]) -> bool:
    """Whether the newest life was so much shorter than foretold that something else goes on."""
    is_known = row.foretold_s is not None and row.lived_ms is not None
    return is_known and row.lived_ms / 1000 < row.foretold_s * _MUCH_SOONER


def _blank(incident_id: int, seen_kill_at: datetime, now: datetime) -> dict[str, Any]:
    texts = ("task_definition_arn", "diagnosis", "picture", "chart_file_id", "chart_digest")
    return {
        "incident_id": incident_id,
        "is_open": True,
        "looks": 0,
        "seen_kill_at": seen_kill_at,
        **dict.fromkeys(texts, ""),
        **leases.fresh(now),
    }
