"""Persons: what the store keeps of one person, and how that person is taken out of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    String,
    Table,
    delete,
    func,
    insert,
    select,
    type_coerce,
    update,
)

from bot.domain.resize.audit import Deed, Entry
from bot.store import audit_trail
from bot.store.column_types import BoundedText
from bot.store.resize_tables import forgetting
from bot.store.schema import metadata

__all__ = ["OWN_ROWS", "PERSON", "Found", "Mistakable", "find", "forget"]

PERSON = re.compile(r"[UW][A-Z0-9]{2,30}", re.ASCII)

# Rows that are about one person and serve nobody else: they go. Everywhere else a pseudonym takes the person's place.
OWN_ROWS = {
    "direct_messages": "user_id",
    "drills": "user_id",
    "exports": "user_id",
    "homes": "user_id",
    "looks": "user_id",
    "shares": "user_id",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """How many rows of a column name the person; `is_own`: they are the person's alone."""

    table: str
    column: str
    rows: int
    is_own: bool


class Mistakable(Exception):
    """The person's id is part of another word that is kept: what is whose cannot be told apart."""


def find(conn: Connection, person: str) -> list[Found]:
    """All that names the person, of every table and every column with text: what a new table keeps is found, too."""
    return [
        Found(table=table.name, column=column.name, rows=rows, is_own=OWN_ROWS.get(table.name) == column.name)
        for table, column in _texts()
        if (rows := conn.execute(select(func.count()).where(_names(column, person))).scalar_one())
    ]


def forget(conn: Connection, person: str, pseudonym: str, now: datetime) -> list[Found]:
    """Put the pseudonym in the person's place, remove the person's own rows, and note in the audit trail that it was done.

    What was there before. The audit trail itself takes no other change than this one, and only while `forgetting`
    says whose (its trigger compares). Raises Mistakable, and nothing has changed, for an id that is part of another.
    """
    if conn.dialect.name == "postgresql":
        conn.exec_driver_sql("SET LOCAL statement_timeout = 0")  # all of every table is read
    found = find(conn, person)
    if not found:
        return []
    conn.execute(insert(forgetting).values(person=person, pseudonym=pseudonym))
    for name, key in OWN_ROWS.items():
        own = metadata.tables[name]
        conn.execute(delete(own).where(own.c[key] == person))
    for table, column in _texts():
        if table is not forgetting:
            _check(conn, column, person)
            changed = {column.name: _without(column, person, pseudonym)}
            conn.execute(update(table).where(_names(column, person)).values(changed))
    conn.execute(delete(forgetting))
    words = f"A person is forgotten; what they did stands under {pseudonym}."
    audit_trail.add(conn, [Entry(at=now, who="command line", deed=Deed.FORGOT, words=words)])
    return found


def _texts() -> Iterator[tuple[Table, Column[str]]]:
    for table in metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, BoundedText):
                yield table, column


def _names(column: Column[str], person: str) -> ColumnElement[bool]:
    """With its case, which SQLite's LIKE ignores."""
    return column != func.replace(column, person, "")


def _without(column: Column[str], person: str, pseudonym: str) -> ColumnElement[str]:
    """Past the column's limit if it must: a shorter one would not be what the trigger compares with."""
    bare = type_coerce(column, String)
    unmentioned = func.replace(bare, f"<@{person}>", pseudonym)
    return type_coerce(func.replace(unmentioned, person, pseudonym), String)


def _check(conn: Connection, column: Column[str], person: str) -> None:
    other = re.compile(rf"[A-Z0-9]{person}|{person}[A-Z0-9]", re.ASCII)
    for text in conn.execute(select(column).where(_names(column, person))).scalars():
        if other.search(text):
            raise Mistakable(f"{column.table.name}.{column.name} has another word with {person} in it")
