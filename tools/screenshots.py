"""Screenshots for the documentation, made from the running product: python tools/screenshots.py docs/images"""

import asyncio
import re
import sys
from pathlib import Path

from playwright.async_api import Page, async_playwright

ROOT = Path(__file__).parents[1]
BOT = [sys.executable, "app.py", "serve", "--migrate"]
SIZES = {"wide": (1440, 900), "narrow": (360, 740)}


async def play(page: Page, folder: Path, size: str) -> None:
    """Kill a task and look at what people see."""
    is_narrow = size == "narrow"
    await page.get_by_role("button", name="Close").first.click()
    if is_narrow:
        await page.get_by_role(
            "button", name=re.compile("menu|channels|sidebar", re.IGNORECASE)
        ).first.click()
    await page.get_by_role("button", name="Kill a task").click()
    alert = page.get_by_role("listitem").filter(has_text="ran out of memory").first
    await alert.get_by_role("button", name="Acknowledge").wait_for()
    await page.wait_for_timeout(8_000)
    await page.screenshot(path=folder / f"alert-{size}.png")
    await alert.get_by_role("button", name="Silence…").click()
    await page.get_by_role("dialog").wait_for()
    await page.screenshot(path=folder / f"silence-{size}.png")
    await page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    await alert.get_by_role("button", name="Acknowledge").click()
    await page.wait_for_timeout(1_500)
    await page.get_by_role("button", name=re.compile(r"\d+ repl")).first.click()
    await page.wait_for_timeout(1_000)
    await page.screenshot(path=folder / f"thread-{size}.png")
    await page.get_by_role("button", name=re.compile("^(Close thread|Back)$")).first.click()
    box = page.get_by_role("combobox", name="Message #oom-alerts")
    await box.fill("/oom stats checkout-api")
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Send").click()
    await page.wait_for_timeout(2_000)
    await page.screenshot(path=folder / f"stats-{size}.png")


async def main(folder: Path) -> None:
    """One fresh sandbox for each size."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for size, (width, height) in SIZES.items():
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "sandbox", "--port", "0", "--", *BOT, cwd=ROOT, stdout=-1
            )
            try:
                line = (await process.stdout.readline()).decode() if process.stdout else ""
                page = await browser.new_page(viewport={"width": width, "height": height})
                await page.goto(line.removeprefix("Open ").strip())
                await play(page, folder, size)
            finally:
                process.terminate()
                await process.wait()


if __name__ == "__main__":
    Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    asyncio.run(main(Path(sys.argv[1])))
