"""How resizes end, each told on the page: proven, not enough, rolled back, expired, refused, no room. One world for all."""

import asyncio
import json
import re
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from sandbox.aws.arns import ACCOUNT, REGION
from tests.story.conftest import opened
from tests.story.test_first_minute import command, wire_errors
from tests.story.test_resize_story import agree

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.parametrize("page", [(1440, 900)], ids=["desktop"], indirect=True),
]
SERVICE = f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/prod"
ENDED_MS = 90_000  # a machine that is busy with other tests is no failure
POLICY = {
    "grants": [{"role": "approver", "who": ["*"], "max_factor": None}],
    "approvals": [{"name": "notifications", "always": True}],
    "approval_minutes": 0.2,
    "watch_hours": 0.002,
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def demo() -> AsyncIterator[str]:
    """A fast world with a short watch: the stories below are of one service each, so that they share it."""
    async with opened(60, "--set", f"POLICY={json.dumps(POLICY)}") as url:
        await _is_known(url)
        yield url


async def _is_known(url: str) -> None:
    """Have a Batch job killed: services that were never killed are resized in accounts whose kills the bot knows."""
    async with asyncio.timeout(60), aiohttp.ClientSession() as session:
        await session.post(f"{url}/human/scenario", json={"name": "batch"})
        told = ""
        while "chat.postMessage" not in told:
            async with session.get(f"{url}/page/state", params={"user": "U0ALICE"}) as answer:
                told = str([entry["kind"] for entry in (await answer.json())["wire"]])
            await asyncio.sleep(0.1)


async def unexpected(page: Page) -> list[str]:
    """Red lines of the wire log, but for the deleted tag, which is asked for in vain."""
    return [one for one in await wire_errors(page) if "ImageNotFoundException" not in one]


async def press(page: Page, name: str, group: str = "") -> None:
    """Close the tour, open the group of scenarios, and press the button."""
    await page.get_by_role("button", name="Close the tour").click()
    if group:
        await page.get_by_role("button", name=group, expanded=False).click()
    await page.get_by_role("button", name=name).click()


async def ask(page: Page, words: str) -> Locator:
    """The form that the words lead to, with its plan in it."""
    await command(page, f"/oom resize {words}")
    form = page.get_by_role("dialog", name="Resize")
    await expect(
        form.get_by_role("button", name=re.compile("Change memory|Ask for approval"))
    ).to_be_visible()
    return form


async def test_a_spike_is_proven(page: Page) -> None:
    await press(page, "Kill a task")
    alert = (
        page.get_by_role("listitem")
        .filter(has_text="checkout-api")
        .filter(has_text="ran out of memory")
        .first
    )
    await expect(alert.get_by_role("button", name=re.compile("^Resize to"))).to_be_visible(timeout=60_000)
    await alert.get_by_role("button", name=re.compile("^Resize to")).click()
    form = page.get_by_role("dialog", name="Resize")
    await expect(form).to_contain_text("enough in")
    await agree(form)
    await expect(alert).to_contain_text("Proven · No OOM in", timeout=ENDED_MS)
    assert await unexpected(page) == []


async def test_a_jvm_gets_its_heap_with_its_memory(page: Page) -> None:
    await press(page, "A bad deployment", "Deployments and jobs")
    alert = page.get_by_role("listitem").filter(has_text="search").filter(has_text="ran out of memory").first
    await expect(alert.get_by_role("button", name=re.compile("^Resize"))).to_be_visible(timeout=60_000)
    form = await ask(page, "search 3G")
    await form.get_by_role("checkbox").first.check()
    await expect(form).to_contain_text("JAVA_TOOL_OPTIONS: -Xmx3g → -Xmx2304m")
    await agree(form)
    await expect(alert).to_contain_text("Proven", timeout=ENDED_MS)
    assert await unexpected(page) == []


async def test_the_schedule_of_a_job_is_moved_to_the_new_revision(page: Page) -> None:
    await press(page, "A scheduled job", "Deployments and jobs")
    alert = page.get_by_role("listitem").filter(has_text="nightly-report").filter(has_text="ran out").first
    await expect(alert.get_by_role("button", name=re.compile("^Resize"))).to_be_visible(timeout=60_000)
    form = await ask(page, "nightly-report 3G")
    await expect(form).to_contain_text("Moves the schedule default/nightly-report-eu")
    await agree(form)
    await expect(alert).to_contain_text("Watching", timeout=ENDED_MS)
    assert await unexpected(page) == []


async def test_a_deployment_that_fails_is_told_with_ecs_own_reason(page: Page) -> None:
    await press(page, "A tag deleted", "Deployments and jobs")
    form = await ask(page, f"{SERVICE}/image-resizer 2G")
    await expect(form).to_contain_text("is no longer in the registry: no new task could start")
    await agree(form)  # all the same
    message = page.get_by_role("listitem").filter(has_text="image-resizer").filter(has_text="Resize #").first
    await expect(message).to_contain_text("ECS put image-resizer back to image-resizer:1", timeout=ENDED_MS)
    await expect(message).to_contain_text("circuit breaker")
    await expect(message).to_contain_text("CannotPullContainerError")
    await expect(message.get_by_role("button", name="Resize…")).to_be_visible()
    assert await unexpected(page) == []


async def test_a_request_that_nobody_approves_expires(page: Page) -> None:
    await page.get_by_role("button", name="Close the tour").click()
    await agree(await ask(page, f"{SERVICE}/notifications 2x"), "Ask for approval")
    message = page.get_by_role("listitem").filter(has_text="notifications").filter(has_text="Resize #").first
    await expect(message.get_by_role("button", name="Approve")).to_be_visible()
    await expect(message).to_contain_text("Nobody agreed in time; nothing was changed", timeout=ENDED_MS)
    await expect(message.get_by_role("button", name="Approve")).to_have_count(0)
    assert await unexpected(page) == []


async def test_an_instance_without_room_is_told_and_the_way_back_taken(page: Page) -> None:
    await press(page, "A full host", "Is it memory?")
    form = await ask(page, f"{SERVICE}/kind-host 3500M")
    await agree(form)
    message = page.get_by_role("listitem").filter(has_text="kind-host").filter(has_text="Resize #").first
    await expect(message).to_contain_text("unable to place a task", timeout=ENDED_MS)
    await message.get_by_role("button", name="Roll back…").click()
    await page.get_by_role("dialog").get_by_role("button", name="Roll back").click()
    await expect(message).to_contain_text("kind-host is back on kind-host:1", timeout=ENDED_MS)
    assert await unexpected(page) == []


async def test_an_image_that_was_pushed_over_is_pinned_and_carried_out(page: Page) -> None:
    await press(page, "A tag pushed over", "Deployments and jobs")
    form = await ask(page, f"{SERVICE}/checkout-api 3G")
    await expect(form).to_contain_text("means other code now")
    await form.get_by_role("checkbox", name="Pin the images").check()
    await expect(form).to_contain_text("pinned to sha256:")
    await agree(form)
    message = (
        page.get_by_role("listitem").filter(has_text="checkout-api").filter(has_text="→ 3,072 MiB").first
    )
    await expect(message).to_contain_text("Proven", timeout=ENDED_MS)
    assert await unexpected(page) == []


async def test_a_leak_is_killed_again_and_somebody_has_it_rolled_back(page: Page) -> None:
    await press(page, "A leak")
    alert = page.get_by_role("listitem").filter(has_text="ledger-worker").first
    await expect(alert.get_by_role("button", name=re.compile("^Resize"))).to_be_visible(timeout=60_000)
    form = await ask(page, "ledger-worker 1.5x")
    await expect(form).to_contain_text("This leaks: more memory buys")
    await agree(form)
    await expect(alert).to_contain_text("Not enough", timeout=ENDED_MS)
    await expect(alert).to_contain_text("Killed again on ledger-worker:2")
    await alert.get_by_role("button", name="Roll back…").click()
    await page.get_by_role("dialog").get_by_role("button", name="Roll back").click()
    await expect(alert).to_contain_text("ledger-worker is back on ledger-worker:1", timeout=ENDED_MS)
    assert await unexpected(page) == []
