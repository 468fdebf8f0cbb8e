"""`make demo`'s own command as a person starts it, and a real browser in front of it."""

import asyncio
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright

from tests.sandbox.page.conftest import PATIENCE_MS, QUIET, watch

ROOT = Path(__file__).parents[2]
BOT = [sys.executable, "app.py", "serve", "--migrate"]


@asynccontextmanager
async def opened(speed: float, *options: str) -> AsyncIterator[str]:
    """The sandbox with the bot in it, as processes of their own; yields the one address that it prints.

    Its world runs `speed` times as fast as the clock.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sandbox", "--port", "0", "--speed", str(speed)),
        *(*options, "--", *BOT),
        cwd=ROOT,
        env={},
        stdout=-1,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):
            line = (await process.stdout.readline()).decode()
        match = re.fullmatch(r"Open (http://127\.0\.0\.1:\d+)\n", line)
        assert match, line
        await _subscribed(match[1])
        yield match[1]
    finally:
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(30):
            await process.communicate()
    assert process.returncode == 0


async def _subscribed(url: str) -> None:
    """A kill before the bot's subscription is confirmed would reach nobody."""
    async with asyncio.timeout(60), aiohttp.ClientSession() as session:
        while True:
            async with session.get(f"{url}/page/state", params={"user": "U0ALICE"}) as answer:
                if (await answer.json())["world"]["sns"]["subscription"] == "confirmed":
                    return
            await asyncio.sleep(0.05)


@pytest_asyncio.fixture(loop_scope="session")
async def demo() -> AsyncIterator[str]:
    """A sandbox of the test's own."""
    async with opened(10) as url:
        yield url


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One Chromium for all stories."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=QUIET)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session", params=[(1440, 900), (360, 740)], ids=["desktop", "phone"])
async def page(chromium: Browser, demo: str, request: pytest.FixtureRequest) -> AsyncIterator[Page]:
    """The page, opened for the first time; no JavaScript error and no request elsewhere is forgiven."""
    width, height = request.param
    context = await chromium.new_context(viewport={"width": width, "height": height})
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    wrong = watch(page, demo)
    await page.goto(demo)
    yield page
    await context.close()
    assert wrong == []
