"""Report material: all that reports of one period are made from; kills are counted in spans of one index."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, delete, exists, func, insert, or_, select

from bot.domain.calendar.report_period import Period
from bot.domain.inspection.foresight import Foresight
from bot.domain.report.report import Material, Tally
from bot.domain.resize.resize import Resize
from bot.domain.subject.silence import Silence
from bot.store import group_keys, resize_rows, silences
from bot.store.group_keys import FIELDS, SUBJECT_FIELDS
from bot.store.kills import IS_KILL
from bot.store.report_tables import foresights
from bot.store.schema import group_keys as keys
from bot.store.schema import kills, resizes
from bot.store.schema import silences as silence_rows

_MINE = kills.c.group_key_id == keys.c.id
_DECODER = msgspec.json.Decoder(Foresight)
_KEPT = timedelta(days=30)  # of foresights


def material(conn: Connection, period: Period) -> Material:
    """What happened in the period, of all channels."""
    return Material(
        period=period,
        tallies=_tallies(conn, period),
        resizes=_resizes(conn, period),
        silences=_silences(conn, period),
        foresight=latest_foresight(conn),
    )


def keep_foresight(conn: Connection, found: Foresight) -> None:
    """Keep what a look found; those of long ago go."""
    said = msgspec.json.encode(found).decode()
    conn.execute(insert(foresights).values(made_at=found.made_at, foresight=said))
    conn.execute(delete(foresights).where(foresights.c.made_at < found.made_at - _KEPT))


def latest_foresight(conn: Connection) -> Foresight | None:
    """The newest look; None where there is none, or another version wrote it in another form."""
    query = select(foresights.c.foresight).order_by(foresights.c.made_at.desc(), foresights.c.id.desc())
    said = conn.execute(query.limit(1)).scalar()
    try:
        return None if said is None else _DECODER.decode(said)
    except msgspec.DecodeError:
        return None


def _tallies(conn: Connection, period: Period) -> list[Tally]:
    """Key by key and day by day, each a span of one index: grouping the kills would read or sort far more of them."""
    per_day: dict[int, list[int]] = defaultdict(lambda: [0] * len(period.days))
    for number, span in enumerate(zip(period.edges, period.edges[1:], strict=False)):
        for row in _counted(conn, *span):
            per_day[row.id][number] = row.kills
    before = {row.id: row.kills for row in _counted(conn, *period.before)}
    wanted = sorted({*per_day, *before})
    known = _was_killed_before(period.since)
    found = []
    for start in range(0, len(wanted), 1000):
        query = select(keys.c.id, *(keys.c[field] for field in FIELDS), known.label("was_known"))
        rows = conn.execute(query.where(keys.c.id.in_(wanted[start : start + 1000])).order_by(keys.c.id))
        found += [
            Tally(
                group_key=group_keys.of_row(row),
                per_day=tuple(per_day[row.id]),
                before=before.get(row.id, 0),
                was_known=bool(row.was_known),
            )
            for row in rows
        ]
    return found


def _was_killed_before(since: datetime) -> ColumnElement[bool]:
    """Whether any container of the group key's subject was: new is a service, not a sidecar of an old one."""
    same = keys.alias("same_subject")
    theirs = [same.c[field] == keys.c[field] for field in SUBJECT_FIELDS]
    older = kills.select().with_only_columns(kills.c.id)
    older = older.where(kills.c.group_key_id == same.c.id, kills.c.died_at < since, IS_KILL)
    return exists().where(*theirs, older.correlate(same).exists())


def _counted(conn: Connection, since: datetime, until: datetime) -> list[Any]:
    """Ids of the group keys that had kills in this time, and how many."""
    mine: list[ColumnElement[bool]] = [_MINE, kills.c.died_at >= since, kills.c.died_at < until, IS_KILL]
    number = select(func.count()).select_from(kills).where(*mine).scalar_subquery()
    return list(conn.execute(select(keys.c.id, number.label("kills")).where(exists().where(*mine))))


def _resizes(conn: Connection, period: Period) -> list[Resize]:
    """Those that went on in the period; the newest of a service come last."""
    in_time = or_(resize_rows.UNFINISHED, resizes.c.ended_at >= period.since)
    query = select(resizes).where(in_time, resizes.c.requested_at < period.until).order_by(resizes.c.id)
    return resize_rows.readable(conn.execute(query))


def _silences(conn: Connection, period: Period) -> list[Silence]:
    query = select(silence_rows).where(silence_rows.c.ends_at > period.since)
    query = query.order_by(silence_rows.c.ends_at, silence_rows.c.id)
    return silences.of_rows(conn.execute(query))
