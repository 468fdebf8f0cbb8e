"""The door for Home: opened, pressed and ticked, through signed requests of a strict Slack."""

import json
from datetime import timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.home.home import Page
from bot.domain.home.wish import USUAL, Wish
from bot.domain.subject.silence import Matcher
from bot.slack.home.page import home
from bot.store import home_facts, homes, resizes, silences
from bot.store.homes import Home
from tests.handlers.workplace import ALICE, BOB, NOW, Json, Workplace
from tests.slack.incidents import death
from tests.slack.resizes import resize


async def open_home(place: Workplace, tab: str = "home") -> None:
    """Alice does."""
    event = {"type": "app_home_opened", "user": ALICE, "tab": tab}
    body = {"type": "event_callback", "team_id": "T0ACME", "event_id": "Ev1", "event": event}
    assert await place.post(json.dumps(body), "application/json") == 200


async def rows(place: Workplace) -> list[Home]:
    return await place.db.read(homes.everybody)


async def shows(place: Workplace, **page: Any) -> None:
    """Publish it as the reconciler does."""
    facts = await place.db.read(home_facts.facts, NOW)
    view = home(Page(facts=facts, **page), lambda _: "prod-eu")
    token, address = place.slack.credentials.bot_token, f"{place.url}/slack/api/"
    client = AsyncWebClient(token=token, base_url=address, retry_handlers=[])
    await client.views_publish(user_id=ALICE, view=view)


async def press(place: Workplace, action_id: str, user: str = ALICE, value: Json | None = None) -> None:
    """Press it there."""
    blocks = place.slack.snapshot(user)["home"]["blocks"]
    for block in blocks:
        controls = [*block.get("elements", []), block.get("accessory", {})]
        if any(control.get("action_id") == action_id for control in controls):
            where = {"container": {"type": "home"}, "block_id": block["block_id"], "action_id": action_id}
            await place.slack.act("action", {"user": user, **where, "value": value or {}})
            return
    raise AssertionError(f"{action_id} is not on the screen")


async def test_who_opens_home_has_it_published(place: Workplace) -> None:
    await open_home(place)
    (row,) = await rows(place)
    assert (row.user, row.wishes, row.opened_at) == (ALICE, USUAL, NOW)
    assert await place.db.read(homes.due, NOW)


async def test_the_messages_tab_is_not_home(place: Workplace) -> None:
    await open_home(place, tab="messages")
    assert await rows(place) == []


async def test_an_incident_is_acknowledged_there_and_home_tells_it(place: Workplace) -> None:
    (number,) = await place.kill(death())
    await open_home(place)
    incident = await place.incident(number)
    await shows(place, others=(incident,))
    await press(place, f"answer.also.{number}")
    assert (await place.incident(number)).acknowledged_by == ALICE
    (row,) = await rows(place)
    assert row.pressed_at == NOW
    assert row.note.startswith(f"👀 You are looking at #{number}")


async def test_a_silence_is_ended_there(place: Workplace) -> None:
    end = NOW + timedelta(hours=1)
    added = await place.db.write(silences.add, Matcher(name="checkout-api"), NOW, end, BOB, "")
    await open_home(place)
    await shows(place)
    await press(place, f"answer.also.{added.id}")
    ended = await place.db.read(silences.get, added.id)
    assert ended is not None
    assert (ended.ended_by, ended.ends_at) == (ALICE, NOW)


async def test_who_may_not_approve_is_told_so_in_home(place: Workplace) -> None:
    wanted = resize(incident_id=None, requested_at=NOW, expires_at=NOW + timedelta(hours=1)).spec
    decision = await place.db.write(resizes.request, wanted, "V1", NOW)
    assert decision.resize is not None
    await open_home(place)
    await shows(place, approvals=(decision.resize,))
    await press(place, "resize.approve")
    (row,) = await rows(place)
    assert "no policy" in row.note
    kept = await place.db.read(resizes.get, decision.resize.spec.id)
    assert kept == decision.resize


async def test_what_is_ticked_is_kept(place: Workplace) -> None:
    await open_home(place)
    await shows(place)
    ticked = [{"value": Wish.INCIDENT.value}, {"value": Wish.RESIZE.value}]
    await press(place, "home.wishes", value={"selected_options": ticked})
    (row,) = await rows(place)
    assert row.wishes == {Wish.INCIDENT, Wish.RESIZE}
    assert await place.db.read(homes.due, NOW)
