"""Facts on the store itself, for a checkup: its revision, its clock, its size, what was heard when."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, inspect, select, text

from bot.store import freezes, pulse, sightings
from bot.store.engines import sqlite_path, store_url
from bot.store.schema import confirmations


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFacts:
    """`now` is the database's own clock, None for SQLite, which has ours."""

    kind: str
    revision: str
    now: datetime | None
    last_event_at: datetime | None
    sightings: Mapping[str, datetime]
    confirmed: frozenset[str]
    freezes: int


@dataclass(frozen=True, slots=True)
class Disk:
    """Where a SQLite file lies: its size with its log, and what is free there, in bytes."""

    path: Path
    size: int
    free: int


def revision(conn: Connection) -> str:
    """The newest migration that was applied; "" where none was."""
    if not inspect(conn).has_table("alembic_version"):
        return ""
    return str(conn.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


def facts(conn: Connection, now: datetime) -> StoreFacts:
    """Everything that only a store at the newest revision can tell."""
    kind = conn.dialect.name
    its_now: datetime | None = None
    if kind == "postgresql":
        its_now = conn.execute(text("SELECT clock_timestamp()")).scalar()
    found = conn.execute(select(confirmations.c.subscription_arn)).scalars()
    return StoreFacts(
        kind=kind,
        revision=revision(conn),
        now=its_now,
        last_event_at=pulse.last_event_at(conn),
        sightings=sightings.last(conn),
        confirmed=frozenset(one for one in found if one),
        freezes=len(freezes.active(conn, now)),
    )


def disk(url: str) -> Disk | None:
    """Where the store's file lies; None for PostgreSQL. Raises OSError."""
    path = sqlite_path(store_url(url))
    if path is None:
        return None
    files = [path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))]
    size = sum(one.stat().st_size for one in files if one.exists())
    return Disk(path, size, shutil.disk_usage(path.parent).free)
