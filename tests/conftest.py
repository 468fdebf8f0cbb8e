"""Fixtures for all tests: both databases, migrated and fresh for each test."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.loaders import create_loader
from xdist.scheduler import LoadScopeScheduling

from bot.store import migrate
from bot.store.database import Database
from tests.postgres import Server, shared_server

# Tests that share what is dear to begin: a browser, a sandbox, a world, an emulator. They are also the slow ones.
TOGETHER = (
    "tests/story/",
    "tests/sandbox/page/",
    "tests/aws/evidence/test_every_kind.py",
    "tests/deploy/test_deployed.py",
)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Tests that lie together run in one worker, all others wherever there is room.

    Marks of groups would do, but pytest-xdist 3.8 writes them where pytest 9.2 does not look any more.
    """
    scheduler = LoadScopeScheduling(config, log)
    scheduler._split_scope = _together
    return scheduler


def _together(nodeid: str) -> str:
    return next((place for place in TOGETHER if nodeid.startswith(place)), nodeid)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow ones first, so that no worker is left alone with them at the end."""
    items.sort(key=lambda item: not item.nodeid.startswith(TOGETHER))


def pytest_xdist_auto_num_workers() -> int:
    """Twice the cores: half of the time a test waits for a browser, a process or a disk."""
    return 2 * (os.cpu_count() or 1)


@pytest.fixture(scope="session", autouse=True)
def _models_read_once() -> Iterator[None]:
    """What AWS's APIs are like is read once a run, not once a client of every test: a tenth of a second each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.session, "create_loader", cache(create_loader))
        yield


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all workers of this session share."""
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


@pytest.fixture(scope="session")
def postgres(shared_folder: Path) -> Iterator[Server]:
    """The session's PostgreSQL server."""
    with shared_server(shared_folder) as server:
        yield server


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    migrate.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(migrated_file: Path, tmp_path: Path) -> str:
    """A fresh SQLite database, migrated."""
    path = tmp_path / "oom.db"
    shutil.copy(migrated_file, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(postgres: Server) -> Iterator[str]:
    """A fresh PostgreSQL database, migrated."""
    with postgres.database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> str:
    """A fresh migrated database of each kind."""
    name = {"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param]
    return str(request.getfixturevalue(name))


@pytest.fixture
async def database(store_url: str) -> AsyncIterator[Database]:
    """The store on each of the two."""
    db = Database.open(store_url)
    yield db
    await db.close()
