"""Rolling deploys: while the schema is brought up to date, processes of the version before go on writing."""

import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, MetaData, create_engine, event, func, insert, select

from bot.store import leases, lookups, migrate, pulse
from bot.store.database import Database
from bot.store.engines import store_url as read_url
from bot.store.schema import metadata
from tests.postgres import Server
from tests.store.telling import NOW

OLD = "0003"
MORE = 25  # rows that each writer writes after the migration
# What only adds: none of it rewrites a table, and code that does not know of it need not.
_EXPANDS = re.compile(
    r"CREATE (UNIQUE )?INDEX |CREATE TABLE |CREATE FUNCTION |CREATE TRIGGER \w+ .* ON audit_trail |"  # a new table's
    r"CREATE TRIGGER kills_\w+ AFTER .* EXECUTE FUNCTION note_changed_kills\(\)$|"  # which only adds to a new table
    r"CREATE OR REPLACE FUNCTION audit_trail_kept\(|"  # what guards the trail; older processes only add to it
    r"(UPDATE|INSERT INTO) alembic_version|"
    r"ALTER TABLE \w+ ADD COLUMN \w+ \w+( DEFAULT '?\w*'?)?( NOT NULL)?$"
)


def configured(**attributes: Any) -> Config:
    """Alembic as the program uses it."""
    config = Config()
    config.set_main_option("script_location", str(migrate.MIGRATIONS).replace("%", "%%"))
    config.attributes.update(applied=[], **attributes)
    return config


@pytest.fixture
def old_url(postgres: Server) -> Iterator[str]:
    """A database as the version before left it."""
    with postgres.database("template0") as url:
        engine = create_engine(read_url(url))
        with engine.begin() as connection:
            command.upgrade(configured(connection=connection), OLD)
        engine.dispose()
        yield url


class Writer(threading.Thread):
    """An old process: it knows the old tables, and fills in all of their columns and no others."""

    def __init__(self, engine: Engine, name: str, migrated: threading.Event) -> None:
        super().__init__()
        self._engine, self._name, self._migrated = engine, name, migrated
        self._tables = MetaData()
        self._tables.reflect(engine)
        self.written = 0
        self.trouble: Exception | None = None

    def run(self) -> None:
        """Until the migration is done, and a little longer."""
        left = MORE
        try:
            while left:
                left -= self._migrated.is_set()
                with self._engine.begin() as connection:
                    self._write(connection, f"{self._name}-{self.written}")
                self.written += 1
        except Exception as error:
            self.trouble = error
            raise

    def _write(self, connection: Connection, name: str) -> None:
        for table in ("deliveries", "lookups", "pulses"):
            columns = self._tables.tables[table].c
            row = {column.name: _value(column, name) for column in columns if column.name != "id"}
            connection.execute(insert(self._tables.tables[table]).values(row))


def _value(column: Any, name: str) -> Any:
    kind = column.type.python_type
    if column.nullable:
        return None
    return name.encode() if kind is bytes else 0 if kind is int else name


async def test_what_old_processes_write_meanwhile_is_there_for_the_new_ones(old_url: str) -> None:
    engine, migrated = create_engine(read_url(old_url)), threading.Event()
    writers = [Writer(engine, name, migrated) for name in ("one", "other")]
    for writer in writers:
        writer.start()
    applied = migrate.upgrade(old_url)
    migrated.set()
    for writer in writers:
        writer.join()
    engine.dispose()
    assert applied
    assert [writer.trouble for writer in writers] == [None, None]
    db = Database.open(old_url)
    try:
        await db.check()
        written = sum(writer.written for writer in writers)
        for table in ("deliveries", "pulses"):
            assert await db.read(_count, table) == written
        leased = await db.write(lookups.lease, "new", NOW, limit=9999, lease_for=timedelta(minutes=1))
        assert len(leased) == written
        assert await db.write(leases.release, "new") == written
        assert await db.read(pulse.last_event_at) is None
    finally:
        await db.close()


def _count(conn: Connection, table: str) -> int:
    return int(conn.execute(select(func.count()).select_from(metadata.tables[table])).scalar_one())


def test_migrations_only_expand(old_url: str) -> None:
    said: list[str] = []
    engine = create_engine(read_url(old_url))
    event.listen(
        engine, "before_cursor_execute", lambda *execution: said.append(" ".join(execution[2].split()))
    )
    with engine.begin() as connection:
        command.upgrade(configured(connection=connection), "head")
    engine.dispose()
    changes = [one for one in said if not one.startswith(("SELECT", "SHOW"))]
    assert changes
    assert [one for one in changes if not _EXPANDS.match(one)] == []
