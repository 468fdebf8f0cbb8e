"""Socket Mode: commands and buttons down the line, lines that break, acknowledgements that are lost, a stop."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from prometheus_client import CollectorRegistry
from slack_bolt.async_app import AsyncApp

from bot.domain.incident.incident import Phase
from bot.slack import controls
from bot.slack.keys import SlackKeys
from bot.store import silences
from handlers.command_metrics import CommandMetrics
from handlers.desk import CurrentLimits, Desk
from handlers.slack import SlackDoor, build_answering
from handlers.slack_socket import SlackSocket
from tests.handlers.workplace import ALICE, NOW, Workplace
from tests.sandbox.slack_parts import client_of
from tests.slack.incidents import death


async def until(holds: Callable[[], bool]) -> None:
    """Return once it holds."""
    async with asyncio.timeout(20):
        while True:
            if holds():
                return
            await asyncio.sleep(0.01)


def answered(place: Workplace, start: str) -> int:
    """How many answers that begin so Alice sees."""
    return sum(text.startswith(start) for text in place.whispers())


@asynccontextmanager
async def on_the_line(
    place: Workplace, current_limits: CurrentLimits | None = None
) -> AsyncIterator[SlackDoor]:
    """A bot that Slack reaches through a socket alone."""
    place.slack.request_url = None
    desk = Desk(
        db=place.db,
        clock=lambda: NOW.astimezone(UTC),
        account_name=str,
        metrics=CommandMetrics(CollectorRegistry()),
        current_limits=current_limits,
    )
    keys = SlackKeys(
        bot_token=place.slack.credentials.bot_token,
        signing_secrets=(),
        app_token=place.slack.credentials.app_token,
        api_url=f"{place.url}/slack/api/",
    )
    async with aiohttp.ClientSession() as session:
        door = SlackDoor(keys, desk, build_answering(desk), session)
        door.open()
        await until(place.slack.sockets.is_open)
        try:
            yield door
        finally:
            await door.close(5)


@pytest.fixture(autouse=True)
async def _one_kill(place: Workplace) -> None:
    await place.kill(death())


async def test_a_command_and_a_button_come_down_the_line(place: Workplace) -> None:
    ts = await place.alert(1)
    async with on_the_line(place) as door:
        await until(lambda: door.remarks() == {"slack_socket": "connected"})
        await place.press(ts, controls.ACKNOWLEDGE)
        assert (await place.incident(1)).phase is Phase.ACKNOWLEDGED
        assert "1 kill" in (await place.command("stats checkout-api"))["text"]
    assert door.remarks() == {"slack_socket": "disconnected"}
    assert not place.slack.sockets.is_open()


async def test_nothing_is_taken_over_http_without_a_secret_to_check_it_with(place: Workplace) -> None:
    app = web.Application()
    async with on_the_line(place) as door:
        app.add_routes(door.routes())
        async with (
            TestServer(app) as server,
            aiohttp.ClientSession() as session,
            session.post(server.make_url("/slack/events"), data="command=/oom&text=list") as answer,
        ):
            assert answer.status == 404
            assert "Socket Mode" in await answer.text()


async def test_slack_asks_for_a_new_line_and_work_goes_on(place: Workplace) -> None:
    ts = await place.alert(1)
    async with on_the_line(place) as door:
        hellos = [entry.id for entry in place.slack.wire.entries() if entry.kind == "socket hello"]
        leaving = asyncio.create_task(place.slack.sockets.refresh("warning"))
        await until(
            lambda: any(e.kind == "socket hello" and e.id not in hellos for e in place.slack.wire.entries())
        )
        await place.press(ts, controls.ACKNOWLEDGE)
        await place.command("list")
        assert (await place.incident(1)).acknowledged_by == ALICE
        assert door.remarks() == {"slack_socket": "connected"}
        leaving.cancel()


async def test_an_acknowledgement_is_lost_and_nothing_is_done_twice(place: Workplace) -> None:
    ts = await place.alert(1)
    async with on_the_line(place):
        place.slack.sockets.losses = 1
        await place.command("silence checkout-api 2h load test")
        place.slack.sockets.losses = 1
        await place.press(ts, controls.RESOLVE)
    assert place.slack.sockets.losses == 0
    assert len(await place.db.read(silences.active, NOW)) == 1
    resolved = await place.incident(1)
    assert (resolved.phase, resolved.resolved_by) == (Phase.RESOLVED, ALICE)
    assert answered(place, "🔕 Silence #1") == 1


async def test_a_stop_lets_what_is_under_way_be_answered(place: Workplace) -> None:
    asked, may_answer = asyncio.Event(), asyncio.Event()

    async def slowly(_subject: object) -> str:
        asked.set()
        await may_answer.wait()
        return "nobody knows"

    async with on_the_line(place, slowly) as door:
        command = asyncio.create_task(place.command("stats checkout-api"))
        await asked.wait()
        stop = asyncio.create_task(door.close(20))
        await asyncio.sleep(0.05)
        may_answer.set()
        await stop
        assert "1 kill" in (await command)["text"]


async def test_a_line_comes_to_be_though_slack_is_down_and_then_turns_the_first_call_away(
    place: Workplace,
) -> None:
    place.slack.request_url = None
    place.slack.faults.down = True
    place.slack.sockets.refusals = 1
    bolt = AsyncApp(client=client_of(place.slack), signing_secret="", process_before_response=True)
    socket = SlackSocket(bolt, place.slack.credentials.app_token, pause_s=0.1)
    socket.open()
    await until(lambda: any(e.kind == "apps.connections.open" for e in place.slack.wire.entries()))
    assert socket.state == "disconnected"
    place.slack.faults.down = False
    await until(lambda: socket.state == "connected")
    await socket.close(1)
    assert place.slack.sockets.refusals == 0
