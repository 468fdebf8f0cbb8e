"""Fixtures: a scene on a database, and a cloud beside it."""

import re
from collections.abc import AsyncIterator

import pytest

from bot.store.database import Database
from sandbox.aws.endpoint import ACCESS_KEY_ID, SECRET_ACCESS_KEY
from sandbox.clock import ManualClock
from tests.reconcile.cloud import Cloud, cloud
from tests.reconcile.scene import START, Scene, scene
from tests.sandbox.slack_parts import workspace

# Whose names say that several processes meet, or that one ended at an awkward moment: there the databases differ.
_MEETING = re.compile(r"worker|replica|process|died|dies|dead_|_hangs|_hung|lease|killed_between|whoever")
_BEGUN = pytest.StashKey[set[str]]()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every query is proven on both databases in tests/store. Here PostgreSQL has the first test of each file, and all
    in which processes meet; the rest goes the same way through the same queries, on SQLite.
    """
    chosen = any("store_url" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize"))
    if chosen or "store_url" not in metafunc.fixturenames:
        return
    begun = metafunc.config.stash.setdefault(_BEGUN, set())
    is_first = metafunc.module.__name__ not in begun
    begun.add(metafunc.module.__name__)
    on_both = is_first or _MEETING.search(metafunc.function.__name__)
    metafunc.parametrize("store_url", ["sqlite", "postgresql"] if on_both else ["sqlite"], indirect=True)


@pytest.fixture
def store_url(request: pytest.FixtureRequest) -> str:
    """A fresh migrated database of the kind that is asked for."""
    return str(request.getfixturevalue({"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param]))


@pytest.fixture
async def stage(database: Database) -> AsyncIterator[Scene]:
    """Store, reconcilers and Slack, with nothing recorded yet."""
    clock = ManualClock(START)
    async with workspace(clock) as slack, scene(database, slack, clock) as it:
        yield it


@pytest.fixture
async def aws(stage: Scene, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Cloud]:
    """The scene's AWS, where boto3 finds it."""
    async with cloud(stage, monkeypatch.setenv, (ACCESS_KEY_ID, SECRET_ACCESS_KEY)) as it:
        yield it
