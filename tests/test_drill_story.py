"""A test of the whole path, asked for in Slack: through EventBridge, SNS, door and store into the channel and back."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sandbox.child import Child
from sandbox.cli import _free_port
from sandbox.sandbox import Sandbox

ROOT = Path(__file__).parents[1]
SERVE = [sys.executable, str(ROOT / "app.py"), "serve", "--migrate"]


@asynccontextmanager
async def bot(sandbox: Sandbox, folder: Path) -> AsyncIterator[None]:
    """The bot as a process, with its subscription confirmed."""
    port = _free_port()
    child = Child(SERVE, sandbox.environment(port, f"sqlite:///{folder / 'oom.db'}"), verbose=False)
    await child.start()
    try:
        await child.ready(f"http://127.0.0.1:{port}/readyz", 60)
        sandbox.subscribe(f"http://127.0.0.1:{port}/sns")
        await until(lambda: all(one.confirmed for one in sandbox.world.sns.subscriptions()))
        yield
    finally:
        await child.stop()


async def until(done: Callable[[], Any]) -> None:
    """Wait for the other process; the limit is only there to end a test that fails."""
    async with asyncio.timeout(60):
        while not done():  # noqa: ASYNC110 -- another process does it
            await asyncio.sleep(0.05)


def texts(sandbox: Sandbox) -> list[str]:
    """What Alice sees in the channel."""
    channel = sandbox.slack.workspace.channel_named("oom-alerts").id
    return [one["text"] for one in sandbox.slack.snapshot("U0ALICE")["messages"][channel]]


async def test_a_synthetic_kill_goes_the_whole_way_and_is_no_incident(tmp_path: Path) -> None:
    async with Sandbox() as sandbox, bot(sandbox, tmp_path):
        channel = sandbox.slack.workspace.channel_named("oom-alerts").id
        typed = {"user": "U0ALICE", "channel": channel}
        await sandbox.slack.act("command", {**typed, "text": "/oom test oom-alerts"})
        await until(lambda: any("The path works" in text for text in texts(sandbox)))
        assert any(text.startswith("Test, not an incident") for text in texts(sandbox))
        await sandbox.slack.act("command", {**typed, "text": "/oom list"})
        assert "No unfinished incidents" in texts(sandbox)[-1]
        await sandbox.slack.act("command", {**typed, "text": "/oom test"})
        assert "one a minute at most" in texts(sandbox)[-1]
