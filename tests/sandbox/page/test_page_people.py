"""People at the page: they write, look around, become somebody else, and are told of things."""

import pytest
from playwright.async_api import expect

from tests.sandbox.page.conftest import NARROW
from tests.sandbox.page.desk import IN_CHROMIUM, Desk
from tests.sandbox.page.snapshot import ALERTS, ALICE, BOB, BOT, HOME, PAYMENTS, message

pytestmark = IN_CHROMIUM


async def test_a_command_completes_itself(desk: Desk) -> None:
    page = desk.page
    composer = page.get_by_role("combobox", name="Message #oom-alerts")
    await composer.press_sequentially("/o")
    await expect(page.get_by_role("option")).to_contain_text("stats <task> [7d] | list | top")
    await page.keyboard.press("Tab")
    await expect(composer).to_have_value("/oom ")
    await composer.press_sequentially("stats checkout-api")
    await expect(page.get_by_role("listbox")).to_be_visible()
    await page.keyboard.press("Enter")
    assert await desk.said("command") == {"user": ALICE, "channel": ALERTS, "text": "/oom stats checkout-api"}
    await expect(composer).to_have_value("")
    await expect(page.get_by_role("listbox")).to_be_hidden()


async def test_somebody_is_mentioned(desk: Desk) -> None:
    composer = desk.page.get_by_role("combobox", name="Message #oom-alerts")
    await composer.press_sequentially("Ask @pay")
    await desk.page.keyboard.press("Enter")
    await expect(composer).to_have_value("Ask @payments-oncall ")
    await desk.page.keyboard.press("Enter")
    assert (await desk.said("message"))["text"] == "Ask @payments-oncall"


async def test_lines_marks_and_a_refused_message(desk: Desk) -> None:
    desk.sandbox.answers["message"] = lambda _: {"ok": False, "error": "#oom-alerts is archived."}
    page = desk.page
    composer = page.get_by_role("combobox", name="Message #oom-alerts")
    await composer.press_sequentially("one")
    await page.keyboard.press("Shift+Enter")
    await composer.press_sequentially("two")
    await page.keyboard.press("Shift+Home")
    await page.get_by_role("button", name="Bold").click()
    await expect(composer).to_have_value("one\n*two*")
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("alert")).to_contain_text("#oom-alerts is archived.")
    await expect(composer).to_have_value("one\n*two*")


async def test_drafts_stay_with_their_channel(desk: Desk) -> None:
    page = desk.page
    await page.get_by_role("combobox", name="Message #oom-alerts").fill("half a thought")
    await page.get_by_role("button", name="general").click()
    await expect(page.get_by_role("combobox", name="Message #general")).to_have_value("")
    await page.get_by_role("button", name="oom-alerts").click()
    await expect(page.get_by_role("combobox", name="Message #oom-alerts")).to_have_value("half a thought")


async def test_unread_messages_are_counted_marked_and_read(desk: Desk) -> None:
    page = desk.page
    entry = page.get_by_role("button", name="team-payments, 3 unread, 1 mentions")
    await expect(entry.locator(".badge")).to_have_text("1")
    await entry.click()
    assert await desk.said("read") == {"user": ALICE, "channel": PAYMENTS}
    await expect(page.locator(".new-line + .message")).to_contain_text("Message 0")
    await desk.show()
    await expect(page.get_by_role("button", name="team-payments", exact=True)).to_be_visible()
    await expect(page.locator(".new-line")).to_have_count(1)


async def test_somebody_else_sits_down_and_is_remembered(desk: Desk) -> None:
    page = desk.page
    await page.get_by_role("button", name="You are Alice Meyer").click()
    await page.get_by_role("menuitemradio", name="Bob Osei").click()
    await expect(page.get_by_role("button", name="You are Bob Osei")).to_be_visible()
    await page.get_by_role("button", name="React with eyes").first.evaluate("el => el.click()")
    assert (await desk.said("react"))["user"] == BOB
    await page.reload()
    await expect(page.get_by_role("button", name="You are Bob Osei")).to_be_visible()


async def test_somebody_of_an_earlier_sandbox_is_forgotten(desk: Desk) -> None:
    await desk.page.evaluate(
        "localStorage['oom-guard-sandbox'] = JSON.stringify({user: 'U0GONE', tour: {open: false, done: []}})"
    )
    await desk.page.reload()
    await expect(desk.page.get_by_role("button", name="You are Alice Meyer")).to_be_visible()


async def test_home_is_asked_for_and_shown(desk: Desk) -> None:
    page = desk.page
    await page.get_by_role("button", name="OOM Guard").click()
    await desk.said("home")
    await expect(page.get_by_text("OOM Guard has not published its Home yet.")).to_be_visible()
    await desk.show(home=HOME)
    await expect(page.get_by_role("heading", name="Open incidents")).to_be_visible()
    await page.get_by_role("button", name="Settings…").click()
    assert (await desk.said("action"))["container"] == {"type": "home"}
    await page.get_by_role("tab", name="Messages").click()
    await expect(page.get_by_role("combobox", name="Message OOM Guard")).to_be_visible()


async def test_an_app_without_a_home_says_so_and_is_not_asked_for_one(desk: Desk) -> None:
    now = desk.sandbox.now
    now["bot"]["has_home"] = False
    now["channels"] = [one for one in now["channels"] if not one["is_im"]]
    await desk.show()
    await desk.page.get_by_role("button", name="OOM Guard").first.click()
    await expect(desk.page.get_by_text("OOM Guard has no Home tab")).to_be_visible()
    await expect(desk.page.get_by_role("tab")).to_have_count(0)


async def test_an_empty_channel_names_itself(desk: Desk) -> None:
    desk.sandbox.now["messages"][ALERTS] = []
    await desk.show()
    await expect(desk.page.get_by_text("This is the very beginning of #oom-alerts.")).to_be_visible()


async def test_a_push_shows_its_text_and_leads_to_its_channel(desk: Desk) -> None:
    page = desk.page
    await desk.sandbox.change(
        {"type": "toast", "channel": PAYMENTS, "title": "OOM Guard", "text": "basket died"}
    )
    await page.get_by_role("status", name="Phone notifications").get_by_text("basket died").click()
    await expect(page.get_by_role("combobox", name="Message #team-payments")).to_be_visible()
    await expect(page.get_by_text("basket died")).to_have_count(0)


async def test_scenarios_are_searched_and_started(desk: Desk) -> None:
    page = desk.page
    await page.get_by_role("searchbox", name="Search scenarios").fill("storm")
    found = page.get_by_role("region", name="Sandbox").get_by_role("button")
    await expect(found).to_have_count(1)
    await found.click()
    assert await desk.said("scenario") == {"user": ALICE, "name": "storm"}


async def test_groups_of_scenarios_fold_and_stay_as_they_were_left(desk: Desk) -> None:
    page = desk.page
    forgery = page.get_by_role("button", name="Forged delivery")
    await expect(forgery).to_have_count(0)
    await page.get_by_role("button", name="Trouble", expanded=False).press("Enter")
    await expect(forgery).to_be_visible()
    await page.reload()
    await page.get_by_role("button", name="Trouble", expanded=True).click()
    await expect(forgery).to_have_count(0)


async def test_the_wire_log_is_filtered_and_opened(desk: Desk) -> None:
    page = desk.page
    await page.get_by_role("button", name="Wire log, 1").click()
    log = page.get_by_role("complementary", name="Wire log")
    await expect(log.locator(".wire-entry")).to_have_count(7)
    await log.get_by_role("button", name="Errors").click()
    row = log.locator(".wire-row")
    await expect(row).to_have_count(1)
    await expect(row).to_contain_text("must be less than 3001 characters [json-pointer:/blocks/0/text/text]")
    await row.press("Enter")
    await expect(row).to_have_attribute("aria-expanded", "true")
    await expect(log.locator("pre").first).to_have_text(
        '{\n  "channel": "C0ALERTS",\n  "blocks": [\n    {\n      "type": "divider"\n    }\n  ],\n  "unfurl_links": false\n}'
    )
    await log.get_by_role("button", name="Advice").click()
    await expect(row).to_contain_text("text is missing")
    await log.get_by_role("button", name="All").click()
    await log.get_by_role("searchbox").fill("ecs:")
    await expect(row).to_have_count(1)


async def test_the_world_is_shown_and_hurried(desk: Desk) -> None:
    page = desk.page
    await page.get_by_role("button", name="World, 1").click()
    world = page.get_by_role("complementary", name="World")
    await expect(world.get_by_role("meter", name="Memory of checkout-api")).to_have_attribute(
        "aria-valuetext", "505 of 512 MiB"
    )
    await expect(world.locator("li").first).to_contain_text("restarting")
    await expect(world).to_contain_text("12 delivered")
    await world.get_by_role("button", name="60×").click()
    assert await desk.said("world") == {"user": ALICE, "verb": "set_speed", "speed": 60}


async def test_the_theme_is_turned_and_remembered(desk: Desk) -> None:
    page = desk.page
    background = "getComputedStyle(document.querySelector('.sheet')).backgroundColor"
    assert await page.evaluate(background) == "rgb(255, 255, 255)"
    await page.get_by_role("button", name="Dark theme").click()
    await page.reload()
    await expect(page.get_by_role("button", name="Light theme")).to_be_visible()
    assert await page.evaluate(background) == "rgb(26, 29, 33)"


async def test_the_page_says_so_while_the_sandbox_is_away(desk: Desk) -> None:
    await desk.page.route("**/page/state*", lambda route: route.fulfill(status=503, json={}))
    await desk.sandbox.change()
    await expect(desk.page.get_by_text("The sandbox does not answer")).to_be_visible()
    desk.wrong.clear()  # the browser reports the 503 that we made
    await desk.page.unroute("**/page/state*")
    await desk.show()
    await expect(desk.page.get_by_text("The sandbox does not answer")).to_be_hidden()


async def test_the_tour_ticks_itself_off(desk: Desk) -> None:
    page, now = desk.page, desk.sandbox.now
    await page.get_by_role("button", name="Tour").click()
    tour = page.get_by_role("complementary", name="Tour of the first minute")
    current = tour.locator("[aria-current=step]")
    await expect(current).to_contain_text("Kill a task")
    await tour.get_by_role("button", name="Show me").click()
    await expect(page.locator(".scenario").first).to_be_focused()
    await page.get_by_role("button", name="general").click()
    now["messages"][ALERTS].append(message(2, BOT, "Test, not an incident"))
    await desk.show()
    await expect(current).to_contain_text("Kill a task")
    now["messages"][ALERTS].append(message(1, BOT, "search ran out of memory"))
    now["world"]["workloads"][0]["kills"] += 1
    await desk.show()
    await expect(current).to_contain_text("Read the alert")
    await page.get_by_role("button", name="oom-alerts").click()
    await expect(current).to_contain_text("Acknowledge it")
    now["messages"][ALERTS][-1]["text"] = "Acknowledged by Alice"
    await desk.show()
    await expect(current).to_contain_text("Ask for the figures")
    line, sick = now["wire"][0], now["world"]["workloads"][0]
    now["wire"].append(line | {"id": 90, "kind": "dispatch slash_command"})
    await desk.show()
    await expect(current).to_contain_text("Give it more memory")
    sick |= {"revision": 88, "limit_mib": 1024, "rollout": "IN_PROGRESS", "state": "running", "running": 3}
    await desk.show()
    await expect(current).to_contain_text("Watch it heal")
    sick["rollout"] = "COMPLETED"
    await desk.show()
    await expect(current).to_contain_text("Silence it")
    now["messages"][ALERTS][-1]["text"] = "*Silenced* until tomorrow"
    await desk.show()
    await expect(current).to_contain_text("Look behind the curtain")
    await page.get_by_role("button", name="Wire log").first.click()
    await page.locator(".wire-row").first.click()
    await expect(tour).to_contain_text("That is OOM Guard")
    await tour.get_by_role("button", name="Close the tour").click()
    await page.reload()
    await expect(page.locator(".shell")).to_be_visible()
    await expect(tour).to_have_count(0)


@pytest.mark.parametrize("desk", [NARROW], indirect=True, ids=["on a phone"])
async def test_on_a_phone_one_thing_fills_the_screen(desk: Desk) -> None:
    page = desk.page
    await expect(page.locator(".sidebar")).to_be_hidden()
    await page.get_by_role("button", name="Channels").click()
    await page.get_by_role("button", name="general").click()
    await expect(page.locator(".sidebar")).to_be_hidden()
    await expect(page.get_by_role("combobox", name="Message #general")).to_be_visible()
    await page.get_by_role("button", name="Channels").click()
    await page.get_by_role("button", name="oom-alerts").click()
    await page.get_by_role("button", name="2 replies").click()
    thread = page.get_by_role("complementary", name="Thread")
    box = await thread.bounding_box()
    assert box is not None
    assert (box["x"], box["width"]) == (0, 360)
    await thread.get_by_role("button", name="Back").click()
    await expect(page.get_by_role("combobox", name="Message #oom-alerts")).to_be_visible()
