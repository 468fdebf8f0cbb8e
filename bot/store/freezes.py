"""Freezes: who froze changes where, and who thawed them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, or_, select, update

from bot.domain.policy.freeze import Freeze
from bot.domain.resize.audit import Deed, Entry
from bot.domain.resize.record import recorded
from bot.domain.subject.subject import Subject
from bot.domain.telling.language import say
from bot.domain.telling.listed import sentences
from bot.store import audit_trail
from bot.store.schema import freezes

EVERYWHERE = {"account": "*", "cluster": "*", "name": "*"}


def freeze(conn: Connection, wanted: Freeze) -> Freeze:
    """Add it (its id is given here). One that lasts over the same places is taken over by this one.

    Raise ValueError for one that ends before it begins.
    """
    if wanted.ends_at is not None and wanted.ends_at <= wanted.frozen_at:
        raise ValueError("a freeze must end after it begins")
    same = [one for one in active(conn, wanted.frozen_at) if _place(one) == _place(wanted)]
    _end(conn, [one.id for one in same], wanted.frozen_by, wanted.frozen_at)
    values = _place(wanted) | {
        "frozen_by": wanted.frozen_by,
        "frozen_at": wanted.frozen_at,
        "reason": wanted.reason,
        "ends_at": wanted.ends_at,
        "thawed_by": "",
    }
    added = _freeze(conn.execute(insert(freezes).values(values).returning(*freezes.c)).one())
    audit_trail.add(conn, [recorded(lambda: _entry(added, Deed.FROZEN, added.frozen_by, added.frozen_at))])
    return added


def thaw(conn: Connection, freeze_id: int, by: str, now: datetime) -> Freeze | None:
    """End it. None where there is no such freeze that lasts (any more)."""
    found = next((one for one in active(conn, now) if one.id == freeze_id), None)
    if found is None or not _end(conn, [freeze_id], by, now):
        return None
    audit_trail.add(conn, [recorded(lambda: _entry(found, Deed.THAWED, by, now))])
    row = conn.execute(select(freezes).where(freezes.c.id == freeze_id)).one()
    return _freeze(row)


def active(conn: Connection, now: datetime) -> list[Freeze]:
    """Freezes that last, the oldest first."""
    rows = conn.execute(select(freezes).where(_lasts(now)).order_by(freezes.c.id))
    return [_freeze(row) for row in rows]


def covering(conn: Connection, subject: Subject, now: datetime) -> Freeze | None:
    """A freeze that forbids to change the subject now; None where nothing does."""
    return next((one for one in active(conn, now) if one.covers(subject)), None)


def _lasts(now: datetime) -> ColumnElement[bool]:
    return freezes.c.thawed_at.is_(None) & or_(freezes.c.ends_at.is_(None), freezes.c.ends_at > now)


def _end(conn: Connection, ids: list[int], by: str, now: datetime) -> bool:
    mine = freezes.c.id.in_(ids) & freezes.c.thawed_at.is_(None)
    return conn.execute(update(freezes).where(mine).values(thawed_by=by, thawed_at=now)).rowcount > 0


def _place(one: Freeze) -> dict[str, str]:
    return {name: getattr(one, name) for name in EVERYWHERE}


def _entry(one: Freeze, deed: Deed, who: str, now: datetime) -> Entry:
    words = say("everything") if _place(one) == EVERYWHERE else "/".join(_place(one).values())
    if one.ends_at and deed is Deed.FROZEN:
        words = say("{what} until {when} UTC", what=words, when=f"{one.ends_at:%Y-%m-%d %H:%M}")
    told = sentences([say("{sentence}.", sentence=words), one.reason])
    return Entry(at=now, who=who, deed=deed, words=told)


def _freeze(row: Row[Any]) -> Freeze:
    return Freeze(**row._asdict())
