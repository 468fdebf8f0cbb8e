"""Fixtures for pytest: a sandbox on a free port, on a clock that the test moves.

`pytest_plugins = ["sandbox.pytest_fixtures"]` in a test module or the topmost conftest.py brings them in.
Only tests import this module: pytest and pytest-asyncio are no part of the sandbox.
"""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from sandbox.clock import ManualClock
from sandbox.sandbox import Sandbox


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands still until `await clock.advance(seconds)`."""
    return ManualClock()


@pytest_asyncio.fixture
async def sandbox(clock: ManualClock) -> AsyncIterator[Sandbox]:
    """A sandbox that lives as long as the test, with keys and tokens of its own."""
    async with Sandbox(clock=clock) as sandbox:
        yield sandbox
