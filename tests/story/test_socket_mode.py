"""The story without an address for Slack: the bot calls, Slack asks it to call again, and work goes on."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from sandbox.child import Child
from sandbox.sandbox import Sandbox

APP = str(Path(__file__).parents[2] / "app.py")
ALICE = "U0ALICE"


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(speed=10) as sandbox:
        yield sandbox


@pytest.fixture
async def origin(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[str]:
    """A bot that Slack reaches through its socket alone; the address of its other doors."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = sandbox.environment(port, f"sqlite:///{tmp_path / 'oom.db'}", socket_mode=True)
    bot = Child([sys.executable, APP, "serve", "--migrate"], settings, verbose=True)
    await bot.start()
    try:
        await bot.ready(f"http://127.0.0.1:{port}/readyz", 60)
        yield f"http://127.0.0.1:{port}"
    finally:
        await bot.stop()


async def until(holds: Callable[[], Any]) -> Any:
    """What it gives, once that is something."""
    async with asyncio.timeout(60):
        while True:
            if found := holds():
                return found
            await asyncio.sleep(0)


async def readiness(origin: str) -> dict[str, Any]:
    """What /readyz says."""
    async with aiohttp.ClientSession() as session, session.get(f"{origin}/readyz") as answer:
        body: dict[str, Any] = await answer.json()
        return body


def hellos(sandbox: Sandbox) -> int:
    """How often the bot has called."""
    return sum(entry.kind == "socket hello" for entry in sandbox.slack.wire.entries())


async def test_a_kill_is_acknowledged_and_asked_about_while_slack_changes_the_line(
    sandbox: Sandbox, origin: str
) -> None:
    slack = sandbox.slack
    channel = slack.workspace.channel_named("oom-alerts").id

    def messages() -> list[dict[str, Any]]:
        seen: list[dict[str, Any]] = slack.snapshot(ALICE)["messages"][channel]
        return seen

    def press(message: dict[str, Any], words: str) -> Awaitable[Any]:
        block, button = next(
            (block, element)
            for attachment in message["attachments"]
            for block in attachment["blocks"]
            for element in block.get("elements", [])
            if element.get("text", {}) and words in str(element.get("text"))
        )
        container = {"type": "message", "channel": channel, "ts": message["ts"]}
        names = {"block_id": block["block_id"], "action_id": button["action_id"]}
        return slack.act("action", {"user": ALICE, "container": container, "value": {}, **names})

    await until(slack.sockets.is_open)
    assert (await readiness(origin))["slack_socket"] == "connected"
    sandbox.subscribe(f"{origin}/sns")
    await until(lambda: all(one.confirmed for one in sandbox.world.sns.subscriptions()))
    assert (await sandbox.stage.verb("scenario", {"name": "kill"}))["ok"]
    alert = await until(lambda: next((m for m in messages() if "ran out of memory" in m["text"]), None))

    pressing = asyncio.ensure_future(press(alert, "Acknowledge"))
    await until(lambda: slack.sockets._waiting)  # the click is on its way
    leaving = asyncio.create_task(slack.sockets.refresh())
    await pressing
    await until(lambda: hellos(sandbox) == 2)
    await slack.act("command", {"user": ALICE, "channel": channel, "text": "/oom stats checkout-api"})
    await until(lambda: any("1 kill" in m["text"] for m in messages() if m["ephemeral_for"]))
    await until(lambda: "cknowledged" in str([m for m in messages() if m["ts"] == alert["ts"]]))
    leaving.cancel()
    red = [(entry.title, entry.note) for entry in slack.wire.entries() if entry.level == "error"]
    assert red == []
