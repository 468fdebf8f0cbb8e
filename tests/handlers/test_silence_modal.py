"""The silence form, from the button under an alert to the silence in the store."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.subject.silence import Matcher, Silence
from bot.domain.subject.subject import Subject
from bot.slack import controls
from bot.store import silences
from sandbox.slack.faults import http
from sandbox.slack.triggers import Trigger
from tests.handlers.workplace import ALICE, NOW, Workplace
from tests.slack.incidents import NOON, SERVICE, death, deaths

DURATION: dict[str, Any] = {"type": "static_select", "selected_option": {"value": "3h"}}
SCOPE: dict[str, Any] = {"type": "radio_buttons", "selected_option": {"value": "subject"}}


def typed(reason: str) -> dict[str, Any]:
    return {"reason": {"type": "plain_text_input", "value": reason}}


@pytest.fixture(autouse=True)
async def _kills(place: Workplace) -> None:
    await place.kill(*deaths(3))
    await place.kill(death(4, group_key=replace(SERVICE, container="envoy"), container="envoy"))
    await place.kill(death(5, group_key=replace(SERVICE, name="other")))
    await place.kill(death(6, died_at=NOON - timedelta(hours=25)))


async def active(place: Workplace) -> list[Silence]:
    return await place.db.read(silences.active, place.now)


async def opened(place: Workplace) -> dict[str, Any]:
    await place.press(await place.alert(1), controls.SILENCE)
    modal = place.modal()
    assert modal is not None
    return modal


async def test_the_form_says_what_each_scope_would_have_hidden(place: Workplace) -> None:
    modal = await opened(place)
    scope = next(block["element"] for block in modal["blocks"] if block.get("block_id") == "scope")
    assert [option["description"]["text"] for option in scope["options"]] == [
        "would have hidden 1 alert (3 kills) in the last 24 h",
        "would have hidden 2 alerts (4 kills) in the last 24 h",
        "would have hidden 3 alerts (5 kills) in the last 24 h",
    ]
    assert place.whispers() == []


@pytest.mark.parametrize(
    ("scope", "matcher"),
    [
        pytest.param("container", Subject.of(SERVICE).matcher("app"), id="this container"),
        pytest.param("subject", Subject.of(SERVICE).matcher(), id="this service"),
        pytest.param(
            "cluster",
            Matcher(account="123456789012", region="eu-west-1", cluster="prod"),
            id="the whole cluster",
        ),
    ],
)
async def test_what_is_submitted_is_written(place: Workplace, scope: str, matcher: Matcher) -> None:
    await opened(place)
    chosen = {"type": "radio_buttons", "selected_option": {"value": scope}}
    week = {"type": "static_select", "selected_option": {"value": "1w"}}
    assert await place.submit({"duration": week, "scope": chosen, **typed("ticket 12")}) == {}
    (silence,) = await active(place)
    assert (silence.matcher, silence.created_by, silence.reason) == (matcher, ALICE, "ticket 12")
    assert (silence.starts_at, silence.ends_at) == (NOW, NOW + timedelta(weeks=1))
    assert place.modal() is None


async def test_a_blank_reason_is_an_error_at_its_field(place: Workplace) -> None:
    await opened(place)
    errors = await place.submit(typed(" \u200b\u202e "))
    assert errors == {"reason": "Say why: others will ask."}
    assert await active(place) == []
    assert await place.submit(typed("load test")) == {}
    assert len(await active(place)) == 1


async def test_an_incident_that_is_gone_is_an_error_in_the_form(place: Workplace) -> None:
    await opened(place)
    place.slack.views.stacks[ALICE][-1].content["private_metadata"] = "99"
    errors = await place.submit(typed("load test"))
    assert "There is no incident #99" in errors["reason"]
    assert await active(place) == []


async def test_a_store_that_does_not_answer_keeps_what_was_typed(place: Workplace) -> None:
    await opened(place)
    await place.db.close()
    errors = await place.submit(typed("load test"))
    assert "My store does not answer right now" in errors["reason"]
    assert place.modal() is not None


async def test_too_late_to_open_is_told(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    give = place.slack.triggers.give

    def expired(user: str) -> str:
        trigger_id = give(user)
        place.slack.triggers._given[trigger_id] = Trigger(user, until=0)
        return trigger_id

    monkeypatch.setattr(place.slack.triggers, "give", expired)
    await place.press(await place.alert(1), controls.SILENCE)
    assert place.modal() is None
    assert "I was too slow to open the form" in place.whispers()[0]


async def test_what_belongs_to_nothing_cannot_be_silenced(place: Workplace) -> None:
    key = replace(SERVICE, cluster="", name="", container="")
    (number,) = await place.kill(death(7, group_key=key, container=""))
    await place.press(await place.alert(number, death(7)), controls.SILENCE)
    assert place.modal() is None
    assert "names no container, service or cluster" in place.whispers()[0]


async def test_without_a_store_the_button_says_so(place: Workplace) -> None:
    ts = await place.alert(1)
    await place.db.close()
    await place.press(ts, controls.SILENCE)
    assert place.modal() is None
    assert "My store does not answer right now" in place.whispers()[0]


async def test_slack_without_a_form_is_told(place: Workplace) -> None:
    ts = await place.alert(1)
    place.slack.faults.next("views.open", http(503))
    await place.press(ts, controls.SILENCE)
    assert "too slow to open the form" in place.whispers()[0]
