"""Screenshots for the documentation, of the running product in its sandbox: python tools/screenshots.py [FOLDER]"""

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, Page, async_playwright

ROOT = Path(__file__).parents[1]
SANDBOX = [sys.executable, "-m", "sandbox", "--port", "0", "--speed", "10"]
BOT = [sys.executable, "app.py", "serve", "--migrate"]
DESK, PHONE = (1280, 960), (400, 1130)
PATIENCE_MS = 120_000  # of a machine that is busy


@asynccontextmanager
async def sandbox() -> AsyncIterator[str]:
    """A fresh sandbox with the bot in it; its address."""
    process = await asyncio.create_subprocess_exec(*SANDBOX, "--", *BOT, cwd=ROOT, env={}, stdout=-1)
    try:
        line = await process.stdout.readline() if process.stdout else b""
        yield line.decode().removeprefix("Open ").strip()
    finally:
        with suppress(ProcessLookupError):  # it ended by itself, and said why
            process.terminate()
        await process.communicate()


async def opened(browser: Browser, url: str, size: tuple[int, int], theme: Literal["light", "dark"]) -> Page:
    """The page as somebody sees it who has been there before."""
    width, height = size
    page = await browser.new_page(
        viewport={"width": width, "height": height},
        color_scheme=theme,
        reduced_motion="reduce",
        timezone_id="UTC",
    )
    page.set_default_timeout(PATIENCE_MS)
    await page.goto(url)
    await page.get_by_role("button", name="Close the tour").click()
    return page


async def diagnosed(page: Page) -> None:
    """The alert tells why the container died and shows its chart; nothing moves any more."""
    alert = page.get_by_role("listitem").filter(has_text="ran out of memory").first
    await alert.get_by_role("button", name=re.compile("^Resize")).wait_for()
    await alert.locator("img").last.wait_for()
    for close in await page.get_by_role("button", name="Dismiss").all():
        await close.click()
    await alert.evaluate("one => one.scrollIntoView({block: 'start'})")
    await page.mouse.move(0, 0)
    await page.wait_for_timeout(1500)


async def shoot(page: Page, folder: Path, name: str) -> None:
    """Take a picture of what is seen now."""
    path = folder / f"{name}.png"
    print(path, len(await page.screenshot(path=path, animations="disabled")) // 1000, "kB")


async def at_the_desk(browser: Browser, url: str, folder: Path) -> None:
    """The alert with its diagnosis in both themes and the plan of a resize."""
    page = await opened(browser, url, DESK, "light")
    await page.get_by_role("button", name="Kill a task").click()
    await diagnosed(page)
    await shoot(page, folder, "sandbox")
    dark = await opened(browser, url, DESK, "dark")
    await diagnosed(dark)
    await shoot(dark, folder, "sandbox-dark")
    await planned(dark, folder)


async def planned(page: Page, folder: Path) -> None:
    """The plan, and away with it: it is this person's on every screen."""
    await page.get_by_role("combobox", name="Message #oom-alerts").fill("/oom resize checkout-api 2G")
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Send").click()
    cancel = page.get_by_role("dialog", name="Resize").get_by_role("button", name="Cancel")
    await cancel.wait_for()
    await page.wait_for_timeout(1000)
    await shoot(page, folder, "resize-dark")
    await cancel.click()


async def at_home(browser: Browser, url: str, folder: Path) -> None:
    """The app's Home, with a silence and an incident that this person took over."""
    page = await opened(browser, url, DESK, "light")
    await page.get_by_role("combobox", name="Message #oom-alerts").fill(
        "/oom silence =prod/search 2h load test"
    )
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Send").click()
    await (
        page.get_by_role("navigation", name="Channels")
        .get_by_role("button", name=re.compile("^OOM Guard"))
        .click()
    )
    home = page.get_by_role("main", name="OOM Guard")
    await home.get_by_role("button", name="Acknowledge").click()
    await home.get_by_text("Your incidents").wait_for()
    await page.mouse.move(0, 0)
    await page.wait_for_timeout(1000)
    await shoot(page, folder, "home")


async def in_the_hand(browser: Browser, url: str, folder: Path, theme: Literal["light", "dark"]) -> None:
    """The alert at three in the morning."""
    page = await opened(browser, url, PHONE, theme)
    await diagnosed(page)
    await shoot(page, folder, f"phone-{theme}")


async def main(folder: Path) -> None:
    """All pictures, of one sandbox."""
    async with async_playwright() as playwright, sandbox() as url:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        await at_the_desk(browser, url, folder)
        await in_the_hand(browser, url, folder, "light")
        await in_the_hand(browser, url, folder, "dark")
        await at_home(browser, url, folder)
        await browser.close()


if __name__ == "__main__":
    where = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images"
    where.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(where))
