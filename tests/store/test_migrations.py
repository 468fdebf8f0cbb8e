"""Migrations: they make the schema that the code describes, once, whoever tries at the same time."""

import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from bot.store import migrate
from bot.store.engines import store_url as read_url
from bot.store.engines import writer_engine
from bot.store.errors import StoreUnavailable
from bot.store.schema import REVISION, metadata
from tests.postgres import Server

# SQLite puts a column that was added later onto the line of the one before.
_BETWEEN = re.compile(r",\s*\n|,\s(?=\w+ (?:INTEGER|TEXT|BLOB))|\(\n|\n?\)(?=\s+STRICT)|\n\)")


def test_the_code_knows_the_newest_revision() -> None:
    script = ScriptDirectory(str(migrate.MIGRATIONS))
    assert script.get_heads() == [REVISION]


def _revisions() -> list[str]:
    """All of them, the oldest first."""
    script = ScriptDirectory(str(migrate.MIGRATIONS))
    return [step.revision for step in reversed(list(script.walk_revisions()))]


def test_a_second_run_has_nothing_to_do(tmp_path: Path, postgres: Server) -> None:
    with postgres.database("template0") as empty:
        for url in (empty, f"sqlite:///{tmp_path}/odd %20 name.db"):
            assert migrate.upgrade(url) == _revisions()
            assert migrate.upgrade(url) == []


def test_sqlite_gets_exactly_the_schema_of_the_code(migrated_file: Path, tmp_path: Path) -> None:
    described = tmp_path / "described.db"
    engine = writer_engine(read_url(f"sqlite:///{described}"))
    metadata.create_all(engine)
    engine.dispose()
    assert _parts(migrated_file) == _parts(described)


def _parts(path: Path) -> dict[str, list[str]]:
    """Columns and constraints of each table and index; columns in their order, constraints in any."""
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    connection.close()
    parts = {name: [part.strip() for part in re.split(_BETWEEN, sql)] for name, sql in rows}
    return {
        name: sorted(
            lines, key=lambda line: (line.startswith("CONSTRAINT"), line.startswith("CONSTRAINT") and line)
        )
        for name, lines in parts.items()
        if "alembic" not in name and not name.startswith("sqlite_")
    }


def test_postgres_gets_the_schema_of_the_code(postgres_url: str) -> None:
    engine = create_engine(read_url(postgres_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_four_processes_at_once_migrate_once(postgres: Server) -> None:
    code = "import sys; from bot.store import migrate; print(migrate.upgrade(sys.argv[1]))"
    with postgres.database("template0") as empty:
        command = [sys.executable, "-c", code, empty]
        running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
        said = sorted(process.communicate()[0].strip() for process in running)
    assert said == sorted([str(_revisions()), "[]", "[]", "[]"])


def test_an_absent_server_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        migrate.upgrade(f"postgresql://postgres@/oom?host={tmp_path}")


def test_what_a_newer_program_migrated_is_left_as_it_is(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/newer.db"
    migrate.upgrade(url)
    engine = writer_engine(read_url(url))
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    assert migrate.upgrade(url) == []
