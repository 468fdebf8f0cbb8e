"""Socket Mode with the real Bolt handler: acknowledgements, reconnecting, redelivery."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient

from sandbox.slack.call import Call
from sandbox.slack.refusal import Nonsense
from sandbox.slack.slack import Slack
from tests.sandbox.slack_parts import app_for, client_of, refusal, workspace

Json = dict[str, Any]
ALICE, ALERTS = "U0ALICE", "C0OOMALERTS"


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    async with workspace() as running:
        yield running


@asynccontextmanager
async def connected(slack: Slack, app: AsyncApp) -> AsyncIterator[SocketModeClient]:
    handler = AsyncSocketModeHandler(app, slack.credentials.app_token, web_client=client_of(slack))
    await handler.connect_async()  # type: ignore[no-untyped-call]
    try:
        yield handler.client
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


@asynccontextmanager
async def line(slack: Slack) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """A line by hand, to see every envelope."""
    opened = await client_of(slack, slack.credentials.app_token).apps_connections_open(
        app_token=slack.credentials.app_token
    )
    async with aiohttp.ClientSession() as session, session.ws_connect(opened["url"]) as socket:
        hello = await socket.receive_json()
        assert (hello["type"], hello["connection_info"]["app_id"]) == ("hello", "A0OOMGUARD")
        yield socket


async def ask(slack: Slack) -> Json:
    return await slack.act("command", {"user": ALICE, "channel": ALERTS, "text": "/oom list"})


def whispers(slack: Slack) -> list[str]:
    return [message["text"] for message in slack.snapshot(ALICE)["messages"][ALERTS]]


async def test_a_bolt_app_answers_through_its_socket(slack: Slack) -> None:
    app = app_for(slack)

    @app.command("/oom")
    async def oom(ack: Any, command: Json) -> None:
        await ack(f"{command['text']}: nothing")

    async with connected(slack, app):
        await ask(slack)
    assert whispers(slack) == ["list: nothing"]


async def test_a_bolt_app_comes_back_when_slack_asks_it_to(slack: Slack) -> None:
    app = app_for(slack)

    @app.command("/oom")
    async def oom(ack: Any) -> None:
        await ack("here")

    heard = asyncio.Event()
    slack.wire.listeners.append(lambda _entry: heard.set())
    async with connected(slack, app):
        leaving = asyncio.create_task(slack.sockets.refresh())
        async with asyncio.timeout(60):
            while [entry.kind for entry in slack.wire.entries()].count("socket hello") < 2:
                await heard.wait()
                heard.clear()
        await ask(slack)
        leaving.cancel()
    assert whispers(slack) == ["here"]


async def test_an_envelope_on_a_line_that_breaks_goes_out_on_another(slack: Slack) -> None:
    async with line(slack) as first:
        asked = asyncio.create_task(ask(slack))
        lost = await first.receive_json()
        assert (lost["type"], lost["payload"]["text"]) == ("slash_commands", "list")
        async with line(slack) as second:
            await first.close()
            again = await second.receive_json()
            assert again["envelope_id"] == lost["envelope_id"]
            await second.send_json({"envelope_id": again["envelope_id"], "payload": {"text": "second"}})
            await asked
    assert whispers(slack) == ["second"]


async def test_an_event_says_on_its_envelope_that_it_is_a_retry(slack: Slack) -> None:
    async with line(slack) as first:
        await slack.act("archive", {"user": ALICE, "channel": ALERTS})
        sent = await first.receive_json()
        async with line(slack) as second:
            await first.close()
            again = await second.receive_json()
            await second.send_json({"envelope_id": again["envelope_id"]})
    assert (sent["retry_attempt"], again["retry_attempt"], again["retry_reason"]) == (
        0,
        1,
        "connection_failed",
    )


async def test_a_ticket_opens_one_line(slack: Slack) -> None:
    opened = await client_of(slack).apps_connections_open(app_token=slack.credentials.app_token)
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(opened["url"]) as socket:
            await socket.receive_json()
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(opened["url"])


async def test_ten_lines_are_enough(slack: Slack) -> None:
    async with aiohttp.ClientSession() as session:
        for _ in range(10):
            ticket = (await slack.sockets.open(Call("apps.connections.open", {})))["url"]
            await (await session.ws_connect(ticket)).receive_json()
        answer = await refusal(client_of(slack).apps_connections_open(app_token=slack.credentials.app_token))
        assert answer["error"] == "too_many_websockets"


async def test_nonsense_on_the_line_is_written_down_in_red(slack: Slack) -> None:
    async with line(slack) as socket:
        await socket.send_str("what?")
        asked = asyncio.create_task(ask(slack))
        envelope = await socket.receive_json()
        await socket.send_json({"envelope_id": envelope["envelope_id"]})
        await asked
    assert [entry.note for entry in slack.wire.entries() if entry.level == "error"] == [
        "not an acknowledgement of anything: what?"
    ]


async def test_nobody_on_the_line(slack: Slack) -> None:
    with pytest.raises(Nonsense, match="dispatch_failed"):
        await ask(slack)
    assert "no socket is open" in slack.wire.entries()[-1].note
