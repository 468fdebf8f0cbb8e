"""Clicks on alerts and under answers: what they change, once, and what the person is told."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.domain.incident.incident import Phase, Resolution
from bot.slack import controls
from bot.store import schema
from tests.handlers.workplace import ALICE, BOB, NOW, Workplace
from tests.slack.incidents import death


@pytest.fixture(autouse=True)
async def _one_kill(place: Workplace) -> None:
    await place.kill(death())


async def shared(place: Workplace) -> list[tuple[str, str, str]]:
    query = select(schema.shares.c.user_id, schema.shares.c.channel, schema.shares.c.words)
    return [tuple(row) for row in await place.db.read(lambda conn: conn.execute(query).all())]


async def test_acknowledge_is_written_and_needs_no_words(place: Workplace) -> None:
    ts = await place.alert(1)
    await place.press(ts, controls.ACKNOWLEDGE)
    found = await place.incident(1)
    assert (found.phase, found.acknowledged_by) == (Phase.ACKNOWLEDGED, ALICE)
    assert place.whispers() == []


async def test_a_double_click_changes_nothing_more(place: Workplace) -> None:
    ts = await place.alert(1)
    await place.press(ts, controls.ACKNOWLEDGE)
    once = await place.incident(1)
    place.now += timedelta(seconds=1)
    await place.press(ts, controls.ACKNOWLEDGE)
    assert await place.incident(1) == once
    assert place.whispers() == []


async def test_who_comes_second_is_told_who_was_first(place: Workplace) -> None:
    ts = await place.alert(1)
    await place.press(ts, controls.ACKNOWLEDGE, BOB)
    await place.press(ts, controls.ACKNOWLEDGE)
    assert place.whispers() == [f"#1 checkout-api / app is with <@{BOB}> since 2026-11-21 12:01 UTC."]
    assert (await place.incident(1)).acknowledged_by == BOB


async def test_resolve_is_written_and_who_comes_second_is_told(place: Workplace) -> None:
    ts = await place.alert(1)
    await place.press(ts, controls.RESOLVE)
    assert (await place.incident(1)).resolution is Resolution.BY_PERSON
    assert place.whispers() == []
    await place.press(ts, controls.ACKNOWLEDGE, BOB)
    await place.press(ts, controls.RESOLVE, BOB)
    assert len(place.whispers(BOB)) == 2
    assert all(f"was resolved already by <@{ALICE}>" in text for text in place.whispers(BOB))


async def test_not_an_oom_is_feedback_and_resolves(place: Workplace) -> None:
    ts = await place.alert(1)
    await place.press(ts, controls.MORE, option="not_an_oom:1")
    assert (await place.incident(1)).resolution is Resolution.NOT_AN_OOM
    rows = await place.db.read(lambda conn: conn.execute(select(schema.feedback)).all())
    assert [(row.incident_id, row.user_id, row.given_at) for row in rows] == [(1, ALICE, NOW)]
    assert place.whispers() == []


async def test_statistics_from_the_menu_are_for_the_one_who_asked(place: Workplace) -> None:
    ts = await place.alert(1)
    await place.press(ts, controls.MORE, option="stats:1")
    assert place.whispers()[0].startswith(
        "checkout-api (service in prod, prod-eu): 1 kill in the last 7 days"
    )
    assert place.whispers(BOB) == []
    assert place.seen()[0]["ts"] == ts


async def test_a_link_in_the_menu_only_wants_to_be_acknowledged(place: Workplace) -> None:
    ts = await place.alert(1)
    await place.press(ts, controls.MORE, option="page:1:task")
    assert place.whispers() == []


async def test_a_click_on_an_incident_that_is_gone(place: Workplace) -> None:
    ts = await place.alert(1)
    message = place.slack.workspace.channels[place.channel].messages[ts]
    for attachment in message.attachments or []:
        for block in attachment["blocks"]:
            for element in block.get("elements", []):
                if element.get("action_id") == controls.ACKNOWLEDGE:
                    element["value"] = "99"
    await place.press(ts, controls.ACKNOWLEDGE)
    assert "There is no incident #99" in place.whispers()[0]


@pytest.mark.parametrize(
    ("action_id", "value"),
    [
        pytest.param(controls.ACKNOWLEDGE, "of yesteryear", id="a value of another version"),
        pytest.param("incident.resize", "1", id="a button of another version"),
    ],
)
async def test_an_old_button_gets_a_sentence(place: Workplace, action_id: str, value: str) -> None:
    ts = await place.alert(1)
    message = place.slack.workspace.channels[place.channel].messages[ts]
    for attachment in message.attachments or []:
        for block in attachment["blocks"]:
            for element in block.get("elements", []):
                if element.get("action_id") == controls.ACKNOWLEDGE:
                    element.update(action_id=action_id, value=value)
    await place.press(ts, action_id)
    assert "I don't understand this button" in place.whispers()[0]
    assert (await place.incident(1)).phase is Phase.OPEN


async def test_without_a_store_the_click_is_answered_all_the_same(place: Workplace) -> None:
    ts = await place.alert(1)
    await place.db.close()
    await place.press(ts, controls.ACKNOWLEDGE)
    assert "My store does not answer right now" in place.whispers()[0]


async def test_share_is_kept_once_for_the_reconciler_and_nothing_is_posted(place: Workplace) -> None:
    answer = await place.command("list")
    before = len(place.seen(BOB))
    for _ in range(2):
        await place.press(answer["ts"], "answer.share")
    assert await shared(place) == [(ALICE, place.channel, "list 1")]
    assert "it appears in this channel in a moment" in place.newest()["text"]
    assert len(place.seen(BOB)) == before


async def test_what_the_reconciler_posts_of_a_share_has_no_buttons(place: Workplace) -> None:
    message = (await place.answering.shared("stats checkout-api 24h", ALICE)).as_arguments()
    assert message["text"].startswith("checkout-api (service in prod, prod-eu): 1 kill")
    assert all(block["type"] != "actions" and "accessory" not in block for block in message["blocks"])


@pytest.mark.parametrize(
    "words", ["ack 1", "resolve 1", "silence checkout-api", "unsilence 1", "nonsense", ""]
)
async def test_a_share_never_changes_anything(place: Workplace, words: str) -> None:
    message = await place.answering.shared(words, ALICE)
    assert "can't be shared" in message.text
    assert (await place.incident(1)).phase is Phase.OPEN


async def test_a_share_button_with_other_words_is_refused(place: Workplace) -> None:
    answer = await place.command("list")
    message = place.slack.workspace.channels[place.channel].messages[answer["ts"]]
    for block in message.blocks or []:
        for element in block.get("elements", []):
            if element.get("action_id") == "answer.share":
                element["value"] = "resolve 1"
    await place.press(answer["ts"], "answer.share")
    assert "can't be shared" in place.newest()["text"]
    assert await shared(place) == []


async def test_acknowledging_from_the_list_leaves_the_list(place: Workplace) -> None:
    answer = await place.command("list")
    await place.press(answer["ts"], "answer.also.1")
    assert (await place.incident(1)).acknowledged_by == ALICE
    assert place.whispers()[-2:] == [answer["text"], "👀 You are looking at #1 checkout-api / app."]
