"""Fixtures: the sandbox's AWS on its own port, and the bot's calls to it."""

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.aws.accounts import Accounts
from bot.aws.calls import Calls
from sandbox.aws.arns import REGION
from sandbox.aws.endpoint import ACCESS_KEY_ID, SECRET_ACCESS_KEY
from sandbox.aws.world import World
from sandbox.clock import ManualClock
from sandbox.wire import WireLog
from tests.sandbox.slack_parts import serve


@pytest.fixture
def wire() -> WireLog:
    """Every call to this test's world, on the clock that stands still."""
    return WireLog(ManualClock())


@pytest.fixture
async def world(monkeypatch: pytest.MonkeyPatch, wire: WireLog) -> AsyncIterator[World]:
    """The world, where boto3 finds it."""
    world = World(ManualClock(), wire)
    async with serve(world.routes()) as world.url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"{world.url}/aws")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY)
        await world.start()
        yield world
        await world.close()


@pytest.fixture
async def calls(world: World) -> AsyncIterator[Calls]:
    """The bot's calls, at home in the world."""
    with ThreadPoolExecutor(8) as pool:
        yield Calls(pool, Accounts(home_region=REGION))
