"""A resize from the kill to the cure: asked for by one person, agreed to by another, deployed and watched. In the page."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.story.test_first_minute import command, wire_errors

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.xdist_group("browser"),
]
DEPLOYED_MS = 90_000  # the sandbox's ECS takes its time, and the bot looks every few seconds


async def become(page: Page, name: str) -> None:
    """Sit down at another person's screen."""
    await page.get_by_role("button", name=re.compile("Be someone else")).click()
    await page.get_by_role("menu").get_by_text(name).click()


@pytest.mark.parametrize("page", [(1440, 900)], ids=["desktop"], indirect=True)
async def test_from_the_kill_to_the_cure(page: Page) -> None:
    await page.get_by_role("button", name="Close the tour").click()
    await page.get_by_role("button", name="Kill a task").click()
    alert = page.get_by_role("listitem").filter(has_text="ran out of memory").first
    await expect(alert.get_by_role("button", name=re.compile("^Resize"))).to_be_visible(timeout=60_000)

    await command(page, '/oom resize checkout-api 3x --reason "dies at noon"')
    form = page.get_by_role("dialog", name="Resize")
    await expect(form).to_contain_text("A second person must approve it")
    await form.get_by_role("button", name="Ask for approval").click()
    await expect(alert).to_contain_text("Waiting for approval")

    await become(page, "Bob Okafor")
    await alert.get_by_role("button", name="Approve").click()
    await page.get_by_role("dialog").get_by_role("button", name="Approve").click()
    await expect(alert).to_contain_text("Watching", timeout=DEPLOYED_MS)
    await expect(alert.get_by_role("button", name="Roll back…")).to_be_visible()
    assert await wire_errors(page) == []
