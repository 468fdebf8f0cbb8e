"""The story of the README: kill a task, read the alert, acknowledge, ask for the figures, silence. In the page."""

import re

import aiohttp
import pytest
from playwright.async_api import Page, expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
]


async def command(page: Page, words: str) -> None:
    """Type a slash command into the composer."""
    box = page.get_by_role("combobox", name="Message #oom-alerts")
    await box.fill(words)
    await page.keyboard.press("Escape")  # the suggestions
    await page.get_by_role("button", name="Send").click()


async def wire_errors(page: Page) -> list[str]:
    """Red lines of the wire log."""
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{page.url}page/state?user=U0ALICE") as answer,
    ):
        return [
            entry["title"] + entry["note"]
            for entry in (await answer.json())["wire"]
            if entry["level"] == "error"
        ]


async def test_the_first_minute(page: Page) -> None:
    is_phone = (page.viewport_size or {"width": 0})["width"] < 500
    await (
        page.get_by_role("button", name="Close the tour")
        .or_(page.get_by_role("button", name="Close"))
        .first.click()
    )
    if is_phone:
        await page.get_by_role(
            "button", name=re.compile("menu|channels|sidebar", re.IGNORECASE)
        ).first.click()
    await page.get_by_role("button", name="Kill a task").click()
    alert = page.get_by_role("listitem").filter(has_text="ran out of memory").first
    await expect(alert).to_contain_text("checkout-api")

    await alert.get_by_role("button", name="Acknowledge").click()
    await expect(alert).to_contain_text("Acknowledged")
    await expect(alert).to_contain_text("alice", ignore_case=True)
    await expect(alert.get_by_role("button", name="Acknowledge")).to_have_count(0)

    await command(page, "/oom stats checkout-api")
    stats = page.get_by_role("listitem").filter(has_text="Only visible to you").last
    await expect(stats).to_contain_text("1 kill")

    await command(page, "/oom help")
    await expect(page.get_by_text("End a silence now.")).to_be_visible()

    await alert.get_by_role("button", name="Silence…").click()
    form = page.get_by_role("dialog", name="Silence alerts")
    await form.get_by_role("textbox").first.fill("load test until noon")
    await form.get_by_role("button", name="Silence", exact=True).click()
    await expect(form).to_have_count(0)
    await expect(alert).to_contain_text("ilenced")
    assert await wire_errors(page) == []
