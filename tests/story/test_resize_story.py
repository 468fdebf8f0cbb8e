"""A resize from the kill to the cure: asked for by one person, agreed to by another, deployed and watched. In the page."""

import re
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest
from playwright.async_api import Locator, Page, expect

from sandbox.aws.arns import ACCOUNT, REGION
from tests.story.test_first_minute import command, wire_errors

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
]
NEVER_KILLED = f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/prod"
PLANS = (  # what is typed, what the form says to it, and how it can be sent
    (f"{NEVER_KILLED}/storefront 2G", "CodeDeploy deploys this service", ""),
    (f"{NEVER_KILLED}/notifications 60G", "No instance is large enough", ""),
    (f"{NEVER_KILLED}/search 4G", "JAVA_TOOL_OPTIONS stays as it is", "Change memory"),
    ("checkout-api 3x", "means other code now", "Ask for approval"),
    ("nightly-report 3G", "Moves the schedule default/nightly-report-eu", "Change memory"),
)
Hand = Callable[[Locator], Awaitable[None]]
AGAIN = re.compile(
    "nothing was changed", re.IGNORECASE
)  # the plan is another one now, or AWS was slow to tell
DEPLOYED_MS = 90_000  # the sandbox's ECS takes its time, and the bot looks every few seconds


async def become(page: Page, name: str) -> None:
    """Sit down at another person's screen."""
    await page.get_by_role("button", name=re.compile("Be someone else")).click()
    await page.get_by_role("menu").get_by_text(name).click()


async def agree(form: Locator, button: str = "Change memory", hand: Hand = Locator.click) -> None:
    """Submit the form until it closes: a person presses again who is told that nothing was changed."""
    for _ in range(3):
        await hand(form.get_by_role("button", name=button))
        with suppress(AssertionError):
            await expect(form).to_have_count(0)
            return
        await expect(form).to_contain_text(AGAIN)
    raise AssertionError("nothing was changed, again and again")


@pytest.mark.parametrize("page", [(1440, 900)], ids=["desktop"], indirect=True)
async def test_from_the_kill_to_the_cure(page: Page) -> None:
    await page.get_by_role("button", name="Close the tour").click()
    await page.get_by_role("button", name="Kill a task").click()
    alert = page.get_by_role("listitem").filter(has_text="ran out of memory").first
    await expect(alert.get_by_role("button", name=re.compile("^Resize"))).to_be_visible(timeout=60_000)

    await command(page, '/oom resize checkout-api 3x --reason "dies at noon"')
    form = page.get_by_role("dialog", name="Resize")
    await expect(form).to_contain_text("A second person must approve it")
    await agree(form, "Ask for approval")
    await expect(alert).to_contain_text("Waiting for approval")

    await become(page, "Bob Okafor")
    await alert.get_by_role("button", name="Approve").click()
    await page.get_by_role("dialog").get_by_role("button", name="Approve").click()
    await expect(alert).to_contain_text("Watching", timeout=DEPLOYED_MS)
    await expect(alert.get_by_role("button", name="Roll back…")).to_be_visible()
    assert await wire_errors(page) == []


@pytest.mark.parametrize("page", [(1440, 900)], ids=["desktop"], indirect=True)
async def test_what_the_form_says_before_anything_happens(page: Page) -> None:
    await page.get_by_role("button", name="Close the tour").click()
    await page.get_by_role("button", name="Kill a task").click()
    await page.get_by_role("button", name="Deployments and jobs", expanded=False).click()
    await page.get_by_role("button", name="A tag pushed over").click()
    await page.get_by_role("button", name="A scheduled job").click()
    alerts = page.get_by_role("listitem").filter(has_text="ran out of memory")
    for name in ("checkout-api", "nightly-report"):
        await expect(alerts.filter(has_text=name).first).to_be_visible(timeout=60_000)

    form = page.get_by_role("dialog", name="Resize")
    for typed, told, submit in PLANS:
        await command(page, f"/oom resize {typed}")
        await expect(form).to_contain_text(told)
        sends = form.get_by_role("button", name=re.compile("Change memory|Ask for approval"))
        await expect(sends).to_have_text([submit] if submit else [])
        await form.get_by_role("button", name="Cancel").click()
        await expect(form).to_have_count(0)
    assert await wire_errors(page) == []
