"""The two buttons under a storm's message: all of it acknowledged at once, or its whole cluster silenced."""

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.incident.incident import Phase
from bot.domain.subject.silence import Matcher
from bot.slack import storm
from bot.store import silences, storms
from tests.handlers.workplace import ALICE, BOB, NOW, Workplace
from tests.store import looks


async def test_acknowledge_all_takes_every_open_incident(place: Workplace) -> None:
    ts = await place.storm(12)
    await place.press(ts, storm.ACKNOWLEDGE)
    found = [await place.incident(number) for number in range(1, 13)]
    assert {(one.phase, one.acknowledged_by) for one in found} == {(Phase.ACKNOWLEDGED, ALICE)}
    assert place.whispers() == ["👀 You are looking at 12 incidents of the storm in prod."]
    told = await place.db.read(storms.get, 1)
    assert told is not None
    assert (told.acknowledged_by, told.acknowledged_at) == (ALICE, NOW)


async def test_they_stay_folded(place: Workplace) -> None:
    ts = await place.storm(12)
    await place.press(ts, storm.ACKNOWLEDGE)
    first = await place.db.read(looks.notice_of, 1)
    assert first is not None
    assert first.is_folded


async def test_a_second_click_finds_nothing_left_and_changes_nobody(place: Workplace) -> None:
    ts = await place.storm(12)
    await place.press(ts, storm.ACKNOWLEDGE)
    place.now += timedelta(seconds=9)
    await place.press(ts, storm.ACKNOWLEDGE, BOB)
    assert place.whispers(BOB) == ["Nothing is left to acknowledge in the storm of prod."]
    told = await place.db.read(storms.get, 1)
    assert told is not None
    assert (told.acknowledged_by, told.acknowledged_at) == (ALICE, NOW)


async def test_acting_on_one_alone_unfolds_it(place: Workplace) -> None:
    await place.storm(12)
    await place.command("ack 3")
    third, fourth = [await place.db.read(looks.notice_of, number) for number in (3, 4)]
    assert third is not None
    assert fourth is not None
    assert (third.is_folded, fourth.is_folded) == (False, True)


async def test_the_whole_cluster_is_silenced(place: Workplace) -> None:
    ts = await place.storm(12)
    await place.press(ts, storm.SILENCE)
    modal = place.modal()
    assert modal is not None
    assert "*Cluster prod*" in modal["blocks"][0]["text"]["text"]
    reason: dict[str, Any] = {"type": "plain_text_input", "value": "the host is being replaced"}
    assert await place.submit({"reason": reason}) == {}
    [silence] = await place.db.read(silences.active, place.now)
    assert silence.matcher == Matcher(account="123456789012", region="eu-west-1", cluster="prod")


@pytest.mark.parametrize("action_id", [storm.ACKNOWLEDGE, storm.SILENCE])
async def test_a_storm_that_is_gone_is_told(place: Workplace, action_id: str) -> None:
    ts = await place.storm(12)
    message = place.slack.workspace.channels[place.channel].messages[ts]
    for attachment in message.attachments or []:
        for block in attachment["blocks"]:
            for element in block.get("elements", []):
                if element.get("action_id") == action_id:
                    element["value"] = "99"
    await place.press(ts, action_id)
    assert "There is no storm #99" in place.whispers()[0]
    assert place.modal() is None


async def test_the_list_shows_them_anyway(place: Workplace) -> None:
    await place.storm(12)
    assert "12" in (await place.command("list"))["text"]
