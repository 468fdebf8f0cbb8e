"""Group keys: each written once; kills and incidents carry its number."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, select, true

from bot.domain.group_key import GroupKey, OwnerKind
from bot.domain.silence import Matcher
from bot.domain.subject import Subject
from bot.store.column_types import kept as as_kept
from bot.store.dialects import insert
from bot.store.schema import group_keys

FIELDS = ("account", "region", "cluster", "kind", "name", "container")
SUBJECT_FIELDS = FIELDS[:-1]
OPEN_FIELDS = ("account", "region", "cluster", "name", "container")  # whose texts come from outside

# The lock makes records of one group key take turns across replicas, before they look for its incident.
_FIND = (
    select(group_keys.c.id)
    .where(*(group_keys.c[field] == bindparam(field) for field in FIELDS))
    .with_for_update(key_share=True)
)


def locked_id(conn: Connection, key: GroupKey) -> int:
    """The key's number, made where it is new; its row stays locked until the commit."""
    values = {field: str(getattr(key, field)) for field in FIELDS}
    found = conn.execute(_FIND, values).scalar()
    while found is None:
        conn.execute(insert(conn, group_keys).values(values).on_conflict_do_nothing())
        found = conn.execute(_FIND, values).scalar()
    return int(found)


def of_row(row: Any) -> GroupKey:
    """The key in a row that has its columns."""
    return GroupKey(row.account, row.region, row.cluster, OwnerKind(row.kind), row.name, row.container)


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
