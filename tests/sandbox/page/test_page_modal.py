"""Modals: what is typed stays, mistakes are shown where they are, and the keyboard suffices."""

import json
from typing import Any

import pytest
from playwright.async_api import Locator, expect

from tests.sandbox.page.conftest import NARROW
from tests.sandbox.page.desk import IN_CHROMIUM, Desk
from tests.sandbox.page.snapshot import ALICE, BOB, DURATIONS, MODAL, NOW, option, plain

pytestmark = IN_CHROMIUM


def view(**changes: Any) -> dict[str, Any]:
    copy: dict[str, Any] = json.loads(json.dumps(MODAL | changes))
    return copy


async def opened(desk: Desk) -> Locator:
    await desk.show(views=[view()])
    return desk.page.get_by_role("dialog", name="Silence checkout-api")


async def test_what_is_typed_outlives_snapshots(desk: Desk) -> None:
    modal = await opened(desk)
    why = modal.get_by_label("Why")
    await expect(why).to_be_focused()
    await why.press_sequentially("Load te")
    await why.evaluate("el => { el.mark = 'same'; el.setSelectionRange(2, 4); }")
    desk.sandbox.now["world"]["speed"] = 60
    await desk.show()
    assert await why.evaluate("el => [el.mark, el.value, el.selectionStart]") == ["same", "Load te", 2]
    await desk.show(views=[view(hash="2.b", title=plain("Silence it"))])
    await expect(desk.page.get_by_role("dialog", name="Silence it").get_by_label("Why")).to_have_value(
        "Load te"
    )
    await expect(desk.page.get_by_label("Why")).to_be_focused()


async def test_another_view_starts_afresh(desk: Desk) -> None:
    await (await opened(desk)).get_by_label("Why").fill("mine")
    await desk.show(views=[view(), view(id="V0OTHER", title=plain("Other"))])
    other = desk.page.get_by_role("dialog", name="Other")
    await expect(other.get_by_label("Why")).to_have_value("")
    await other.get_by_role("button", name="Back").click()
    assert (await desk.said("close"))["view_id"] == "V0OTHER"
    await desk.show(views=[view()])
    await expect(desk.page.get_by_label("Why")).to_have_value("mine")


async def test_all_inputs_are_submitted_as_slack_would_hold_them(desk: Desk) -> None:
    desk.sandbox.answers["options"] = lambda body: {
        "ok": True,
        "options": [option("t-1", f"task {body['query']}")],
    }
    modal, page = await opened(desk), desk.page
    await modal.get_by_label("Why").fill("Load test")
    await modal.get_by_label("For how long").click()
    await page.get_by_role("option", name="1 day").click()
    await modal.get_by_label("Task").press_sequentially("ab")
    await page.get_by_role("option", name="task ab").click()
    await modal.get_by_label("Tell").click()
    await page.get_by_role("option", name="Bob Osei").click()
    await page.keyboard.press("Escape")
    await modal.get_by_label("The whole service").check()
    await modal.get_by_label("Post in the channel").check()
    await modal.get_by_label("Limit in MiB").fill("768")
    await modal.get_by_role("button", name="Silence", exact=True).click()
    assert await desk.said("submit") == {
        "user": ALICE,
        "view_id": "V0SILENCE",
        "state": {
            "why": {"t": {"type": "plain_text_input", "value": "Load test"}},
            "long": {"s": {"type": "static_select", "selected_option": DURATIONS[1]}},
            "task": {"e": {"type": "external_select", "selected_option": option("t-1", "task ab")}},
            "who": {"m": {"type": "multi_users_select", "selected_users": [BOB]}},
            "scope": {"r": {"type": "radio_buttons", "selected_option": option("all", "The whole service")}},
            "also": {
                "c": {"type": "checkboxes", "selected_options": [MODAL["blocks"][6]["element"]["options"][0]]}
            },
            "at": {"d": {"type": "datetimepicker", "selected_date_time": NOW}},
            "mib": {"n": {"type": "number_input", "value": "768"}},
        },
    }


async def test_the_app_is_asked_for_options_once_the_typing_pauses(desk: Desk) -> None:
    desk.sandbox.answers["options"] = lambda _: {
        "ok": True,
        "option_groups": [{"label": plain("prod"), "options": [option("1", "One")]}],
    }
    modal = await opened(desk)
    await modal.get_by_label("Task").press_sequentially("c")
    await expect(desk.page.get_by_role("listbox")).to_contain_text("Type at least 2 characters")
    await modal.get_by_label("Task").press_sequentially("heck")
    await expect(desk.page.get_by_role("option", name="One")).to_be_visible()
    await expect(desk.page.locator(".group-label")).to_have_text("prod")
    asked = [body for verb, body in desk.sandbox.said if verb == "options"]
    assert [each["query"] for each in asked] == ["check"]
    assert (asked[0]["container"], asked[0]["block_id"], asked[0]["action_id"]) == (
        {"type": "view", "view_id": "V0SILENCE"},
        "task",
        "e",
    )


async def test_no_options_and_a_deaf_app(desk: Desk) -> None:
    answers = iter([{"ok": True, "options": []}, {"ok": False, "error": "The app did not answer."}])
    desk.sandbox.answers["options"] = lambda _: next(answers)
    task = (await opened(desk)).get_by_label("Task")
    await task.press_sequentially("xx")
    await expect(desk.page.get_by_role("listbox")).to_contain_text("No results")
    await task.press_sequentially("y")
    await expect(desk.page.get_by_role("listbox")).to_contain_text("The app did not answer.")


async def test_mistakes_are_shown_and_led_to(desk: Desk) -> None:
    modal = await opened(desk)

    def refuse(_body: dict[str, Any]) -> dict[str, Any]:
        desk.sandbox.now["views"] = [view(errors={"mib": "Fargate has no such size."})]
        return {"ok": True}

    desk.sandbox.answers["submit"] = refuse
    await modal.get_by_role("button", name="Silence", exact=True).click()
    field = modal.get_by_label("Limit in MiB")
    await expect(field).to_be_focused()
    await expect(field).to_have_accessible_description("Fargate has no such size.")
    assert await field.get_attribute("aria-invalid") == "true"


async def test_a_busy_view_cannot_be_sent_twice(desk: Desk) -> None:
    await desk.show(views=[view(busy=True)])
    await expect(desk.page.get_by_role("button", name="Silence", exact=True)).to_be_disabled()


async def test_the_keyboard_stays_inside_and_escape_closes(desk: Desk) -> None:
    page = desk.page
    await page.locator("#compose").focus()
    modal = await opened(desk)
    for _ in range(30):
        await page.keyboard.press("Tab")
        assert await page.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        )
    await modal.get_by_label("Why").focus()
    await page.keyboard.press("Escape")
    await desk.said("close")
    await desk.show(views=[])
    await expect(page.locator("#compose")).to_be_focused()


async def test_escape_in_a_list_closes_the_list_only(desk: Desk) -> None:
    modal = await opened(desk)
    await modal.get_by_label("For how long").click()
    await expect(desk.page.get_by_role("listbox")).to_be_visible()
    await desk.page.keyboard.press("Escape")
    await expect(desk.page.get_by_role("listbox")).to_be_hidden()
    await desk.frame()
    assert "close" not in desk.sandbox.verbs()


async def test_what_is_typed_into_a_select_replaces_what_was_chosen(desk: Desk) -> None:
    box = (await opened(desk)).get_by_label("For how long")
    await box.focus()
    await desk.page.keyboard.type("w")
    await expect(box).to_have_value("w")
    await expect(desk.page.get_by_role("option")).to_have_text(["2 weeks"])


@pytest.mark.parametrize("desk", [pytest.param(NARROW, id="a phone")], indirect=True)
async def test_what_was_chosen_is_read_whole_on_a_phone_and_can_still_be_changed(desk: Desk) -> None:
    size = option("10G", "10,240 MiB · enough in 97 of 100 · +$114/month")
    element = {
        "type": "static_select",
        "action_id": "s",
        "options": [size, *DURATIONS],
        "initial_option": size,
    }
    await desk.show(
        views=[view(blocks=[{"type": "input", "block_id": "b", "label": plain("Size"), "element": element}])]
    )
    box = desk.page.get_by_role("dialog").locator(".select")
    told = box.get_by_text("10,240 MiB · enough in 97 of 100 · +$114/month")
    assert await told.evaluate("el => [el.scrollWidth > el.clientWidth, el.clientHeight > 50]") == [
        False,
        True,
    ]
    await desk.page.get_by_role("combobox", name="Size").click()
    await desk.page.get_by_role("option", name="1 day").click()
    await expect(box).to_have_text("1 day")
    await expect(desk.page.get_by_role("combobox", name="Size")).to_have_value("1 day")


async def test_tokens_of_a_multi_select_are_removed_by_backspace(desk: Desk) -> None:
    modal, page = await opened(desk), desk.page
    await modal.get_by_label("Tell").click()
    await page.keyboard.press("Enter")
    await expect(modal.locator(".token")).to_have_text(["Alice Meyer×"])
    await page.keyboard.press("Backspace")
    await expect(modal.locator(".token")).to_have_count(0)


async def test_letters_left_are_counted_near_the_end(desk: Desk) -> None:
    why = (await opened(desk)).get_by_label("Why")
    await why.fill("x" * 55)
    await expect(desk.page.get_by_text("5 left")).to_be_visible()
    await why.press_sequentially("y" * 9)
    assert len(await why.input_value()) == 60
