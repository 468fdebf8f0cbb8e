"""The audit trail: what was done, by whom and why; entries are added in the transaction of the deed, and only read."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, insert, select, update

from bot.domain.resize.audit import Deed, Entry
from bot.store import dialects
from bot.store.schema import audit_cursors, audit_trail

PAGE = 500


def add(conn: Connection, entries: Iterable[Entry]) -> None:
    """Write entries; their ids are given here."""
    rows = [_values(entry) for entry in entries]
    if rows:
        conn.execute(insert(audit_trail), rows)


def of_subject(conn: Connection, subject: str, *, limit: int = 50) -> list[Entry]:
    """The newest entries about `str(Subject)`, the newest first."""
    query = select(audit_trail).where(audit_trail.c.subject == subject).order_by(audit_trail.c.id.desc())
    return _entries(conn, query.limit(limit))


def of_resize(conn: Connection, resize_id: int) -> list[Entry]:
    """All entries about one resize, in their order."""
    query = select(audit_trail).where(audit_trail.c.resize_id == resize_id).order_by(audit_trail.c.id)
    return _entries(conn, query)


def page(conn: Connection, since: datetime, until: datetime, *, after: int = 0) -> list[Entry]:
    """Up to PAGE entries of since <= at < until whose ids are larger than `after`: an export asks until none come."""
    query = select(audit_trail).where(audit_trail.c.id > after, audit_trail.c.at >= since)
    return _entries(conn, query.where(audit_trail.c.at < until).order_by(audit_trail.c.id).limit(PAGE))


def unread(conn: Connection, reader: str, before: datetime, *, limit: int = 20) -> list[Entry]:
    """What `reader` (who passes entries on) has not read, in order, of what was written before a few seconds ago.

    Ids are given before the commit: an entry that is only just being written may come with a smaller id.
    """
    cursor = select(audit_cursors.c.entry_id).where(audit_cursors.c.name == reader)
    newer = audit_trail.c.id > (conn.execute(cursor).scalar() or 0)
    query = select(audit_trail).where(newer, audit_trail.c.at < before).order_by(audit_trail.c.id)
    return _entries(conn, query.limit(limit))


def read_up_to(conn: Connection, reader: str, entry_id: int) -> bool:
    """Note that `reader` has passed on all up to this entry; False where somebody did so before."""
    first = dialects.insert(conn, audit_cursors).values(name=reader, entry_id=entry_id)
    if conn.execute(first.on_conflict_do_nothing().returning(audit_cursors.c.name)).first() is not None:
        return True
    mine = (audit_cursors.c.name == reader) & (audit_cursors.c.entry_id < entry_id)
    return conn.execute(update(audit_cursors).where(mine).values(entry_id=entry_id)).rowcount == 1


def give_back(conn: Connection, reader: str, taken: int, before: int) -> bool:
    """What `reader` took, up to the entry `taken`, was not passed on after all: it begins anew after `before`.

    False, and nothing changed, where somebody has read further meanwhile.
    """
    mine = (audit_cursors.c.name == reader) & (audit_cursors.c.entry_id == taken)
    return conn.execute(update(audit_cursors).where(mine).values(entry_id=before)).rowcount == 1


def forget(conn: Connection, before: datetime, batch: int) -> int:
    """Remove up to `batch` entries that are older; how many those were."""
    old = select(audit_trail.c.id).where(audit_trail.c.at < before).order_by(audit_trail.c.at).limit(batch)
    ids = conn.execute(old.with_for_update(skip_locked=True)).scalars().all()
    return conn.execute(delete(audit_trail).where(audit_trail.c.id.in_(ids))).rowcount if ids else 0


def _values(entry: Entry) -> dict[str, Any]:
    values = asdict(entry)
    del values["id"]
    return values | {"deed": entry.deed.value}


def _entries(conn: Connection, query: Select[Any]) -> list[Entry]:
    rows: Sequence[Row[Any]] = conn.execute(query).all()
    return [Entry(**{**row._asdict(), "deed": Deed(row.deed)}) for row in rows]
