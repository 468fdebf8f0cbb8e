"""Entries: kills as the ledger has them, and their way into the table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from bot.domain.kills.death import Death
from bot.store import circumstances
from bot.store.circumstances import Shared, shared_by, stem_and_id
from bot.store.dialects import number
from bot.store.openings import Opening
from bot.store.prepared import Many
from bot.store.schema import kills

_OWN = ("verdict", "died_at", "started_at", "exit_code", "task_version", "task_stopped")
_CHANGING = (*_OWN, "confidence", "group_key_id", "incident_id", "circumstance_id")
_THESE = kills.c.id.in_(bindparam("ids", expanding=True))
_CIRCUMSTANCES = select(kills.c.circumstance_id).where(_THESE)
_REMOVE = delete(kills).where(_THESE)
_ADD = Many(lambda _: insert(kills), ("task_id", "death_digest", "recorded_at", "recovered", *_CHANGING))
_CHANGE = (
    update(kills)
    .where(kills.c.id == bindparam("kill_id"))
    .values({name: bindparam(f"new_{name}", type_=kills.c[name].type) for name in _CHANGING})
)


@dataclass(slots=True, eq=False, kw_only=True)
class Entry:
    """One kill as the ledger has it; `kill_id` is None while the table has none of it."""

    death: Death
    incident: Opening
    recorded_at: datetime
    recovered: bool
    kill_id: int | None = None


def name_of(death: Death) -> tuple[str, int]:
    """What is unique of a death: the task's own part of its ARN, and a digest of ARN and container."""
    return stem_and_id(death.task_arn)[1], number(death.task_arn, death.container)


def save(
    conn: Connection, added: Sequence[Entry], changed: Sequence[Entry], removed: Sequence[Entry]
) -> None:
    """Write what is new, what changed and what was taken back. The incidents' rows must be there."""
    gone = sorted(entry.kill_id for entry in removed if entry.kill_id)
    touched = sorted(gone + [entry.kill_id for entry in changed if entry.kill_id])
    before = set(conn.execute(_CIRCUMSTANCES, {"ids": touched}).scalars()) if touched else set()
    ids = circumstances.ids_of(conn, {shared_by(entry.death) for entry in (*added, *changed)})
    if gone:
        conn.execute(_REMOVE, {"ids": gone})
    if changed:
        conn.execute(_CHANGE, [_news(entry, ids) for entry in changed])
    _ADD.run(conn, [_row(entry, ids) for entry in added])
    circumstances.forget_unused(conn, before.difference(ids.values()))


def _row(entry: Entry, ids: Mapping[Shared, int]) -> dict[str, Any]:
    task_id, death_digest = name_of(entry.death)
    return {
        "task_id": task_id,
        "death_digest": death_digest,
        "recorded_at": entry.recorded_at,
        "recovered": entry.recovered,
        **_changing(entry, ids),
    }


def _news(entry: Entry, ids: Mapping[Shared, int]) -> dict[str, Any]:
    return {f"new_{name}": value for name, value in _changing(entry, ids).items()} | {
        "kill_id": entry.kill_id
    }


def _changing(entry: Entry, ids: Mapping[Shared, int]) -> dict[str, Any]:
    return {
        **{name: getattr(entry.death, name) for name in _OWN},
        "confidence": entry.death.confidence.value,
        "group_key_id": entry.incident.line.group_key_id,
        "incident_id": entry.incident.id,
        "circumstance_id": ids[shared_by(entry.death)],
    }
