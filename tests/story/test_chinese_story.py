"""A channel and a person that speak Chinese: alert, answers, form, report and Home, looked at as readers see them."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from tests.sandbox.page.conftest import PATIENCE_MS, watch
from tests.sandbox.page.test_page_access import NAMED, PALE, WIDER
from tests.story.conftest import opened
from tests.story.test_first_minute import command, wire_errors
from tests.story.test_home_story import open_home

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
CHEN = "localStorage['oom-guard-sandbox'] ??= JSON.stringify({user: 'U0CHEN', tour: {open: false, done: []}})"
# Where four English words follow each other somebody forgot to translate; names, commands and code are none.
ENGLISH = re.compile(r"(?:\b[A-Za-z]{2,}\b[ ,]+){3}[A-Za-z]{2,}")
# What stands for an app in the page, without the page's own words.
SAID = """(root) => { const copy = root.cloneNode(true);
  copy.querySelectorAll('[lang=en], pre, code, .optional').forEach((each) => each.remove()); return copy.textContent; }"""


@pytest_asyncio.fixture(loop_scope="session")
async def chinese(chromium: Browser) -> AsyncIterator[Page]:
    """The page of Chen, whose Slack speaks Chinese, as the default route does; nothing moves."""
    async with opened(10, "--set", "LANGUAGE=zh-CN") as url:
        context = await chromium.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
        context.set_default_timeout(PATIENCE_MS)
        page = await context.new_page()
        wrong = watch(page, url)
        await page.add_init_script(CHEN)
        await page.goto(url)
        yield page
        await context.close()
    assert wrong == []


async def reads_well(page: Page, told: Locator) -> None:
    """It is marked as Chinese, has no English left, stands out and fits, at a desk and on a phone, by day and by night."""
    await expect(told).to_have_attribute("lang", "zh-CN")
    assert ENGLISH.findall(await told.evaluate(SAID)) == []
    found = {}
    for theme in ("light", "dark"):
        for width, height in ((360, 740), (1440, 900)):
            await page.emulate_media(color_scheme=theme)
            await page.set_viewport_size({"width": width, "height": height})
            await told.scroll_into_view_if_needed()
            found[theme, width] = await page.evaluate(PALE) + await page.evaluate(WIDER)
    assert {where: what for where, what in found.items() if what} == {}
    session = await page.context.new_cdp_session(page)
    tree = (await session.send("Accessibility.getFullAXTree"))["nodes"]
    nameless = [
        each["role"]["value"]
        for each in tree
        if not each["ignored"] and not each.get("name", {}).get("value", "").strip()
    ]
    assert NAMED & set(nameless) == set()


async def test_chinese_is_read_as_english_is(chinese: Page) -> None:
    page = chinese
    await page.get_by_role("button", name="Kill a task").click()
    alert = page.get_by_role("listitem").filter(has_text="内存不足").first
    await expect(alert.get_by_role("button", name=re.compile("^调整为"))).to_be_visible(timeout=60_000)
    await expect(alert).to_contain_text("今天")
    picture = alert.get_by_role("img", name=re.compile("容器 api 的内存"))
    await expect(picture).to_be_visible(timeout=60_000)
    await reads_well(page, alert)

    await command(page, "/oom stats checkout-api")
    answer = page.get_by_role("listitem").filter(has_text="每日终止次数").last
    await expect(answer).to_contain_text("Only visible to you")
    await reads_well(page, answer)

    await command(page, "/oom report")
    report = page.get_by_role("listitem").filter(has_text="首次出现").last
    await reads_well(page, report)

    await command(page, "/oom resize checkout-api 2G")
    form = page.get_by_role("dialog", name="调整内存")
    await expect(form.get_by_role("button", name="取消")).to_be_visible()
    await expect(form).to_contain_text("够用概率")
    await reads_well(page, form)
    await form.get_by_role("button", name="取消").click()
    await expect(form).to_have_count(0)  # what lies behind it takes no keys until then

    await command(page, "/oom silence =prod/search 2h 压测")
    await open_home(page)
    home = page.locator(".scroller.home > .blocks")
    await expect(home).to_contain_text("1 个生效中的静默")
    await reads_well(page, home)
    assert await wire_errors(page) == []
