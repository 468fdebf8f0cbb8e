"""Tags: what AWS tags say of the subjects of incidents, as they were last read, and whose turn it is to be read."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, and_, bindparam, delete, exists, select, update

from bot.domain.routing.tags import Tag, Tags
from bot.domain.subject.group_key import OwnerKind
from bot.domain.subject.subject import Subject
from bot.store import leases
from bot.store.column_types import UtcDateTime
from bot.store.dialects import insert
from bot.store.group_keys import SUBJECT_FIELDS
from bot.store.schema import RESOLVED, YES, group_keys, incidents, kills, warnings
from bot.store.schema import subject_tags as rows

_decoder = msgspec.json.Decoder(dict[str, Tag])
_MOST_WANTED = 200  # in one look: the next one takes the rest
_MOST_KNOWN = 10_000
_LATELY = timedelta(hours=2)  # ECS forgets stopped tasks after an hour: no sweep finds older ones
_SAME = and_(*(rows.c[field] == group_keys.c[field] for field in SUBJECT_FIELDS))
_NOW, _RECENTLY, _FRESH = (bindparam(name, type_=UtcDateTime()) for name in ("now", "lately", "fresh"))
_UNFINISHED = incidents.c.phase != RESOLVED
# An index serves both: unfinished, and with a kill that an alert may yet have to tell.
_RECENT = (_UNFINISHED, incidents.c.last_kill_at >= _RECENTLY)
_KINDS = [OwnerKind.SERVICE.value, OwnerKind.FAMILY.value, OwnerKind.JOB.value]  # which can have tags
_HAS_TAGS = group_keys.c.kind.in_(_KINDS)
_WARNED = {
    name: warnings.c.owner.label(name) if name == "name" else warnings.c[name] for name in SUBJECT_FIELDS
}
_SAME_WARNED = and_(*(rows.c[name] == column for name, column in _WARNED.items()))
_ON = warnings.c.is_on == YES
_MINE = and_(*(group_keys.c[field] == bindparam(field) for field in SUBJECT_FIELDS))
_SIGNS_OF_LIFE = (
    select(incidents.c.id).join(group_keys).where(_MINE, _UNFINISHED).limit(1),
    select(warnings.c.id)
    .where(_ON, *(_WARNED[field] == bindparam(field) for field in SUBJECT_FIELDS))
    .limit(1),
    select(kills.c.id)
    .join(group_keys)
    .where(_MINE, kills.c.died_at >= bindparam("since", type_=UtcDateTime()))
    .limit(1),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One subject whose tags are to be read; `before` is what was read last."""

    id: int
    subject: Subject
    before: Tags | None
    attempts: int
    fence: int


def want(conn: Connection, now: datetime, fresh_for: timedelta) -> int:
    """Have the tags read of what opened an incident lately, where none were read about that time; how many those are."""
    moments = _moments(now, fresh_for)
    new = sorted({_subject(row) for query in _UNKNOWN for row in conn.execute(query, moments)})
    if new:
        blank = {"found": "{}", "problem": "", "asked_at": None} | leases.fresh(now)
        statement = insert(conn, rows).on_conflict_do_nothing()
        conn.execute(statement, [_fields(subject) | blank for subject in new])
    stale = list(conn.execute(_STALE, moments).scalars())
    if stale:
        conn.execute(update(rows).where(rows.c.id.in_(stale)).values(due_at=now))
    return len(new) + len(stale)


def is_wanted(conn: Connection, now: datetime, fresh_for: timedelta) -> bool:
    """Whether there is anything of that kind."""
    moments = _moments(now, fresh_for)
    return any(conn.execute(look, moments).first() is not None for look in _LOOKS)


def due(conn: Connection, now: datetime) -> bool:
    """Whether there is anything to read."""
    return bool(conn.execute(select(exists().where(rows.c.due_at <= now))).scalar())


def lease(conn: Connection, owner: str, now: datetime, *, limit: int, lease_for: timedelta) -> list[Asked]:
    """Lend the owner what is due; nobody else gets it for `lease_for`."""
    claim = leases.Claim(owner=owner, now=now, limit=limit, lease_for=lease_for)
    return [
        Asked(id=row.id, subject=_subject(row), before=_tags(row), attempts=row.attempts, fence=row.fence)
        for row in leases.lease(conn, rows, rows.c.id > 0, claim)
    ]


def learn(conn: Connection, asked: Asked, tags: Tags, next_at: datetime) -> bool:
    """Keep what was read, until it is read again. False where the lease was lost."""
    values = {
        "found": msgspec.json.encode(dict(tags.found)).decode(),
        "problem": tags.problem,
        "asked_at": tags.asked_at,
        "due_at": next_at,
        "attempts": rows.c.attempts + 1 if tags.problem else 0,
    }
    return leases.settle(conn, rows, asked, values | leases.UNLEASED)


def forget(conn: Connection, asked: Asked) -> bool:
    """Nobody needs them any more. False where the lease was lost."""
    return conn.execute(delete(rows).where(leases.holds(rows, asked))).rowcount == 1


def is_lively(conn: Connection, subject: Subject, since: datetime) -> bool:
    """Whether it was killed since, or has an unfinished incident, or a memory warning that is on."""
    values = _fields(subject) | {"since": since}
    return any(conn.execute(sign, values).first() is not None for sign in _SIGNS_OF_LIFE)


def learned_since(conn: Connection, moment: datetime | None) -> list[tuple[Subject, Tags]]:
    """What was read at that moment or later, by whichever process; all that is kept for None."""
    query = select(rows).where(rows.c.asked_at.is_not(None)).order_by(rows.c.asked_at.desc())
    if moment is not None:
        query = query.where(rows.c.asked_at >= moment)
    found = ((_subject(row), _tags(row)) for row in conn.execute(query.limit(_MOST_KNOWN)))
    return [(subject, tags) for subject, tags in found if tags is not None]


def of(conn: Connection, subject: Subject) -> Tags | None:
    """What was read of one subject; None where nothing was."""
    mine = and_(*(rows.c[name] == value for name, value in _fields(subject).items()))
    row = conn.execute(select(rows).where(mine)).first()
    return None if row is None else _tags(row)


def _unknown() -> tuple[Select[Any], Select[Any]]:
    """Subjects that were killed lately, and of warnings that are on, of which nothing was ever asked."""
    columns = [group_keys.c[field] for field in SUBJECT_FIELDS]
    killed = select(*columns).distinct().select_from(incidents).join(group_keys).outerjoin(rows, _SAME)
    warned = select(*_WARNED.values()).distinct().select_from(warnings).outerjoin(rows, _SAME_WARNED)
    is_named = and_(_WARNED["name"] != "", _WARNED["cluster"] != "")
    return (
        killed.where(*_RECENT, _HAS_TAGS, rows.c.id.is_(None)).limit(_MOST_WANTED),
        warned.where(_ON, _WARNED["kind"].in_(_KINDS), is_named, rows.c.id.is_(None)).limit(_MOST_WANTED),
    )


def _stale() -> Select[Any]:
    """Rows that were read too long before an incident of theirs was opened, and are not due anyway."""
    recent = incidents.c.opened_at >= _FRESH  # an older one has been asked for, or has its message
    found = select(rows.c.id).distinct().select_from(incidents).join(group_keys).join(rows, _SAME)
    is_old = rows.c.asked_at < _FRESH
    return found.where(*_RECENT, recent, is_old, rows.c.due_at > _NOW).limit(_MOST_WANTED)


# Asked after commits by the dozen: built once.
_UNKNOWN, _STALE = _unknown(), _stale()
_LOOKS = tuple(query.limit(1) for query in (*_UNKNOWN, _STALE))


def _moments(now: datetime, fresh_for: timedelta) -> dict[str, datetime]:
    return {"now": now, "lately": now - _LATELY, "fresh": now - fresh_for}


def _fields(subject: Subject) -> dict[str, str]:
    return {
        "account": subject.account,
        "region": subject.region,
        "cluster": subject.cluster,
        "kind": subject.kind.value,
        "name": subject.name,
    }


def _subject(row: Row[Any]) -> Subject:
    return Subject(row.account, row.region, row.cluster, OwnerKind(row.kind), row.name)


def _tags(row: Row[Any]) -> Tags | None:
    if row.asked_at is None:
        return None
    try:
        found = _decoder.decode(row.found)
    except msgspec.DecodeError:
        return None
    return Tags(found=found, asked_at=row.asked_at, problem=row.problem)
