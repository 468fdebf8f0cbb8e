"""Messages: how they look, and what happens when somebody presses what is in them."""

import json
import re
from typing import Any

import pytest
from playwright.async_api import expect

from tests.sandbox.page.desk import ALERT, IN_CHROMIUM, Desk
from tests.sandbox.page.snapshot import ALERTS, ALICE, BOT, GENERAL, message, mrkdwn, option, ts

pytestmark = IN_CHROMIUM
THE_ALERT = {"type": "message", "channel": ALERTS, "ts": ts(300)}


async def test_every_block_is_drawn(desk: Desk) -> None:
    await desk.page.get_by_role("button", name="general").click()
    shown = desk.page.locator(".message .blocks").first
    for block in desk.sandbox.now["messages"][GENERAL][0]["blocks"]:
        await expect(shown.locator(f".block.{block['type']}").first).to_be_visible()
    await expect(shown.get_by_role("img", name="Memory, line. checkout-api: 06:00 300")).to_be_visible()
    await expect(shown.get_by_role("img", name="A picture that lies outside")).to_be_visible()
    await expect(shown.get_by_role("table")).to_have_count(2)
    await expect(shown.locator(".unknown")).to_contain_text("from_the_future")


async def test_a_button_tells_where_it_stands_and_what_else_is_chosen(desk: Desk) -> None:
    await desk.page.locator(ALERT).get_by_role("button", name="Acknowledge").click()
    nothing_chosen = {"snooze": {"type": "static_select", "selected_option": None}}
    assert await desk.said("action") == {
        "user": ALICE,
        "container": THE_ALERT,
        "block_id": "act",
        "action_id": "ack",
        "value": {"type": "button", "value": "i-1"},
        "state": {"act": nothing_chosen},
    }


async def test_a_dangerous_button_asks_first(desk: Desk) -> None:
    page = desk.page
    stop = page.locator(ALERT).get_by_role("button", name="Stop service")
    await stop.click()
    asked = page.get_by_role("dialog", name="Stop checkout-api?")
    await expect(asked).to_contain_text("Its 3 tasks go away at once.")
    await page.keyboard.press("Escape")
    await expect(asked).to_be_hidden()
    await expect(stop).to_be_focused()
    assert "action" not in desk.sandbox.verbs()
    await stop.click()
    await asked.get_by_role("button", name="Stop it").click()
    assert (await desk.said("action"))["action_id"] == "stop"


async def test_a_menu_is_searched_and_chosen_by_keyboard(desk: Desk) -> None:
    page = desk.page
    await page.locator(ALERT).get_by_role("combobox", name="Snooze for…").focus()
    await page.keyboard.press("ArrowDown")
    await expect(page.get_by_role("option")).to_have_count(3)
    await page.keyboard.type("hours")
    await expect(page.get_by_role("option")).to_have_count(1)
    await page.keyboard.press("Enter")
    said = await desk.said("action")
    assert said["value"] == {"type": "static_select", "selected_option": option("4h", "4 hours")}
    assert said["state"]["act"]["snooze"] == said["value"]


async def test_an_overflow_menu_by_keyboard(desk: Desk) -> None:
    page = desk.page
    more = page.locator(ALERT).get_by_role("button", name="More actions")
    await more.press("Enter")
    await expect(page.get_by_role("menuitem", name="Not an OOM")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(more).to_be_focused()
    await more.press("Enter")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    assert (await desk.said("action"))["value"]["selected_option"]["value"] == "resolve"


async def test_a_refusal_is_shown(desk: Desk) -> None:
    desk.sandbox.answers["action"] = lambda _: {"ok": False, "error": "There is no such button."}
    await desk.page.locator(ALERT).get_by_role("button", name="Acknowledge").click()
    await expect(desk.page.get_by_role("alert")).to_contain_text("There is no such button.")


async def test_an_update_changes_the_message_in_place_and_keeps_the_focus(desk: Desk) -> None:
    button = desk.page.get_by_role("button", name="Raise memory…")
    await button.focus()
    await button.evaluate("el => { el.mark = 'same'; }")
    alert = next(each for each in desk.sandbox.now["messages"][ALERTS] if each["attachments"])
    alert["blocks"][0]["text"] = mrkdwn("*Resolved*")
    desk.sandbox.now["messages"][ALERTS].insert(0, message(95_000, BOT, "An older one"))
    await desk.show()
    await expect(desk.page.locator(".message:has-text('Resolved')")).to_be_visible()
    await expect(button).to_be_focused()
    assert await button.evaluate("el => el.mark") == "same"


@pytest.mark.parametrize("name", ["Acknowledge", "More actions"])
async def test_an_update_with_new_block_ids_keeps_the_focus(desk: Desk, name: str) -> None:
    """Slack asks apps for new block_ids with every update: what has the focus is then another element."""
    button = desk.page.locator(ALERT).get_by_role("button", name=name)
    await button.focus()
    alert = next(each for each in desk.sandbox.now["messages"][ALERTS] if each["attachments"])
    for block in [*alert["blocks"], *alert["attachments"][0]["blocks"]]:
        block["block_id"] = f"{block['block_id']}-2"
    await desk.show()
    await expect(button).to_be_focused()
    await desk.page.keyboard.press("Escape")


async def test_an_update_while_a_button_is_pressed_waits_until_it_is_let_go(desk: Desk) -> None:
    mouse, button = desk.page.mouse, desk.page.locator(ALERT).get_by_role("button", name="Acknowledge")
    await button.hover()
    await mouse.down()
    alert = next(each for each in desk.sandbox.now["messages"][ALERTS] if each["attachments"])
    for block in alert["attachments"][0]["blocks"]:
        block["block_id"] = f"{block['block_id']}-2"
    desk.sandbox.now["messages"][ALERTS].append(message(1, BOT, "What moves all others up"))
    await desk.show()
    await mouse.up()
    assert (await desk.said("action"))["action_id"] == "ack"
    await expect(desk.page.locator(".message:has-text('What moves')")).to_be_in_viewport()


async def test_a_new_message_is_announced_by_its_text_and_scrolled_to(desk: Desk) -> None:
    block = {"type": "section", "block_id": "b", "text": mrkdwn("Look here")}
    new = message(1, BOT, "basket ran out of memory, <!here>", blocks=[block])
    desk.sandbox.now["messages"][ALERTS].append(new)
    await desk.show()
    await expect(desk.page.locator("[aria-live=polite]")).to_have_text(
        "OOM Guard: basket ran out of memory, @here"
    )
    await expect(desk.page.locator(".message:has-text('Look here')")).to_be_in_viewport()


async def test_days_authors_and_private_messages(desk: Desk) -> None:
    page = desk.page
    await expect(page.locator(".day-line")).to_have_text(["Yesterday", "Today"])
    await expect(page.locator(".message.grouped")).to_have_count(1)
    await expect(page.locator(".message.private")).to_contain_text("Only visible to you")
    await expect(page.locator(".message:has-text('famous last words') .author")).to_have_count(0)
    await expect(page.locator(ALERT).locator(".app-badge")).to_have_text("APP")


async def test_a_thread_by_keyboard(desk: Desk) -> None:
    page = desk.page
    await page.locator(ALERT).focus()
    await page.keyboard.press("Enter")
    thread = page.get_by_role("complementary", name="Thread")
    await expect(thread.locator(".message")).to_have_count(3)
    reply = thread.get_by_role("combobox", name="Reply…")
    await reply.fill("On it")
    await reply.press("Enter")
    said = await desk.said("message")
    assert said == {"user": ALICE, "channel": ALERTS, "text": "On it", "thread_ts": ts(300)}
    await expect(reply).to_have_value("")
    await reply.press("Escape")
    await expect(thread).to_be_hidden()


async def test_arrows_walk_through_the_messages(desk: Desk) -> None:
    page = desk.page
    await page.locator(".message").last.focus()
    await page.keyboard.press("ArrowUp")
    await expect(page.locator(".message.private")).to_be_focused()
    await page.keyboard.press("Home")
    await expect(page.locator(".message").first).to_be_focused()


async def test_a_reaction_is_given_and_shows_who(desk: Desk) -> None:
    await desk.page.get_by_role("button", name="eyes, 2: alice, bob").click()
    assert await desk.said("react") == {"user": ALICE, "channel": ALERTS, "ts": ts(300), "name": "eyes"}


HOSTILE = [
    pytest.param(
        {"type": "section", "block_id": "x", "text": mrkdwn("&lt;img src=x onerror=alert(1)&gt;")},
        id="mrkdwn",
    ),
    pytest.param(
        {
            "type": "header",
            "block_id": "x",
            "text": {"type": "plain_text", "text": "<script>alert(1)</script>"},
        },
        id="plain",
    ),
    pytest.param(
        {"type": "markdown", "block_id": "x", "text": "<iframe src=javascript:alert(1)>"}, id="markdown"
    ),
    pytest.param({"type": "unheard_of", "block_id": "x", "text": "<b>"}, id="an unknown block"),
]


@pytest.mark.parametrize("block", HOSTILE)
async def test_hostile_text_is_only_text(desk: Desk, block: dict[str, Any]) -> None:
    desk.sandbox.now["messages"][ALERTS].append(message(1, BOT, "x", blocks=[block]))
    await desk.show()
    found = desk.page.locator(".message").last.locator(".blocks")
    await expect(found).to_contain_text("<")
    assert await found.locator("script, iframe, img").count() == 0


BROKEN = [
    pytest.param({"type": "data_visualization", "title": "T", "chart": {}}, id="a chart without data"),
    pytest.param({"type": "data_visualization", "title": "T"}, id="a chart without a chart"),
    pytest.param({"type": "table", "rows": []}, id="a table without rows"),
    pytest.param(
        {"type": "rich_text", "elements": [{"type": "rich_text_section"}, {"type": "new"}]},
        id="rich text of tomorrow",
    ),
    pytest.param(
        {"type": "actions", "elements": [{"type": "teleport", "action_id": "t"}]}, id="an unknown element"
    ),
    pytest.param({"type": "markdown", "text": "|a|\n|-|\n```\n> - 1. **"}, id="markdown that stops short"),
]


@pytest.mark.parametrize("block", BROKEN)
async def test_odd_blocks_break_nothing(desk: Desk, block: dict[str, Any]) -> None:
    odd = message(2, BOT, "odd", blocks=[json.loads(json.dumps(block))])
    desk.sandbox.now["messages"][ALERTS] += [odd, message(1, BOT, "The next one")]
    await desk.show()
    await expect(desk.page.locator(".message").last).to_contain_text("The next one")


async def test_tab_stops_once_in_the_list_and_comes_back_to_the_same_message(desk: Desk) -> None:
    page = desk.page
    stops = page.locator(".message[tabindex='0']")
    await expect(stops).to_have_attribute("aria-label", re.compile("Thanks @alice"))
    await page.locator(ALERT).focus()
    await expect(stops).to_have_attribute("aria-label", re.compile("checkout-api in prod-eu"))
    await desk.show()
    await expect(page.locator(ALERT)).to_be_focused()
    await expect(stops).to_have_count(1)


async def test_who_reads_further_up_is_left_there_and_can_jump_down(desk: Desk) -> None:
    page = desk.page
    newest = page.locator(".conversation .jump")
    await expect(newest).to_be_hidden()
    await page.locator(".scroller").evaluate("el => el.scrollTo(0, 0)")
    await expect(newest).to_be_visible()
    desk.sandbox.now["messages"][ALERTS].append(message(1, BOT, "Something new"))
    await desk.show()
    assert await page.locator(".scroller").evaluate("el => el.scrollTop") == 0
    await newest.click()
    await expect(page.locator(".message").last).to_be_in_viewport()
    await expect(newest).to_be_hidden()


async def test_a_picture_that_slack_still_works_on_appears_later(desk: Desk) -> None:
    desk.sandbox.processing = True
    picture = {"type": "image", "block_id": "late", "slack_file": {"id": "F0LATE01"}, "alt_text": "late"}
    desk.sandbox.now["messages"][ALERTS].append(message(1, BOT, "x", blocks=[picture]))
    async with desk.page.expect_response("**/page/file/F0LATE01"):
        await desk.show()
    desk.sandbox.processing = False
    await desk.page.wait_for_event("response", lambda each: "F0LATE01?again" in each.url and each.ok)
    desk.wrong.clear()  # the browser reports the 404 that we made
