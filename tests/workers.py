"""Workers: how tests are dealt out to the processes that run them, and what these spare one another."""

import gc
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

TESTS = Path(__file__).parent
MEMORY = Path("/dev/shm")
ROOM_BYTES = 4 << 30
# Tests that share what is dear to begin: a browser, a sandbox, a world, an emulator, all sentences. They are also long.
TOGETHER = (
    "tests/story/test_resize_ends.py",
    "tests/story/",
    "tests/sandbox/page/",
    "tests/aws/evidence/test_every_kind.py",
    "tests/deploy/test_deployed.py",
    "tests/language/",
)
# Thousands of short ones, so that nobody waits for a long one at the end.
LAST = ("tests/domain/", "tests/slack/", "tests/test_house.py")


class Dealer(LoadScopeScheduling):  # type: ignore[misc]
    """Tests that lie together run in one worker, all others wherever there is room.

    Marks of groups would do, but pytest-xdist 3.8 writes them where pytest 9.2 does not look any more.
    """

    def _split_scope(self, nodeid: str) -> str:
        return next((place for place in TOGETHER if nodeid.startswith(place)), nodeid)

    def mark_test_complete(self, node: Any, item_index: int, duration: float = 0) -> None:
        """Forget what is done: the scheduler counts all that it remembers after each of eleven thousand tests."""
        super().mark_test_complete(node, item_index, duration)
        mine = self.assigned_work[node]
        scope = self._split_scope(self.registered_collections[node][item_index])
        if all(mine[scope].values()):
            del mine[scope]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Ours."""
    return Dealer(config, log)


def pytest_xdist_auto_num_workers() -> int:
    """One more than twice the cores: half of the time a test waits for a browser, a process or a disk."""
    return 2 * (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow ones first, so that no worker is left alone with them at the end."""
    items.sort(key=lambda one: (one.nodeid.startswith(LAST), not one.nodeid.startswith(TOGETHER)))


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Keep what tests write in memory, if there is room: each commit of SQLite waits for the disk, which proves nothing."""
    if hasattr(config, "workerinput") or not _is_roomy(MEMORY):
        return
    os.environ.setdefault("TMPDIR", str(MEMORY))  # noqa: TID251 - for all that the tests start, too
    tempfile.tempdir = None  # it asks again


def _is_roomy(folder: Path) -> bool:
    """Containers give it 64 MiB, and let nothing in it be run; PostgreSQL may have to be."""
    if not os.access(folder, os.W_OK):
        return False
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize > ROOM_BYTES and not found.f_flag & os.ST_NOEXEC


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    """What is read stays until the end: looking through it for garbage, again and again, finds none."""
    gc.disable()
    try:
        _read_ahead(session.config)
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


def _read_ahead(config: pytest.Config) -> None:
    """Read all modules of tests, each worker from another one on: so each is translated by one of them, and not by all.

    On a fresh clone pytest rewrites the asserts of 360 files: twenty seconds, which all workers spent side by side.
    """
    worker = getattr(config, "workerinput", None)
    if worker is None or [Path(one).resolve() for one in config.args] != [TESTS]:
        return
    modules = sorted(
        ".".join(path.relative_to(TESTS.parent).with_suffix("").parts) for path in TESTS.rglob("test_*.py")
    )
    first = len(modules) * int(worker["workerid"].removeprefix("gw")) // worker["workercount"]
    for module in modules[first:] + modules[:first]:
        with suppress(Exception, pytest.skip.Exception):  # pytest will tell when it collects it
            import_module(module)
