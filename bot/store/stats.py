"""Stats: kills counted for /oom stats and /oom top; windows are read from covering indexes alone."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    bindparam,
    case,
    func,
    select,
    true,
    type_coerce,
)

from bot.domain.kills.tally import ContainerStats, Lifetimes, TopRow
from bot.domain.kills.verdict import Verdict
from bot.domain.subject.subject import Subject
from bot.store import circumstances, group_keys, tallies
from bot.store.column_types import EPOCH, MILLISECOND, UtcDateTime
from bot.store.group_keys import SUBJECT_FIELDS
from bot.store.kills import IS_KILL, KILLS, NEWEST_FIRST, Kill, by_task, by_task_id, of_rows
from bot.store.schema import circumstances as shared
from bot.store.schema import feedback, incidents, kills
from bot.store.schema import group_keys as keys
from bot.store.schema import tallies as daily

DAY = timedelta(days=1)
DAY_MS = DAY // MILLISECOND
MOST_LIFETIMES = 10_000

_SUBJECT = tuple(keys.c[field] for field in SUBJECT_FIELDS)
_DIED = type_coerce(kills.c.died_at, BigInteger)
_STARTED = type_coerce(kills.c.started_at, BigInteger)
_NEWEST_LIMITS = (
    select(*(shared.c[field] for field in circumstances.LIMITS))
    .join_from(kills, shared, kills.c.circumstance_id == shared.c.id)
    .where(kills.c.group_key_id == bindparam("key"), IS_KILL)
    .order_by(*NEWEST_FIRST)
    .limit(1)
)


def _once(query: Select[Any]) -> CTE:
    """The query's rows, worked out once: both databases else repeat a scalar subquery wherever it is mentioned."""
    return query.cte("by_key").prefix_with("MATERIALIZED")


def _moment(name: str) -> BindParameter[datetime]:
    return bindparam(name, type_=UtcDateTime())


def _top(*, is_tallied: bool) -> Select[Any]:
    """Subjects by their kills from `since` on; by tallies of the days from `first` to before `end`, where there are any."""
    # Key by key, each a span of one index: grouping the kills makes SQLite read or sort far more of them.
    mine = select(kills.c.died_at).where(kills.c.group_key_id == keys.c.id, IS_KILL)
    lately = mine.where(kills.c.died_at >= _moment("since"))
    newest = lately.order_by(kills.c.died_at.desc()).limit(1).scalar_subquery()
    number: ColumnElement[Any] = lately.with_only_columns(func.count()).scalar_subquery()
    if is_tallied:
        counted = mine.with_only_columns(func.count())
        after = counted.where(kills.c.died_at >= _moment("end_at")).scalar_subquery()
        before = counted.where(kills.c.died_at >= _moment("since"), kills.c.died_at < _moment("first_at"))
        of_days = daily.c.day.between(bindparam("first"), bindparam("end") - 1)
        between = select(func.coalesce(func.sum(daily.c.kills), 0)).where(
            daily.c.group_key_id == keys.c.id, of_days
        )
        number = before.scalar_subquery() + between.scalar_subquery() + after
    by_key = _once(select(*_SUBJECT, number.label("kills"), newest.label("last_at")))
    columns = [by_key.c[field] for field in SUBJECT_FIELDS]
    count, last = func.sum(by_key.c.kills), func.max(by_key.c.last_at)
    return (
        select(*columns, count.label("kills"), func.count().label("containers"), last.label("last_at"))
        .where(by_key.c.last_at.is_not(None))
        .group_by(*columns)
        .order_by(count.desc(), last.desc(), *columns)
        .limit(bindparam("most"))
    )


_TOP, _TALLIED_TOP = _top(is_tallied=False), _top(is_tallied=True)


def subjects(conn: Connection, limit: int = 5000, name: str = "") -> list[Subject]:
    """Services, families and jobs that had kills, the most recently killed first; only those of a name if one is given."""
    last = select(kills.c.died_at).where(kills.c.group_key_id == keys.c.id, IS_KILL)
    last_of_key = last.order_by(kills.c.died_at.desc()).limit(1).scalar_subquery()
    of_name = keys.c.name == name if name else true()
    by_key = _once(select(*_SUBJECT, last_of_key.label("last_at")).where(of_name))
    columns = [by_key.c[field] for field in SUBJECT_FIELDS]
    newest = func.max(by_key.c.last_at)
    query = select(*columns).where(by_key.c.last_at.is_not(None)).group_by(*columns)
    rows = conn.execute(query.order_by(newest.desc(), *columns).limit(limit))
    return [group_keys.subject_of_row(row) for row in rows]


def subject_of_task(conn: Connection, task: str) -> Subject | None:
    """Whose task this is, by ARN or by the bare id, if it had a kill; of several with one id, the latest's."""
    found = by_task(conn, task) if "/" in task else by_task_id(conn, task)
    newest = max(found, key=lambda kill: (kill.death.died_at, kill.id), default=None)
    return None if newest is None else Subject.of(newest.death.group_key)


def subjects_of_short_task_id(conn: Connection, start: str) -> tuple[Subject, ...]:
    """Whose tasks have ids that begin with these (lower-case hexadecimal) digits and had a kill; at most five."""
    # A span of the index on the ids; what another collation lets into it is sorted out.
    query = select(*_SUBJECT).distinct().join_from(kills, keys, kills.c.group_key_id == keys.c.id)
    in_span = kills.c.task_id.between(start, f"{start}g")
    begins = func.substr(kills.c.task_id, 1, len(start)) == start
    rows = conn.execute(query.where(in_span, begins).order_by(*_SUBJECT).limit(5))
    return tuple(map(group_keys.subject_of_row, rows))


def per_container(conn: Connection, subject: Subject, since: datetime) -> list[ContainerStats]:
    """Kills of each of the subject's containers at or after `since`, the most killed first.

    Lifetimes are those of the newest 10,000 kills of a container.
    """
    suspected = func.sum(case((kills.c.verdict == Verdict.SUSPECTED_OOM, 1), else_=0))
    first, last = func.min(kills.c.died_at), func.max(kills.c.died_at)
    query = (
        select(keys.c.id, keys.c.container, func.count().label("kills"), suspected.label("suspected"))
        .add_columns(first.label("first_at"), last.label("last_at"))
        .join_from(kills, keys, kills.c.group_key_id == keys.c.id)
        .where(group_keys.of_subject(subject), kills.c.died_at >= since, IS_KILL)
        .group_by(keys.c.id, keys.c.container)
    )
    rows = sorted(conn.execute(query).all(), key=lambda row: (-row.kills, row.container))
    return [
        ContainerStats(
            container=row.container,
            kills=row.kills,
            suspected=int(row.suspected),
            first_at=row.first_at,
            last_at=row.last_at,
            lifetimes=_lifetimes(conn, row.id, since),
            limits=circumstances.limits_of(conn.execute(_NEWEST_LIMITS, {"key": row.id}).one()),
        )
        for row in rows
    ]


def per_day(conn: Connection, subject: Subject, since: datetime, until: datetime) -> list[tuple[date, int]]:
    """Kills from `since` to before `until` on each UTC day of that span, days without any too."""
    day = (_DIED // DAY_MS).label("day")
    query = (
        select(day, func.count().label("kills"))
        .join_from(kills, keys, kills.c.group_key_id == keys.c.id)
        .where(group_keys.of_subject(subject), kills.c.died_at >= since, kills.c.died_at < until, IS_KILL)
        .group_by(day)
    )
    counted = {row.day: row.kills for row in conn.execute(query)}
    days = range((since - EPOCH) // DAY, (until - MILLISECOND - EPOCH) // DAY + 1)
    return [((EPOCH + number * DAY).date(), counted.get(number, 0)) for number in days]


def last_kills(conn: Connection, subject: Subject, limit: int) -> list[Kill]:
    """The subject's newest kills, the newest first."""
    newest: list[Kill] = []
    for key_id in _key_ids(conn, subject):  # container by container: each reads `limit` entries of its index
        query = KILLS.where(kills.c.group_key_id == key_id, IS_KILL).order_by(*NEWEST_FIRST).limit(limit)
        newest += of_rows(conn.execute(query))
    newest.sort(key=lambda kill: (kill.death.died_at, kill.id), reverse=True)
    return newest[:limit]


def top(conn: Connection, since: datetime, limit: int) -> list[TopRow]:
    """Who had the most kills at or after `since`, of equals the latest killed first."""
    found = conn.execute(*_asked(tallies.trusted(conn, since), since, limit))
    marked = not_an_oom(conn, since)
    return [
        TopRow(
            subject=group_keys.subject_of_row(row),
            kills=int(row.kills),
            containers=row.containers,
            last_at=row.last_at,
            not_an_oom=marked.get(group_keys.subject_of_row(row), 0),
        )
        for row in found
    ]


def _asked(tallied: range, since: datetime, limit: int) -> tuple[Select[Any], dict[str, Any]]:
    asked = {"since": since, "most": limit}
    if not tallied:
        return _TOP, asked
    times = {"first_at": tallies.start_of(tallied.start), "end_at": tallies.start_of(tallied.stop)}
    return _TALLIED_TOP, {**asked, **times, "first": tallied.start, "end": tallied.stop}


def not_an_oom(conn: Connection, since: datetime) -> dict[Subject, int]:
    """By subject, how many kills at or after `since` a person later marked as not an OOM; only those above 0.

    Read from the few marks, not from the many kills: a mark speaks of its incident's kills until then.
    """
    marks = select(feedback.c.incident_id, func.max(feedback.c.given_at).label("given_at"))
    by_incident = marks.where(feedback.c.given_at >= since).group_by(feedback.c.incident_id).subquery()
    mine = (kills.c.incident_id == by_incident.c.incident_id) & (kills.c.died_at <= by_incident.c.given_at)
    query = (
        select(*_SUBJECT, func.count().label("kills"))
        .join_from(by_incident, kills, mine)
        .join(incidents, incidents.c.id == by_incident.c.incident_id)
        .join(keys, incidents.c.group_key_id == keys.c.id)
        .where(kills.c.died_at >= since, IS_KILL)
        .group_by(*_SUBJECT)
    )
    return {group_keys.subject_of_row(row): row.kills for row in conn.execute(query)}


def _key_ids(conn: Connection, subject: Subject) -> Sequence[int]:
    return conn.execute(select(keys.c.id).where(group_keys.of_subject(subject))).scalars().all()


def _lifetimes(conn: Connection, key_id: int, since: datetime) -> Lifetimes | None:
    mine = (kills.c.group_key_id == key_id) & (kills.c.died_at >= since) & IS_KILL
    query = (
        select(_DIED - _STARTED).where(mine, kills.c.started_at.is_not(None)).order_by(kills.c.died_at.desc())
    )
    spans = [max(0, span) / 1000 for span in conn.execute(query.limit(MOST_LIFETIMES)).scalars()]
    return Lifetimes(min_s=min(spans), p50_s=median(spans), max_s=max(spans)) if spans else None
