"""Database: what it opens, what it refuses, and that what it acknowledged is there."""

import asyncio
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, text

from bot.store import migrate
from bot.store.database import Database, SchemaOutdated, StoreUnavailable
from bot.store.engines import store_url as read_url
from tests.postgres import Server
from tests.store.telling import Teller, death

KILLED_WRITES = 120
WRITER = """
import asyncio, sys
from bot.store.database import Database
from tests.store.telling import Teller, death, key

async def main():
    teller = Teller(Database.open(sys.argv[1]))
    async def write(worker):
        for number in range(10**6):
            task = f"{worker}-{number}"
            await teller.tell(death(task, group_key=key(f"s{number % 5}")), message_id=task)
            print(task, flush=True)
    await asyncio.gather(*(write(worker) for worker in range(8)))

asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        pytest.param("sqlite:///oom.db", "sqlite", id="a file here"),
        pytest.param("sqlite:////var/lib/oom.db", "sqlite", id="a file there"),
        pytest.param("postgres://u:p@db/oom?sslmode=require", "postgresql+psycopg", id="as Heroku writes it"),
        pytest.param("postgresql://u:p@db:5432/oom", "postgresql+psycopg", id="as libpq writes it"),
        pytest.param("postgresql+asyncpg://db/oom", "postgresql+psycopg", id="meant for another driver"),
    ],
)
def test_addresses_that_are_understood(url: str, driver: str) -> None:
    assert read_url(url).drivername == driver


@pytest.mark.parametrize("url", ["", "oom.db", "mysql://u:hush@db/oom", "sqlite://", "sqlite:///:memory:"])
def test_addresses_that_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="DATABASE_URL") as refusal:
        Database.open(url)
    assert "hush" not in str(refusal.value)


async def test_an_empty_database_says_what_to_do(tmp_path: Path, postgres: Server) -> None:
    with postgres.database("template0") as empty:
        for url in (empty, f"sqlite:///{tmp_path}/new/oom.db"):
            database = Database.open(url)
            with pytest.raises(SchemaOutdated, match=r"run: python app\.py migrate"):
                await database.check()
            await database.close()


async def test_a_migrated_or_newer_database_is_fine(database: Database) -> None:
    await database.check()
    newer = text("UPDATE alembic_version SET version_num = '9999'")
    await database.write(lambda conn: conn.execute(newer).rowcount)
    await database.check()


async def test_an_absent_server_is_unavailable(tmp_path: Path) -> None:
    database = Database.open(f"postgresql://postgres@/oom?host={tmp_path}")
    with pytest.raises(StoreUnavailable, match="OperationalError"):
        await database.check()
    with pytest.raises(StoreUnavailable, match="OperationalError"):
        await database.write(lambda conn: conn.execute(text("SELECT 1")).scalar())
    await database.close()


async def test_a_restarted_server_costs_nobody_anything(postgres_url: str) -> None:
    teller = Teller(Database.open(postgres_url))
    await teller.tell(death(1))
    engine = create_engine(read_url(postgres_url), isolation_level="AUTOCOMMIT")
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    with engine.connect() as connection:
        connection.execute(text(f"{others} AND pid <> pg_backend_pid()"))
    engine.dispose()
    assert (await teller.tell(death(2))).new_kills == 1
    assert len(await teller.db.read(_kill_ids)) == 2
    await teller.db.close()


async def test_a_second_process_is_refused_with_a_clear_sentence(sqlite_url: str) -> None:
    database = Database.open(sqlite_url)
    code = f"from bot.store.database import Database; Database.open({sqlite_url!r})"
    second = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stderr=subprocess.PIPE)
    _, said = await second.communicate()
    assert second.returncode == 1
    assert b"is in use by another process, and SQLite serves one process only" in said
    with pytest.raises(StoreUnavailable, match="in use"):
        migrate.upgrade(sqlite_url)
    await database.close()
    await Database.open(sqlite_url).close()


async def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable, match="cannot be opened: "):
        Database.open(f"sqlite:///{tmp_path}/file/oom.db")


async def test_the_file_is_its_owners_alone_and_the_wal_is_emptied(sqlite_url: str, tmp_path: Path) -> None:
    fresh = tmp_path / "fresh" / "oom.db"
    migrate.upgrade(f"sqlite:///{fresh}")
    assert fresh.stat().st_mode & 0o077 == 0
    teller = Teller(Database.open(sqlite_url))
    await teller.tell(death())
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
    await teller.db.close()
    assert not path.with_name("oom.db-wal").exists()


async def test_an_idle_writer_empties_the_wal(sqlite_url: str, tmp_path: Path) -> None:
    teller = Teller(Database.open(sqlite_url))
    await teller.tell(death("abc"))
    async with asyncio.timeout(10):
        while b"abc" not in (tmp_path / "oom.db").read_bytes():  # noqa: ASYNC110 -- a file tells nobody
            await asyncio.sleep(0.05)
    await teller.db.close()


async def test_sqlite_is_durable_and_safe(sqlite_url: str) -> None:
    database = Database.open(sqlite_url)

    def settings(conn: Connection) -> dict[str, Any]:
        names = ("journal_mode", "synchronous", "wal_autocheckpoint", "foreign_keys", "query_only")
        return {name: conn.execute(text(f"PRAGMA {name}")).scalar() for name in names}

    safe = {"journal_mode": "wal", "wal_autocheckpoint": 0, "foreign_keys": 1}
    assert await database.write(settings) == safe | {"synchronous": 2, "query_only": 0}
    assert await database.read(settings) == safe | {"synchronous": 2, "query_only": 1}
    await database.close()


async def test_what_was_acknowledged_survives_kill_9(store_url: str) -> None:
    command = [sys.executable, "-c", WRITER, store_url]
    writer = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    assert writer.stdout is not None
    lines = [await writer.stdout.readline() for _ in range(KILLED_WRITES)]
    writer.kill()
    lines += (await writer.stdout.read()).splitlines(keepends=True)
    await writer.wait()
    acknowledged = [line.decode().strip() for line in lines if line.endswith(b"\n")]
    database = Database.open(store_url)
    kept = await database.read(_kill_ids)
    assert len(acknowledged) >= KILLED_WRITES
    assert set(acknowledged) <= set(kept)
    counted = await database.read(
        lambda conn: conn.execute(text("SELECT sum(kill_count) FROM incidents")).scalar()
    )
    assert counted == len(kept)
    await database.close()


def _kill_ids(conn: Connection) -> list[str]:
    return list(conn.execute(text("SELECT task_id FROM kills")).scalars())
