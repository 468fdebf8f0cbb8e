"""Fixtures for all tests: both databases, migrated and fresh for each test."""

import inspect
import shutil
from collections.abc import AsyncIterator, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import botocore.hooks
import botocore.session
import pytest
from botocore.loaders import create_loader

from bot.store import migrate
from bot.store.database import Database
from tests.postgres import Server, shared_server

pytest_plugins = ["tests.workers"]


@pytest.fixture(scope="session", autouse=True)
def _models_read_once() -> Iterator[None]:
    """What AWS's APIs are like is read once a run, not once a client of every test: a tenth of a second each.

    So is what botocore asks itself about each of its own 130 handlers whenever it is used anew: a twentieth.
    """
    accepts_kwargs, names = botocore.hooks.accepts_kwargs, botocore.hooks.EventAliaser(None)
    known = cache(accepts_kwargs)

    def accepts(handler: Any) -> Any:
        keeps_nothing = inspect.isfunction(handler) and handler.__closure__ is None
        return known(handler) if keeps_nothing else accepts_kwargs(handler)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.session, "create_loader", cache(create_loader))
        patch.setattr(botocore.hooks, "accepts_kwargs", accepts)
        patch.setattr(
            botocore.hooks.EventAliaser, "_alias_event_name", staticmethod(cache(names._alias_event_name))
        )
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
