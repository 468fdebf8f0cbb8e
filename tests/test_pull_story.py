"""A bot that nobody can call: it takes its events out of a queue, and finds what never got there, as a process."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from sandbox.aws.scenarios import kill
from sandbox.child import Child
from sandbox.sandbox import Sandbox

ROOT = Path(__file__).parents[1]
SERVE = [sys.executable, str(ROOT / "app.py"), "serve", "--migrate"]


@asynccontextmanager
async def bot(sandbox: Sandbox, folder: Path, **settings: str) -> AsyncIterator[None]:
    """The bot as a process that no topic is subscribed to."""
    environment = sandbox.environment(0, f"sqlite:///{folder / 'oom.db'}")
    child = Child(SERVE, {**environment, **settings}, verbose=False)
    await child.start()
    try:
        yield
    finally:
        await child.stop()


def alerts(sandbox: Sandbox) -> list[str]:
    """What the channel shows, threads included."""
    return [one.text for one in sandbox.slack.workspace.channel_named("oom-alerts").messages.values()]


async def until(done: Callable[[], bool]) -> None:
    """Wait for the other process; the limit is only there to end a test that fails."""
    async with asyncio.timeout(60):
        while not done():  # noqa: ASYNC110 -- another process does it
            await asyncio.sleep(0.05)


async def test_a_kill_comes_through_the_queue_and_only_through_it(tmp_path: Path) -> None:
    async with Sandbox() as sandbox:
        url = sandbox.subscribe_queue()
        async with bot(sandbox, tmp_path, SQS_QUEUE_URLS=url, SWEEP_MINUTES="0"):
            assert kill(sandbox.world) is None
            await until(lambda: any("checkout-api" in text for text in alerts(sandbox)))
            await until(lambda: not sandbox.world.sqs.queues["oom-guard"].messages)
    assert not sandbox.world.sqs.queues["oom-guard-dead"].messages


async def test_what_lay_in_the_queue_while_the_bot_was_down(tmp_path: Path) -> None:
    async with Sandbox() as sandbox:
        url = sandbox.subscribe_queue()
        assert kill(sandbox.world) is None
        await until(lambda: len(sandbox.world.sqs.queues["oom-guard"].messages) >= 3)
        async with bot(sandbox, tmp_path, SQS_QUEUE_URLS=url, SWEEP_MINUTES="0"):
            await until(lambda: any("checkout-api" in text for text in alerts(sandbox)))
        assert sum("ran out of memory" in text for text in alerts(sandbox)) == 1  # its thread may have begun
