"""Incident rows: the incidents of some lines, read and locked for the ledger, and written again."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    Select,
    bindparam,
    case,
    exists,
    func,
    insert,
    literal,
    select,
    update,
)

from bot.domain.incident.incident import Phase, Resolution
from bot.domain.kills.verdict import Verdict
from bot.store.column_types import WHOLE, Rank, UtcDateTime
from bot.store.openings import FAILURE, MEMORY, SILENT, Line, Opening
from bot.store.prepared import Among, Many
from bot.store.schema import RESOLVED, incidents, kills

_COUNTED = ("verdict", "generation", "kill_count", "first_kill_at", "last_kill_at")
_PHASED = (
    *("concern", "phase", "acknowledged_by", "acknowledged_at", "reopened_count", "reopened_at"),
    *("resolved_by", "resolved_at", "resolution"),
)
_FIRST = ("id", "group_key_id", "concern", "phase", "resolution")
# What a row and an Opening say alike.
_PLAIN = (
    *_COUNTED,
    *("opened_at", "acknowledged_by", "acknowledged_at", "reopened_count", "reopened_at", "resolved_at"),
)

# Not the strongest lock: rows that refer to an incident can be made meanwhile.
_IN_ORDER = (
    select(*(incidents.c[name] for name in (*_FIRST, *_PLAIN)))
    .order_by(incidents.c.id)
    .with_for_update(key_share=True)
)
_UNFINISHED = Among(
    lambda _, keys: _IN_ORDER.where(
        incidents.c.group_key_id.in_([key_id for (key_id,) in keys]), incidents.c.phase != RESOLVED
    ),
    WHOLE,
)
_RESOLVED = _IN_ORDER.where(
    incidents.c.group_key_id.in_(bindparam("keys", expanding=True)),
    incidents.c.concern.in_((MEMORY, FAILURE, SILENT)),  # for the index
    incidents.c.phase == RESOLVED,
    incidents.c.resolved_at >= bindparam("since", type_=UtcDateTime()),
)
_THESE = _IN_ORDER.where(incidents.c.id.in_(bindparam("ids", expanding=True)))
_OPEN = insert(incidents).returning(incidents.c.id, sort_by_parameter_order=True)


def _change(names: Sequence[str]) -> Executable:
    values = {name: bindparam(f"new_{name}", type_=incidents.c[name].type) for name in names}
    return update(incidents).where(incidents.c.id == bindparam("incident_id")).values(values)


_COUNT = Many(lambda _: _change(_COUNTED))
_TURN = _change(_PHASED)


def _of_its_kills(value: ColumnElement[Any]) -> Select[Any]:
    return select(value).where(kills.c.incident_id == incidents.c.id)


# One OOM among the kills is found at once; only without any are all of them read.
_HAS_OOM = exists(_of_its_kills(literal(1)).where(kills.c.verdict == Verdict.OOM))
_EVEN_OUT = (
    update(incidents)
    .where(incidents.c.id.in_(bindparam("ids", expanding=True)), exists(_of_its_kills(literal(1))))
    .values(
        verdict=case(
            (_HAS_OOM, literal(Verdict.OOM, Rank())),
            else_=_of_its_kills(func.min(kills.c.verdict)).scalar_subquery(),
        ),
        first_kill_at=_of_its_kills(func.min(kills.c.died_at)).scalar_subquery(),
        last_kill_at=_of_its_kills(func.max(kills.c.died_at)).scalar_subquery(),
    )
)


def unfinished(conn: Connection, key_ids: Collection[int]) -> list[Opening]:
    """The unfinished incidents of these group keys, locked; the caller has locked the keys, so no more can open."""
    return [_opening(row) for row in _UNFINISHED.rows(conn, [(one,) for one in sorted(key_ids)])]


def resolved(conn: Connection, key_ids: Collection[int], since: datetime) -> list[Opening]:
    """Those of these group keys that were resolved since, locked."""
    return _openings(conn, _RESOLVED, {"keys": sorted(key_ids), "since": since}) if key_ids else []


def by_ids(conn: Connection, ids: Collection[int]) -> list[Opening]:
    """These incidents, locked."""
    return _openings(conn, _THESE, {"ids": sorted(ids)}) if ids else []


def save(conn: Connection, changed: Sequence[Opening]) -> None:
    """Write these incidents; new ones get their ids."""
    new = [opening for opening in changed if opening.id is None]
    old = sorted((opening for opening in changed if opening.id is not None), key=_number)
    _COUNT.run(conn, [_counted(opening) for opening in old])
    if turned := [_turned(opening) for opening in old if opening.has_turned]:
        conn.execute(_TURN, turned)
    if new:
        ids = conn.execute(_OPEN, [_row(opening) for opening in new]).scalars()
        for opening, number in zip(new, ids, strict=True):
            opening.id = number


def even_out(conn: Connection, changed: Sequence[Opening]) -> None:
    """Let incidents that kills left or moved in say what their kills say, which are written."""
    if uneven := sorted(_number(opening) for opening in changed if opening.is_uneven):
        conn.execute(_EVEN_OUT, {"ids": uneven})


def _openings(conn: Connection, query: Select[Any], values: dict[str, Any]) -> list[Opening]:
    return [_opening(row) for row in conn.execute(query, values)]


def _opening(row: Iterable[Any]) -> Opening:
    number, group_key_id, concern, phase, resolution, *plain = row
    return Opening(
        id=number,
        line=Line(group_key_id, concern),
        phase=Phase(phase),
        resolution=None if resolution is None else Resolution(resolution),
        **dict(zip(_PLAIN, plain, strict=True)),
    )


def _row(opening: Opening) -> dict[str, Any]:
    return {
        "group_key_id": opening.line.group_key_id,
        "concern": opening.line.concern,
        "phase": opening.phase.value,
        "resolution": _resolution(opening),
        "resolved_by": "",
        **{name: getattr(opening, name) for name in _PLAIN},
    }


def _counted(opening: Opening) -> dict[str, Any]:
    return {"incident_id": opening.id, **{f"new_{name}": getattr(opening, name) for name in _COUNTED}}


def _turned(opening: Opening) -> dict[str, Any]:
    row = _row(opening)
    return {"incident_id": opening.id, **{f"new_{name}": row[name] for name in _PHASED}}


def _resolution(opening: Opening) -> str | None:
    return None if opening.resolution is None else opening.resolution.value


def _number(opening: Opening) -> int:
    return opening.id or 0
