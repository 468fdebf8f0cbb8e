"""Storms: many incidents of one cluster told in one message; which they are, and when it is over."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, case, func, literal, select, update

from bot.domain.incident.incident import Phase
from bot.domain.incident.storm import Gathering, Host, Place, Storm, Toll, tells_of
from bot.store import incidents as incident_rows
from bot.store import leases, notices
from bot.store.column_types import UtcDateTime
from bot.store.dialects import insert
from bot.store.schema import EMPTY, STORM_PLACE, circumstances, incidents, kills, storms
from bot.store.schema import notices as table

RETOLD_AFTER = timedelta(seconds=5)  # how often further kills of what is folded are looked at

_IS_RUNNING = storms.c.ended_at.is_(None)


def running(conn: Connection) -> list[Storm]:
    """Storms that are not over, the oldest first."""
    return [_storm(row) for row in conn.execute(select(storms).where(_IS_RUNNING).order_by(storms.c.id))]


def get(conn: Connection, storm_id: int) -> Storm | None:
    """The storm, None where there is none (any more)."""
    row = conn.execute(select(storms).where(storms.c.id == storm_id)).first()
    return None if row is None else _storm(row)


def fold(conn: Connection, gathering: Gathering, now: datetime) -> int:
    """Have the place's running storm, made where there is none, tell of these openings; its id.

    What was posted, is just being posted, or may have been posted keeps its root; the others are held back.
    """
    storm_id = _gathered(conn, gathering)
    ids = sorted(opening.notice_id for opening in gathering.openings)
    conn.execute(update(table).where(table.c.id.in_(ids)).values(in_storm=storm_id))
    free = leases.free(table, now)
    unposted = (table.c.ts == EMPTY) & table.c.posting_since.is_(None) & free
    conn.execute(update(table).where(table.c.id.in_(ids), unposted).values(is_folded=True, **_told(now)))
    touch(conn, [storm_id], now)
    channel = {"channel": gathering.place.channel}
    conn.execute(update(table).where(table.c.storm_id == storm_id, table.c.channel == EMPTY).values(channel))
    return storm_id


def retell(conn: Connection, notice_ids: Collection[int], now: datetime) -> None:
    """Of folded notices that have something new: tell it in their storm, or let go what wants a root of its own."""
    query = select(table.c.id, incidents.c.last_kill_at, *storms.c)
    query = query.join_from(table, incidents, table.c.incident_id == incidents.c.id)
    query = query.outerjoin(storms, storms.c.id == table.c.in_storm)
    query = query.where(table.c.id.in_(notice_ids), table.c.is_folded == 1).order_by(table.c.id)
    rows = conn.execute(query.with_for_update(of=table, key_share=True)).all()
    told = [row for row in rows if row[2] is not None and tells_of(_storm(row, 2), row[1])]
    released = {row[0] for row in rows} - {row[0] for row in told}
    conn.execute(update(table).where(table.c.id.in_([row[0] for row in told])).values(_told(now)))
    conn.execute(update(table).where(table.c.id.in_(released)).values(is_folded=False, waiting_since=now))
    touch(conn, sorted({row[2] for row in told}), now)


def touch(conn: Connection, storm_ids: Collection[int], now: datetime) -> None:
    """Have these storms shown again in their turn."""
    for storm_id in storm_ids:
        _bump(conn, storm_id)
        notices.open_or_bump(conn, now, urgent=False, storm_id=storm_id)


def killed_since(conn: Connection, storm_id: int, since: datetime) -> int:
    """How many of the storm's incidents were killed at or after `since`."""
    query = select(func.count()).select_from(table).join(incidents, table.c.incident_id == incidents.c.id)
    query = query.where(table.c.in_storm == storm_id, incidents.c.last_kill_at >= since)
    return conn.execute(query).scalar_one()


def end(conn: Connection, storm_id: int, now: datetime) -> None:
    """It is over; once it is, it stays so."""
    if _bump(conn, storm_id, ended_at=now):
        notices.open_or_bump(conn, now, urgent=True, storm_id=storm_id)


def acknowledge(conn: Connection, storm_id: int, user: str, now: datetime) -> tuple[Storm | None, int]:
    """Acknowledge all its open incidents, which stay folded; the storm, and how many those were."""
    open_ones = select(incidents.c.id).join(table, table.c.incident_id == incidents.c.id)
    open_ones = open_ones.where(table.c.in_storm == storm_id, incidents.c.phase == Phase.OPEN.value)
    ids = conn.execute(open_ones.order_by(incidents.c.id)).scalars().all()
    changed = incident_rows.acknowledge_all(conn, ids, user, now)
    if changed:
        first = storms.c.acknowledged_by == EMPTY
        _bump(
            conn,
            storm_id,
            acknowledged_by=case((first, user), else_=storms.c.acknowledged_by),
            acknowledged_at=case((first, literal(now, UtcDateTime())), else_=storms.c.acknowledged_at),
        )
        notices.open_or_bump(conn, now, urgent=True, storm_id=storm_id)
    return get(conn, storm_id), changed


def toll(conn: Connection, storm_id: int) -> Toll | None:
    """What the storm cost so far; None where it, or all that it told of, has been pruned."""
    storm = get(conn, storm_id)
    members = incident_rows.in_storm(conn, storm_id)
    if storm is None or not members:
        return None
    killed: Counter[int] = Counter()
    hosts: Counter[str] = Counter()
    spans: list[tuple[datetime, datetime]] = []
    for row in conn.execute(_deaths(storm)):
        killed[row.incident_id] += row.number
        hosts[row.host] += row.number
        spans.append((row.first_at, row.last_at))
    hosts.pop("", None)
    ranked = sorted(members, key=lambda one: (-killed[one.id], str(one.group_key)))
    return Toll(
        storm=storm,
        incidents=ranked,
        kills_of=dict(killed),
        hosts=[Host(arn=arn, kills=number) for arn, number in hosts.most_common(5)],
        first_kill_at=min((first for first, _ in spans), default=storm.began_at),
        last_kill_at=max((last for _, last in spans), default=storm.last_opened_at),
    )


def _deaths(storm: Storm) -> Select[Any]:
    """By incident and host: the kills since it was opened (again), until the storm's end."""
    opened_at = func.coalesce(incidents.c.reopened_at, incidents.c.opened_at)
    host = circumstances.c.container_instance_arn
    query = (
        select(
            kills.c.incident_id,
            host.label("host"),
            func.count().label("number"),
            func.min(kills.c.died_at).label("first_at"),
            func.max(kills.c.died_at).label("last_at"),
        )
        .join_from(table, incidents, table.c.incident_id == incidents.c.id)
        .join(kills, kills.c.incident_id == incidents.c.id)
        .join(circumstances, kills.c.circumstance_id == circumstances.c.id)
        .where(table.c.in_storm == storm.id, kills.c.recorded_at >= opened_at)
    )
    if storm.ended_at is not None:
        query = query.where(kills.c.died_at <= storm.ended_at)
    return query.group_by(kills.c.incident_id, host)


def _gathered(conn: Connection, gathering: Gathering) -> int:
    place = {name: getattr(gathering.place, name) for name in STORM_PLACE}
    times = sorted(opening.at for opening in gathering.openings)
    fresh = {"generation": 1, "began_at": times[0], "last_opened_at": times[-1], "acknowledged_by": ""}
    latest = case(
        (storms.c.last_opened_at > times[-1], storms.c.last_opened_at),
        else_=literal(times[-1], UtcDateTime()),
    )
    statement = insert(conn, storms).values(**place, **fresh)
    statement = statement.on_conflict_do_update(
        index_elements=STORM_PLACE, index_where=_IS_RUNNING, set_={"last_opened_at": latest}
    )
    return int(conn.execute(statement.returning(storms.c.id)).scalar_one())


def _bump(conn: Connection, storm_id: int, **values: Any) -> bool:
    known = storms.c.id == storm_id
    if "ended_at" in values:
        known &= _IS_RUNNING
    further = storms.c.generation + 1
    return conn.execute(update(storms).where(known).values(generation=further, **values)).rowcount == 1


def _told(now: datetime) -> dict[str, Any]:
    """Values of a folded notice that has nothing to show by itself; further kills wait a little."""
    return {
        "observed_generation": table.c.generation,
        "due_at": now + RETOLD_AFTER,
        "is_deferred": True,
        **leases.UNLEASED,
    }


def _storm(row: Row[Any], offset: int = 0) -> Storm:
    values = dict(zip(storms.c.keys(), row[offset:], strict=True))
    place = Place(**{name: values.pop(name) for name in STORM_PLACE})
    return Storm(place=place, **values)
