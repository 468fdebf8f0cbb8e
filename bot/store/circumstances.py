"""Circumstances: what many kills have in common, written once and shared by all of them."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, exists, select

from bot.domain.death import Death, Limits
from bot.store.column_types import kept
from bot.store.dialects import digest, insert
from bot.store.schema import circumstances, kills

TEXTS = (
    "reason",
    "task_definition_arn",
    "launch_type",
    "image",
    "image_digest",
    "started_by",
    "container_instance_arn",
    "availability_zone",
)
LIMITS = ("container_mib", "reservation_mib", "task_mib")

# The light lock keeps pruning from removing the row before the kill that refers to it is committed.
_FIND = (
    select(circumstances.c.id)
    .where(circumstances.c.digest == bindparam("digest"))
    .with_for_update(read=True, key_share=True)
)


def id_of(conn: Connection, death: Death) -> int:
    """The number of the death's circumstances, made where they are new."""
    values = _values(death)
    named = digest(*(repr(value) for value in values.values()))
    found = conn.execute(_FIND, {"digest": named}).scalar()
    while found is None:
        fresh = insert(conn, circumstances).values(digest=named, **values)
        conn.execute(fresh.on_conflict_do_nothing())
        found = conn.execute(_FIND, {"digest": named}).scalar()
    return int(found)


def forget_unused(conn: Connection, ids: Iterable[int]) -> None:
    """Remove those of these circumstances that no kill has any more."""
    is_used = exists().where(kills.c.circumstance_id == circumstances.c.id)
    # Locked first and looked at then: whoever holds one is about to refer to it.
    wanted = select(circumstances.c.id).where(circumstances.c.id.in_(ids), ~is_used)
    free = conn.execute(wanted.with_for_update(skip_locked=True)).scalars().all()
    if free:
        conn.execute(delete(circumstances).where(circumstances.c.id.in_(free), ~is_used))


def are_equal(one: Death, other: Death) -> bool:
    """Whether two tellings share their circumstances."""
    return _values(one) == _values(other)


def limits_of(row: Row[Any]) -> Limits:
    """The limits in a row that has their columns."""
    return Limits(container_mib=row.container_mib, reservation_mib=row.reservation_mib, task_mib=row.task_mib)


def _values(death: Death) -> dict[str, Any]:
    return {
        "task_arn_stem": stem_and_id(death.task_arn)[0],
        "container": death.container,
        **{field: getattr(death, field) for field in TEXTS},
        **{field: getattr(death.limits, field) for field in LIMITS},
    }


def stem_and_id(task_arn: str) -> tuple[str, str]:
    """The ARN up to its last slash, which many tasks share, and the rest, which is the task's own."""
    stem, slash, task_id = task_arn.rpartition("/")
    return stem + slash, task_id


def kept_arn(task_arn: str) -> str:
    """The ARN as the tables keep it, cut where it is too long, so that it equals what is read back."""
    stem, task_id = stem_and_id(task_arn)
    return kept(circumstances.c.task_arn_stem, stem) + kept(kills.c.task_id, task_id)
