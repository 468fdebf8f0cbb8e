"""Fixtures: a scene on each database."""

from collections.abc import AsyncIterator

import pytest

from bot.store.database import Database
from sandbox.clock import ManualClock
from tests.reconcile.scene import START, Scene, scene
from tests.sandbox.slack_parts import workspace


@pytest.fixture
async def stage(database: Database) -> AsyncIterator[Scene]:
    """Store, reconcilers and Slack, with nothing recorded yet."""
    clock = ManualClock(START)
    async with workspace(clock) as slack, scene(database, slack, clock) as it:
        yield it
