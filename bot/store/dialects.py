"""Dialects: the two things that the databases do not share a spelling of."""

from hashlib import blake2b

from sqlalchemy import Connection, Table, text
from sqlalchemy.dialects import postgresql, sqlite

_LOCK = text("SELECT pg_advisory_xact_lock(:number)")


def insert(conn: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that knows ON CONFLICT; its two kinds are used alike."""
    return insert_of(conn.dialect.name, table)


def insert_of(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    """The same by the dialect's name, for statements that are built once and kept."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def take_turns(conn: Connection, name: str) -> None:
    """Let transactions of other replicas that name the same thing wait until this one ends.

    SQLite's one writer has nobody to wait for.
    """
    if conn.dialect.name != "sqlite":
        conn.execute(_LOCK, {"number": number(name)})


def digest(*parts: str) -> bytes:
    """16 bytes that name these texts, for keys that nobody needs to read back."""
    return blake2b("\n".join(parts).encode("utf-8", "replace"), digest_size=16).digest()


def number(*parts: str) -> int:
    """The same in a signed 64-bit number."""
    return int.from_bytes(digest(*parts)[:8], signed=True)
