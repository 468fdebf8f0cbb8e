"""Group keys: each written once; kills and incidents carry its number."""

import functools
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Connection, Executable, and_, bindparam, select, true, tuple_

from bot.domain.subject.group_key import GroupKey, OwnerKind
from bot.domain.subject.silence import Matcher
from bot.domain.subject.subject import Subject
from bot.store.column_types import kept as as_kept
from bot.store.dialects import insert_of
from bot.store.schema import group_keys

FIELDS = ("account", "region", "cluster", "kind", "name", "container")
SUBJECT_FIELDS = FIELDS[:-1]
OPEN_FIELDS = ("account", "region", "cluster", "name", "container")  # whose texts come from outside

# The lock makes records of one group key take turns across replicas, before they look for its incident.
_FIND = (
    select(group_keys)
    .where(tuple_(*(group_keys.c[field] for field in FIELDS)).in_(bindparam("keys", expanding=True)))
    .order_by(group_keys.c.id)
    .with_for_update(key_share=True)
)


def locked_ids(conn: Connection, keys: Collection[GroupKey]) -> dict[GroupKey, int]:
    """The numbers of these keys, made where they are new; their rows stay locked until the commit."""
    found = _find(conn, keys)
    while missing := sorted(set(keys) - found.keys()):
        conn.execute(
            _add(conn.dialect.name), [dict(zip(FIELDS, _texts(key), strict=True)) for key in missing]
        )
        found |= _find(conn, missing)
    return found


def _find(conn: Connection, keys: Collection[GroupKey]) -> dict[GroupKey, int]:
    rows = conn.execute(_FIND, {"keys": [_texts(key) for key in keys]}) if keys else ()
    return {of_row(row): row.id for row in rows}


@functools.cache
def _add(dialect: str) -> Executable:
    return insert_of(dialect, group_keys).on_conflict_do_nothing()


def _texts(key: GroupKey) -> tuple[str, ...]:
    return (key.account, key.region, key.cluster, key.kind.value, key.name, key.container)


def of_row(row: Any) -> GroupKey:
    """The key in a row that has its columns."""
    return GroupKey(row.account, row.region, row.cluster, OwnerKind(row.kind), row.name, row.container)


@functools.lru_cache(maxsize=10_000)
def kept(key: GroupKey) -> GroupKey:
    """The key as the table keeps it, cut where it is too long, so that it equals what is read back."""
    texts = {field: as_kept(group_keys.c[field], getattr(key, field)) for field in OPEN_FIELDS}
    return GroupKey(kind=key.kind, **texts)


def subject_of_row(row: Any) -> Subject:
    """The subject in a row that has its columns."""
    return Subject(row.account, row.region, row.cluster, OwnerKind(row.kind), row.name)


def of_subject(subject: Subject) -> ColumnElement[bool]:
    """Condition on `group_keys`: the keys of this subject's containers."""
    return and_(true(), *(group_keys.c[field] == str(getattr(subject, field)) for field in SUBJECT_FIELDS))


def matching(matcher: Matcher) -> ColumnElement[bool]:
    """Condition on `group_keys`: what Matcher.matches says."""
    wanted = {field: getattr(matcher, field) for field in FIELDS}
    return and_(true(), *(group_keys.c[field] == str(want) for field, want in wanted.items() if want))
