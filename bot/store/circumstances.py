"""Circumstances: what many kills have in common, written once and shared by all of them."""

import functools
from collections.abc import Collection, Iterable
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Executable, Row, delete, exists, select

from bot.domain.kills.death import Death, Limits
from bot.store.column_types import bounded, limit_of
from bot.store.dialects import digest, insert_of
from bot.store.prepared import Among
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

NAMES = ("task_arn_stem", "container", *TEXTS, *LIMITS)

_LONGEST_STEM, _LONGEST_ID = limit_of(circumstances.c.task_arn_stem), limit_of(kills.c.task_id)

Shared = tuple[str | int | None, ...]  # the values of NAMES

# The light lock keeps pruning from removing the row before the kill that refers to it is committed.
_FIND = Among(
    lambda _, digests: (
        select(circumstances.c.id, circumstances.c.digest)
        .where(circumstances.c.digest.in_([one for (one,) in digests]))
        .order_by(circumstances.c.id)
        .with_for_update(read=True, key_share=True)
    ),
    circumstances.c.digest.type,
)
_told = attrgetter(*TEXTS, *(f"limits.{name}" for name in LIMITS))


def shared_by(death: Death) -> Shared:
    """The death's circumstances."""
    return (stem_and_id(death.task_arn)[0], death.container, *_told(death))


def ids_of(conn: Connection, wanted: Iterable[Shared]) -> dict[Shared, int]:
    """The numbers of these circumstances, made where they are new."""
    named = {digest(*map(repr, one)): one for one in wanted}
    found = _find(conn, named)
    while missing := sorted(named.keys() - found.keys()):
        rows = [{"digest": name, **dict(zip(NAMES, named[name], strict=True))} for name in missing]
        conn.execute(_add(conn.dialect.name), rows)
        found |= _find(conn, missing)
    return {named[name]: number for name, number in found.items()}


def _find(conn: Connection, digests: Collection[bytes]) -> dict[bytes, int]:
    return {bytes(name): number for number, name in _FIND.rows(conn, [(one,) for one in digests])}


@functools.cache
def _add(dialect: str) -> Executable:
    return insert_of(dialect, circumstances).on_conflict_do_nothing()


def forget_unused(conn: Connection, ids: Collection[int]) -> None:
    """Remove those of these circumstances that no kill has any more."""
    if not ids:
        return
    is_used = exists().where(kills.c.circumstance_id == circumstances.c.id)
    # Locked first and looked at then: whoever holds one is about to refer to it.
    wanted = select(circumstances.c.id).where(circumstances.c.id.in_(ids), ~is_used)
    free = conn.execute(wanted.with_for_update(skip_locked=True)).scalars().all()
    if free:
        conn.execute(delete(circumstances).where(circumstances.c.id.in_(free), ~is_used))


def limits_of(row: Row[Any]) -> Limits:
    """The limits in a row that has their columns."""
    return Limits(container_mib=row.container_mib, reservation_mib=row.reservation_mib, task_mib=row.task_mib)


def stem_and_id(task_arn: str) -> tuple[str, str]:
    """The ARN up to its last slash, which many tasks share, and the rest, which is the task's own."""
    stem, slash, task_id = task_arn.rpartition("/")
    return stem + slash, task_id


def kept_arn(task_arn: str) -> str:
    """The ARN as the tables keep it, cut where it is too long, so that it equals what is read back."""
    stem, task_id = stem_and_id(task_arn)
    return bounded(stem, _LONGEST_STEM) + bounded(task_id, _LONGEST_ID)
