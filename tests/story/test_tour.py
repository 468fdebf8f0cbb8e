"""The tour of the first minute, from the kill to the cure: by mouse, and by keyboard alone."""

import re

import pytest
from playwright.async_api import Locator, Page, expect

from tests.story.test_first_minute import wire_errors
from tests.story.test_resize_story import Hand, agree

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
]
MOST_TABS = 400  # the wire log has a row for every call


async def by_mouse(target: Locator) -> None:
    """Click."""
    await target.click()


async def by_keyboard(target: Locator) -> None:
    """Tab until it has the focus, then Enter."""
    await reach(target)
    await target.page.keyboard.press("Enter")


async def reach(target: Locator) -> None:
    """Walk there with Tab, as somebody without a mouse does."""
    await expect(target).to_be_visible()
    for _ in range(MOST_TABS):
        if await target.evaluate("el => el === document.activeElement"):
            return
        await target.page.keyboard.press("Tab")
    pytest.fail(f"{MOST_TABS} Tabs do not lead to {target}")


@pytest.mark.parametrize("hand", [by_mouse, by_keyboard], ids=["by mouse", "by keyboard alone"])
async def test_the_tour_leads_from_the_kill_to_the_cure(page: Page, hand: Hand) -> None:
    tour = page.get_by_role("complementary", name="Tour of the first minute")
    step, show_me = tour.locator("[aria-current=step]"), tour.get_by_role("button", name="Show me")
    alert = page.get_by_role("listitem").filter(has_text="ran out of memory").first

    await expect(step).to_contain_text("Kill a task")
    await hand(show_me)
    await hand(page.get_by_role("button", name="Kill a task"))
    await expect(step).to_contain_text("Acknowledge it")  # the alert is on the screen, so it has been read
    await hand(alert.get_by_role("button", name="Acknowledge"))
    await expect(step).to_contain_text("Ask for the figures")

    await reach(page.get_by_role("combobox", name="Message #oom-alerts"))
    await page.keyboard.type("/oom stats checkout-api")
    await page.keyboard.press("Escape")  # the suggestions
    await page.keyboard.press("Enter")
    await expect(step).to_contain_text("Give it more memory")

    await hand(alert.get_by_role("button", name=re.compile("^Resize")))
    await agree(page.get_by_role("dialog", name="Resize"), hand=hand)
    await expect(step).to_contain_text("Silence it", timeout=90_000)  # it healed

    await hand(alert.get_by_role("button", name="Silence…"))
    form = page.get_by_role("dialog", name="Silence alerts")
    await reach(form.get_by_role("textbox").first)
    await page.keyboard.type("load test until noon")
    await hand(form.get_by_role("button", name="Silence", exact=True))
    await expect(step).to_contain_text("Look behind the curtain")
    await hand(page.get_by_role("button", name=re.compile("^Wire log")).first)
    await hand(page.locator(".wire-row").first)
    await hand(page.get_by_role("button", name="Close wire log"))
    await expect(tour).to_contain_text("That is OOM Guard")
    assert await wire_errors(page) == []
