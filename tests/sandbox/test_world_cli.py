"""`python -m sandbox` as a person runs it: one address, a bot inside, an orderly end, sentences when it cannot."""

import asyncio
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

ROOT = Path(__file__).parents[2]
BOT = [sys.executable, str(Path(__file__).with_name("tiny_bot.py"))]


@asynccontextmanager
async def sandbox(*arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A sandbox in a process of its own, killed at the latest when the block ends."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox", *arguments, cwd=ROOT, stdout=-1, stderr=-1
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def address(process: asyncio.subprocess.Process) -> str:
    """The one address that it prints."""
    assert process.stdout
    async with asyncio.timeout(30):
        line = (await process.stdout.readline()).decode()
    match = re.fullmatch(r"Open (http://127\.0\.0\.1:\d+)\n", line)
    assert match, line
    return match[1]


async def state(url: str, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The world's part of the page's state, once it is as wanted."""
    async with asyncio.timeout(20), aiohttp.ClientSession() as session:
        while True:
            async with session.get(f"{url}/page/state", params={"user": "U0ALICE"}) as response:
                world: dict[str, Any] = (await response.json())["world"]
            if holds(world):
                return world
            await asyncio.sleep(0.05)


async def test_a_bot_lives_in_it_until_it_is_told_to_end() -> None:
    async with sandbox("--port", "0", "--speed", "10", "--", *BOT) as process:
        url = await address(process)
        await state(url, lambda world: world["sns"]["subscription"] == "confirmed")
        async with sandbox("scenario", "kill", "--port", url.rpartition(":")[2]) as pressed:
            out, _ = await pressed.communicate()
            assert (pressed.returncode, out) == (0, b"Played kill.\n")
        world = await state(url, lambda world: world["sns"]["delivered"] >= 4)
        assert world["sns"]["failed"] == 0
        process.send_signal(signal.SIGTERM)
        _, err = await process.communicate()
        assert (process.returncode, err) == (0, b"")


async def test_a_bot_that_dies_takes_the_sandbox_along_and_leaves_its_last_words() -> None:
    async with sandbox("--port", "0", "--", *BOT, "--die") as process:
        url = await address(process)
        await state(url, lambda world: world["sns"]["subscription"] == "confirmed")
        async with aiohttp.ClientSession() as session:
            await session.post(f"{url}/human/scenario", json={"name": "kill"})
        _, err = await process.communicate()
        assert process.returncode == 1
        assert b"ended with exit code 7" in err
        assert b"this bot dies of its first message" in err


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        pytest.param(
            [sys.executable, "-c", "raise SystemExit(3)"], b"ended with exit code 3", id="it ends at once"
        ),
        pytest.param(["/no/such/bot"], b"Cannot start /no/such/bot", id="there is no such command"),
    ],
)
async def test_a_bot_that_never_gets_ready(command: list[str], sentence: bytes) -> None:
    async with sandbox("--port", "0", "--", *command) as process:
        _, err = await process.communicate()
        assert process.returncode == 1
        assert sentence in err


async def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        async with sandbox("--port", port) as process:
            _, err = await process.communicate()
    assert process.returncode == 1
    assert f"Cannot open port {port}".encode() in err
    assert b"make demo DEMO_PORT=" in err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        pytest.param(["--speed", "0"], b"between 0.1 and 3600", id="standing still"),
        pytest.param(["scenario", "kill", "--port", "1"], b"No sandbox answers on port 1", id="nobody there"),
        pytest.param(["--set", "POLICY"], b"is no NAME=VALUE", id="a setting without a value"),
        pytest.param(["--nonsense"], b"No such option", id="unknown option"),
    ],
)
async def test_wrong_use_is_answered_with_a_sentence(arguments: list[str], sentence: bytes) -> None:
    async with sandbox(*arguments) as process:
        _, err = await process.communicate()
        assert process.returncode
        assert sentence in err


async def test_help_tells_how_to_begin() -> None:
    async with sandbox("--help") as process:
        out, _ = await process.communicate()
        assert process.returncode == 0
        assert b"python -m sandbox scenario kill" in out
