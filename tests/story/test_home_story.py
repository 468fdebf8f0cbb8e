"""Home in the page: an incident is seen, a silence ended, a box ticked, a direct message comes, a change is approved."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.story.test_first_minute import command, wire_errors
from tests.story.test_resize_story import agree, become

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
]


async def open_home(page: Page) -> None:
    """By the app's name in the sidebar."""
    await (
        page.get_by_role("navigation", name="Channels")
        .get_by_role("button", name=re.compile("^OOM Guard"))
        .click()
    )
    await expect(page.get_by_role("tab", name="Home")).to_have_attribute("aria-selected", "true")


@pytest.mark.parametrize("page", [(1440, 900)], ids=["desktop"], indirect=True)
async def test_what_waits_for_me_is_told_and_done_in_home(page: Page) -> None:
    await page.get_by_role("button", name="Close the tour").click()
    await page.get_by_role("button", name="Kill a task").click()
    alert = page.get_by_role("listitem").filter(has_text="ran out of memory").first
    await expect(alert.get_by_role("button", name=re.compile("^Resize"))).to_be_visible(timeout=60_000)
    await command(page, "/oom silence =prod/search 1h load test")

    home = page.get_by_role("main", name="OOM Guard")
    await open_home(page)
    await expect(home).to_contain_text("1 incident is unfinished.")
    await expect(home.get_by_role("link", name="Open the message").first).to_be_visible()
    await home.get_by_role("button", name="End now").click()
    await expect(home).not_to_contain_text("in force")
    await home.get_by_role("checkbox", name="An incident of mine opens").check()
    await home.get_by_role("button", name="Acknowledge").click()
    await expect(home).to_contain_text("1 is yours.")
    await expect(home.get_by_role("checkbox", name="An incident of mine opens")).to_be_checked()

    await become(page, "Bob Okafor")
    await open_home(page)
    await expect(home).to_contain_text("No change waits for your approval.")
    await become(page, "Alice")
    await page.get_by_role("button", name=re.compile("oom-alerts")).first.click()
    await command(page, '/oom resize checkout-api 3x --reason "dies at noon"')
    await agree(page.get_by_role("dialog", name="Resize"), "Ask for approval")

    await become(page, "Bob Okafor")
    await open_home(page)
    await page.get_by_role("tab", name="Messages").click()
    await expect(page.get_by_role("main")).to_contain_text("asks for your approval: checkout-api")
    await page.get_by_role("tab", name="Home").click()
    await home.get_by_role("button", name="Approve").click()
    await page.get_by_role("dialog").get_by_role("button", name="Approve").click()
    await expect(home).to_contain_text("Changes under way")
    assert await wire_errors(page) == []
