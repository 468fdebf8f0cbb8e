"""Home facts: what everybody's Home tells, read at one moment."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, or_, select, true

from bot.domain.checkup.installation import Installation
from bot.domain.home.home import Facts
from bot.domain.incident.incident import Incident
from bot.domain.resize.resize import Resize
from bot.store import incidents, report_material, resizes, silences, stats
from bot.store.health import health, word
from bot.store.kills import IS_KILL
from bot.store.notices import WANTING
from bot.store.schema import EMPTY, confirmations, kills, notices

WEEK = timedelta(days=7)
_MOST_INCIDENTS = 200
_MOST_RESIZES = 50
_TOP = 5


def facts(conn: Connection, now: datetime) -> Facts:
    """What is the same for everybody; the installation's channel and settings are for the caller to add."""
    unfinished = incidents.unfinished(conn, _MOST_INCIDENTS)
    under_way = resizes.all_unfinished(conn, limit=_MOST_RESIZES)
    return Facts(
        now=now,
        incidents=tuple(unfinished),
        open_count=incidents.count_unfinished(conn),
        last_kill_at=_last_kill_at(conn),
        resizes=tuple(under_way),
        silences=tuple(silences.active(conn, now)),
        top=tuple(stats.top(conn, now - WEEK, _TOP)),
        foresight=report_material.latest_foresight(conn),
        health=health(conn, now),
        places=places(conn, unfinished, under_way),
    )


def installation(conn: Connection, channel: str) -> Installation:
    """What the store tells of the set-up with this default channel, an id or a name (then of all channels)."""
    mine = notices.c.channel == channel if channel.isupper() else true()
    trouble = select(notices.c.error).where(mine, WANTING, notices.c.attempts > 0)
    refused = conn.execute(trouble.order_by(notices.c.id.desc()).limit(1)).scalar()
    return Installation(
        channel=channel,
        channel_trouble=word(refused) if refused else "",
        posted_at=conn.execute(select(func.max(notices.c.posted_at)).where(mine)).scalar(),
        confirmed_at=conn.execute(select(func.max(confirmations.c.confirmed_at))).scalar(),
    )


def places(
    conn: Connection, shown: Iterable[Incident], under_way: Iterable[Resize]
) -> dict[str, tuple[str, str]]:
    """Where in Slack these are told: `incident 12` and `resize 5` → channel and ts; a storm's message tells for many."""
    of_incident = _roots(conn, {one.id for one in shown} | _incidents_of(under_way))
    found = {f"incident {number}": place for number, place in of_incident.items()}
    own = {one.spec.id for one in under_way if one.spec.incident_id is None}
    query = select(notices.c.resize_id, notices.c.channel, notices.c.ts).where(
        notices.c.resize_id.in_(own), notices.c.ts != EMPTY
    )
    found |= {f"resize {row.resize_id}": (row.channel, row.ts) for row in conn.execute(query)}
    found |= {
        f"resize {one.spec.id}": of_incident[one.spec.incident_id]
        for one in under_way
        if one.spec.incident_id in of_incident
    }
    return found


def _roots(conn: Connection, ids: Collection[int]) -> dict[int, tuple[str, str]]:
    storm = notices.alias("storm")
    query = (
        select(notices.c.incident_id, notices.c.channel, notices.c.ts)
        .add_columns(storm.c.channel.label("storm_channel"), storm.c.ts.label("storm_ts"))
        .select_from(notices.outerjoin(storm, storm.c.storm_id == notices.c.in_storm))
        .where(notices.c.incident_id.in_(ids), or_(notices.c.ts != EMPTY, storm.c.ts != EMPTY))
    )
    return {
        row.incident_id: (row.channel, row.ts) if row.ts else (row.storm_channel, row.storm_ts)
        for row in conn.execute(query)
    }


def _incidents_of(under_way: Iterable[Resize]) -> set[int]:
    return {one.spec.incident_id for one in under_way if one.spec.incident_id is not None}


def _last_kill_at(conn: Connection) -> datetime | None:
    query = select(kills.c.died_at).where(IS_KILL).order_by(kills.c.died_at.desc()).limit(1)
    found: datetime | None = conn.execute(query).scalar()
    return found
