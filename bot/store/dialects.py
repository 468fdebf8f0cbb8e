"""Dialects: the few things that the databases do not share a spelling of."""

from hashlib import blake2b

from sqlalchemy import Connection, Table, text
from sqlalchemy.dialects import postgresql, sqlite

_LOCK = text("SELECT count(pg_advisory_xact_lock(name)) FROM unnest(CAST(:numbers AS bigint[])) AS name")

_TRY = text("SELECT pg_try_advisory_xact_lock(CAST(:number AS bigint))")


def insert(conn: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that knows ON CONFLICT; its two kinds are used alike."""
    return insert_of(conn.dialect.name, table)


def insert_of(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    """The same by the dialect's name, for statements that are built once and kept."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def take_turns(conn: Connection, *names: str) -> None:
    """Let transactions of other replicas that name one of these things wait until this one ends.

    SQLite's one writer has nobody to wait for.
    """
    if conn.dialect.name != "sqlite":
        conn.execute(_LOCK, {"numbers": sorted(map(number, names))})


def has_turn(conn: Connection, name: str) -> bool:
    """Take the turn at something until this transaction ends, unless another replica has it; it is not waited for."""
    if conn.dialect.name == "sqlite":
        return True
    return bool(conn.execute(_TRY, {"number": number(name)}).scalar())


def digest(*parts: str) -> bytes:
    """16 bytes that name these texts, for keys that nobody needs to read back."""
    return blake2b("\n".join(parts).encode("utf-8", "replace"), digest_size=16).digest()


def number(*parts: str) -> int:
    """The same in a signed 64-bit number."""
    return int.from_bytes(digest(*parts)[:8], signed=True)
