"""A real Chromium that looks at the page; whatever goes wrong in it fails the test."""

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, ViewportSize, async_playwright, expect

from tests.sandbox.page.desk import Desk
from tests.sandbox.page.fake import FakeSandbox

# Playwright's own, as only the last such argument counts; and the address bar's suggestions, which no test sees and
# for which each window starts a process of its own: half of what a browser costs.
WITHOUT = (
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
)
QUIET = (
    f"--disable-features={','.join(WITHOUT)}",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)
WIDE = ViewportSize(width=1440, height=900)
NARROW = ViewportSize(width=360, height=740)
PATIENCE_MS = 60_000  # a machine that is busy with other tests is no failure
NO_TOUR = json.dumps({"tour": {"open": False, "done": []}})
REMEMBER = f"localStorage['oom-guard-sandbox'] ??= '{NO_TOUR}'"

expect.set_options(timeout=PATIENCE_MS)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=QUIET)
        yield chromium
        await chromium.close()


def watch(page: Page, home: str) -> list[str]:
    """Collect what must never happen: errors, and requests that leave."""
    wrong: list[str] = []

    def console(line: ConsoleMessage) -> None:
        if line.type == "error":
            wrong.append(line.text)

    page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    page.on("console", console)
    page.on("request", lambda call: None if call.url.startswith(home) else wrong.append(call.url))
    return wrong


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def blank(browser: Browser) -> AsyncIterator[Page]:
    """A page whose modules can be imported, for tests that need nobody to sit there."""
    async with FakeSandbox() as sandbox:
        page = await browser.new_page()
        await page.goto(sandbox.url)
        yield page
        await page.close()


@pytest_asyncio.fixture(loop_scope="session")
async def desk(browser: Browser, request: pytest.FixtureRequest) -> AsyncIterator[Desk]:
    """The page, opened, the tour put away; parametrised indirectly with a viewport, in that size."""
    async with FakeSandbox() as sandbox:
        context = await browser.new_context(viewport=getattr(request, "param", WIDE))
        context.set_default_timeout(PATIENCE_MS)
        page = await context.new_page()
        wrong = watch(page, sandbox.url)
        await page.add_init_script(REMEMBER)
        await page.goto(sandbox.url)
        await page.wait_for_selector(".shell")
        yield Desk(page, sandbox, wrong)
        await context.close()
    assert wrong == []
