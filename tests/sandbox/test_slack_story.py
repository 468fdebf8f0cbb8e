"""The story of one alert through the sandbox's Slack, with a real Bolt app over HTTP."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp

from sandbox.slack.slack import Slack
from tests.sandbox.slack_parts import app_for, client_of, listening, workspace

ALICE = "U0ALICE"
ALERTS = "C0OOMALERTS"
BUTTON = {
    "type": "button",
    "text": {"type": "plain_text", "text": "Acknowledge"},
    "action_id": "ack",
    "value": "7",
}
ALERT: list[dict[str, Any]] = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "*checkout-api* ran out of memory"}},
    {"type": "actions", "block_id": "controls", "elements": [BUTTON]},
]
MODAL = {
    "type": "modal",
    "callback_id": "silence",
    "title": {"type": "plain_text", "text": "Silence"},
    "submit": {"type": "plain_text", "text": "Silence"},
    "blocks": [
        {
            "type": "input",
            "block_id": "why",
            "label": {"type": "plain_text", "text": "Why?"},
            "element": {"type": "plain_text_input", "action_id": "text"},
        }
    ],
}


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    async with workspace() as running:
        yield running


@pytest.fixture
def app(slack: Slack) -> AsyncApp:
    return app_for(slack)


async def press(slack: Slack, ts: str) -> dict[str, Any]:
    container = {"type": "message", "channel": ALERTS, "ts": ts}
    ids = {"block_id": "controls", "action_id": "ack", "value": {"type": "button"}}
    return await slack.act("action", {"user": ALICE, "container": container, **ids})


async def test_an_alert_is_posted_acknowledged_and_updated_in_place(slack: Slack, app: AsyncApp) -> None:
    @app.action("ack")
    async def acknowledge(ack: Any, body: dict[str, Any], client: Any) -> None:
        await ack()
        where = {"channel": body["channel"]["id"], "ts": body["message"]["ts"]}
        await client.chat_update(**where, text=f"Acknowledged by <@{body['user']['id']}>")

    posted = await client_of(slack).chat_postMessage(channel="#oom-alerts", text="OOM", blocks=ALERT)
    async with listening(slack, app):
        await press(slack, posted["ts"])
    [shown] = slack.snapshot(ALICE)["messages"][ALERTS]
    assert (shown["text"], shown["blocks"], shown["edited"]) == (f"Acknowledged by <@{ALICE}>", None, True)


async def test_a_slash_command_answers_the_person_who_typed_it_only(slack: Slack, app: AsyncApp) -> None:
    @app.command("/oom")
    async def oom(ack: Any, command: dict[str, Any]) -> None:
        await ack(f"You asked for {command['text']} in {command['channel_name']}")

    async with listening(slack, app):
        await slack.act("command", {"user": ALICE, "channel": ALERTS, "text": "/oom stats a<b"})
    [shown] = slack.snapshot(ALICE)["messages"][ALERTS]
    assert shown["text"] == "You asked for stats a&lt;b in oom-alerts"
    assert shown["ephemeral_for"] == ALICE
    assert slack.snapshot("U0BOB")["messages"][ALERTS] == []


async def test_a_modal_is_opened_refused_by_the_app_and_then_taken(slack: Slack, app: AsyncApp) -> None:
    @app.action("ack")
    async def open_modal(ack: Any, body: dict[str, Any], client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    @app.view("silence")
    async def submitted(ack: Any, view: dict[str, Any]) -> None:
        text = view["state"]["values"]["why"]["text"]["value"]
        await (ack() if text == "deploy" else ack(response_action="errors", errors={"why": "Say deploy."}))

    posted = await client_of(slack).chat_postMessage(channel=ALERTS, text="OOM", blocks=ALERT)
    async with listening(slack, app):
        await press(slack, posted["ts"])
        [view] = slack.snapshot(ALICE)["views"]

        async def submit(value: str | None) -> list[dict[str, Any]]:
            state = {"why": {"text": {"type": "plain_text_input", "value": value}}}
            await slack.act("submit", {"user": ALICE, "view_id": view["id"], "state": state})
            return list(slack.snapshot(ALICE)["views"])

        assert (await submit(None))[0]["errors"] == {"why": "Please complete this required field."}
        assert (await submit("because"))[0]["errors"] == {"why": "Say deploy."}
        assert await submit("deploy") == []


async def test_the_page_gets_state_changes_and_a_push(slack: Slack) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{slack.url}/page/events", params={"user": ALICE}) as events,
    ):
        assert b"changed" in await events.content.readline()
        await client_of(slack).chat_postMessage(channel=ALERTS, text="checkout-api ran out of memory")
        await events.content.readline()
        assert b'"toast", "channel": "C0OOMALERTS"' in await events.content.readline()
        async with session.get(f"{slack.url}/page/state", params={"user": ALICE}) as state:
            snapshot = await state.json()
    assert [channel["unread"] for channel in snapshot["channels"] if channel["id"] == ALERTS] == [1]
    assert snapshot["wire"][-1]["kind"] == "chat.postMessage"
