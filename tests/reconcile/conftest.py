"""Fixtures: a scene on each database, and a cloud beside it."""

from collections.abc import AsyncIterator

import pytest

from bot.store.database import Database
from sandbox.aws.endpoint import ACCESS_KEY_ID, SECRET_ACCESS_KEY
from sandbox.clock import ManualClock
from tests.reconcile.cloud import Cloud, cloud
from tests.reconcile.scene import START, Scene, scene
from tests.sandbox.slack_parts import workspace


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
