"""Access: everything has a name, is in contrast, fits the screen and can stand still."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.sandbox.page.conftest import NARROW, WIDE
from tests.sandbox.page.desk import IN_CHROMIUM, Desk
from tests.sandbox.page.snapshot import ALERTS, BOT, GENERAL, HOME, MODAL, SHOWCASE, message, snapshot

pytestmark = IN_CHROMIUM

# WCAG 2 contrast of every visible text that lies on a plain colour; large text needs less.
PALE = """() => {
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
  const kept = (read) => { const known = new Map(); return (key) => known.get(key) ?? known.set(key, read(key)).get(key); };
  const rgba = kept((color) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data; return [r, g, b, a / 255]; });
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = kept((el) => { const style = getComputedStyle(el), color = rgba(style.backgroundColor);
    if (style.backgroundImage !== 'none') return null;
    if (color[3] === 1) return color;
    const under = el.parentElement ? behind(el.parentElement) : [255, 255, 255, 1];
    return under && over(color, under); });
  const found = new Set();
  const walker = document.createTreeWalker(document.querySelector('dialog[open]') ?? document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const el = walker.currentNode.parentElement, words = walker.currentNode.data.trim();
    if (!/[\\p{L}\\p{N}]/u.test(words) || !el.checkVisibility({opacityProperty: true, visibilityProperty: true}) || el.closest('.emoji, .sr, :disabled, option')) continue;
    const style = getComputedStyle(el), under = behind(el);
    if (!under) continue;
    const [a, b] = [light(over(rgba(style.fill !== 'rgb(0, 0, 0)' && el.tagName === 'text' ? style.fill : style.color), under)), light(under)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < (parseFloat(style.fontSize) >= 24 ? 3 : 4.5)) found.add(`${words.slice(0, 30)} (${el.className || el.tagName}): ${ratio.toFixed(2)}`);
  }
  return [...found];
}"""
WIDER = """() => [...document.querySelectorAll('html, .sheet, .scroller, .modal-body, .panel, .entries, .sections, .message, .popup, .composer')]
  .filter((el) => el.checkVisibility() && el.scrollWidth > el.clientWidth + 1).map((el) => `${el.className}: ${el.scrollWidth} > ${el.clientWidth}`)"""
CONTROLS = {
    "button",
    "textbox",
    "combobox",
    "searchbox",
    "link",
    "checkbox",
    "radio",
    "spinbutton",
    "menuitem",
    "tab",
    "option",
}
NAMED = CONTROLS | {
    "dialog",
    "listbox",
    "menu",
    "image",
    "meter",
    "navigation",
    "complementary",
    "main",
    "img",
}

SIGHTS = [
    "channel",
    "every block",
    "thread and wire log",
    "world",
    "modal",
    "home",
    "sidebar",
    "tour and toast",
]


async def look(desk: Desk, sight: str) -> None:
    """Lead the page to one of the sights."""
    page = desk.page
    if sight == "every block":
        desk.sandbox.now["messages"][ALERTS] = [message(1, BOT, "all", blocks=SHOWCASE)]
        await desk.show()
    elif sight == "thread and wire log":
        await page.locator(".replies").click()
        await page.keyboard.press("Escape")
        await page.get_by_role("button", name="Wire log").first.click()
        await page.locator(".wire-row").nth(2).click()
        await expect(page.locator(".wire-detail pre").first).to_be_visible()
    elif sight == "world":
        await page.get_by_role("button", name="World").first.click()
    elif sight == "modal":
        await desk.show(views=[MODAL | {"errors": {"why": "Say why."}}])
    elif sight == "home":
        await desk.show(home=HOME)
        await page.locator(".entry:has-text('OOM Guard')").evaluate("el => el.click()")
    elif sight == "sidebar":
        await page.get_by_role("button", name="Home").first.click()
    elif sight == "tour and toast":
        await page.get_by_role("button", name="Tour").click()
        await desk.sandbox.change(
            {"type": "toast", "channel": ALERTS, "title": "OOM Guard", "text": "It died. " * 30}
        )
        await expect(page.locator(".toast")).to_be_visible()
    await page.evaluate("Promise.all(document.getAnimations().map(each => each.finished))")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("desk", [WIDE, NARROW], indirect=True, ids=["wide", "narrow"])
async def test_texts_stand_out_and_nothing_sticks_out(desk: Desk, theme: str) -> None:
    found: dict[str, Any] = {}
    for sight in SIGHTS:
        await desk.page.evaluate(
            f"localStorage['oom-guard-sandbox'] = JSON.stringify({{theme: '{theme}', tour: {{open: false, done: []}}}})"
        )
        desk.sandbox.now = snapshot()
        await desk.page.reload()
        await desk.page.wait_for_selector(".message")
        await look(desk, sight)
        found[sight] = await desk.page.evaluate(PALE) + await desk.page.evaluate(WIDER)
    assert found == {sight: [] for sight in SIGHTS}


@pytest.mark.parametrize("sight", SIGHTS)
async def test_everything_has_a_name(desk: Desk, sight: str) -> None:
    await look(desk, sight)
    session = await desk.page.context.new_cdp_session(desk.page)
    tree = (await session.send("Accessibility.getFullAXTree"))["nodes"]
    roles = [
        (each["role"]["value"], each.get("name", {}).get("value", "")) for each in tree if not each["ignored"]
    ]
    assert [role for role, name in roles if role in NAMED and not name.strip()] == []
    ids: list[str] = await desk.page.evaluate("[...document.querySelectorAll('[id]')].map(each => each.id)")
    assert len(ids) == len(set(ids))


async def test_the_whole_story_by_keyboard_alone(desk: Desk) -> None:
    """From the top of the page to a scenario, then to the alert's button, with Tab, arrows and Enter."""
    page = desk.page

    async def tab_to(selector: str) -> None:
        for _ in range(80):
            await page.keyboard.press("Tab")
            if await page.evaluate("(s) => document.activeElement.matches(s)", selector):
                return
        pytest.fail(f"Tab never came to {selector}")

    await tab_to("[data-scenario=oom]")
    await page.keyboard.press("Enter")
    assert (await desk.said("scenario"))["name"] == "oom"
    await tab_to(".message .button.primary")
    outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    await page.keyboard.press("Enter")
    assert (await desk.said("action"))["action_id"] == "ack"
    await tab_to("#compose")
    await page.keyboard.type("/oom stats")
    await page.keyboard.press("Enter")
    assert (await desk.said("command"))["text"] == "/oom stats"


async def test_nothing_moves_for_who_asked_for_that(desk: Desk) -> None:
    await desk.page.emulate_media(reduced_motion="reduce")
    await desk.sandbox.change({"type": "toast", "channel": GENERAL, "title": "T", "text": "still"})
    await expect(desk.page.locator(".toast")).to_be_visible()
    assert await desk.page.evaluate("document.getAnimations().length") == 0
