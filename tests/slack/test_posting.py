"""Posting: what Slack did, and which of our errors each way of not doing it is."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.models.blocks import SectionBlock
from slack_sdk.models.metadata import Metadata

from bot.slack.message import Message
from bot.slack.posting import (
    NoSuchChannel,
    NoSuchMessage,
    NotSent,
    OutcomeUnknown,
    Poster,
    RateLimited,
    Refused,
    SlackTrouble,
)
from sandbox.slack import faults
from sandbox.slack.slack import Slack
from tests.sandbox.slack_parts import serve, workspace

NOWHERE = "http://127.0.0.1:9"  # the discard port: nobody listens there
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def message(text: str = "checkout-api ran out of memory", incident: int = 7, **more: Any) -> Message:
    """A message of an incident."""
    metadata = Metadata(event_type="oom_notice", event_payload={"incident": str(incident)})
    return Message(text=text, blocks=[SectionBlock(text=text)], metadata=metadata, **more)


@dataclass
class Desk:
    """A poster in front of the strict Slack."""

    slack: Slack
    poster: Poster
    session: aiohttp.ClientSession

    @property
    def channel(self) -> str:
        """The id of #oom-alerts."""
        return self.slack.workspace.channel_named("oom-alerts").id

    def texts(self) -> list[str]:
        """What stands in the channel."""
        shown = self.slack.workspace.channel_named("oom-alerts").messages.values()
        return [one.text for one in shown if not one.deleted]

    def way_back(self) -> str:
        """A response_url."""
        return self.slack.response_urls.give(self.slack.workspace.channels[self.channel], "U0ALICE")


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with workspace() as slack, aiohttp.ClientSession() as session:
        yield Desk(slack, Poster(slack.credentials.bot_token, f"{slack.url}/slack/api/", session), session)


async def trouble(desk: Desk, method: str, fault: faults.Fault) -> SlackTrouble:
    """What is raised when that goes wrong."""
    desk.slack.faults.next(method, fault)
    with pytest.raises(SlackTrouble) as caught:
        await desk.poster.post(desk.channel, message())
    return caught.value


async def test_posted_replied_and_replaced(desk: Desk) -> None:
    channel, ts = await desk.poster.post("oom-alerts", message("1 kill"))
    await desk.poster.post(channel, message("Details", broadcast=True), thread_ts=ts)
    await desk.poster.update(channel, ts, message("2 kills", broadcast=True))
    assert channel == desk.channel
    assert desk.texts() == ["2 kills", "Details"]


@pytest.mark.parametrize(
    ("fault", "kind", "was_done"),
    [
        pytest.param(faults.ratelimited(17), RateLimited, False, id="too fast"),
        pytest.param(faults.http(503), OutcomeUnknown, False, id="down"),
        pytest.param(faults.http(500), OutcomeUnknown, False, id="an error of Slack's"),
        pytest.param(faults.html(), OutcomeUnknown, False, id="a proxy answered in its place"),
        pytest.param(faults.refused("internal_error"), OutcomeUnknown, False, id="it says so politely"),
        pytest.param(faults.refused("fatal_error"), OutcomeUnknown, False, id="it says it may be done"),
        pytest.param(faults.refused("ratelimited"), RateLimited, False, id="too fast, in words alone"),
        pytest.param(faults.dropped(after=False), OutcomeUnknown, False, id="hung up before"),
        pytest.param(faults.dropped(after=True), OutcomeUnknown, True, id="hung up after"),
        pytest.param(faults.refused("invalid_blocks"), Refused, False, id="our own mistake"),
        pytest.param(faults.refused("token_revoked"), Refused, False, id="we are out"),
        pytest.param(faults.refused("channel_not_found"), NoSuchChannel, False, id="no such channel"),
        pytest.param(faults.refused("is_archived"), NoSuchChannel, False, id="archived"),
        pytest.param(faults.refused("not_in_channel"), NoSuchChannel, False, id="not invited"),
        pytest.param(faults.refused("restricted_action"), NoSuchChannel, False, id="admins only"),
    ],
)
async def test_what_each_fault_is(
    desk: Desk, fault: faults.Fault, kind: type[SlackTrouble], was_done: bool
) -> None:
    assert type(await trouble(desk, "chat.postMessage", fault)) is kind
    assert len(desk.texts()) == was_done


async def test_slack_says_for_how_long(desk: Desk) -> None:
    limited = await trouble(desk, "chat.postMessage", faults.ratelimited(17))
    assert isinstance(limited, RateLimited)
    assert limited.retry_after_s == 17


async def test_a_refusal_tells_what_slack_disliked(desk: Desk) -> None:
    block = SectionBlock(text="x")
    with pytest.raises(Refused) as caught:
        await desk.poster.post(desk.channel, Message(text="x", blocks=[block] * 51))
    assert caught.value.error == "invalid_blocks"
    assert "50" in str(caught.value)


async def test_nobody_is_there(desk: Desk) -> None:
    poster = Poster("xoxb-1", f"{NOWHERE}/api/", desk.session)
    with pytest.raises(NotSent):
        await poster.post("C1", message())
    with pytest.raises(NotSent):
        await poster.respond(f"{NOWHERE}/response", message())


async def test_no_answer_in_time(desk: Desk) -> None:
    token, url = desk.slack.credentials.bot_token, f"{desk.slack.url}/slack/api/"
    desk.poster = Poster(token, url, desk.session, patience_s=0.1)
    assert isinstance(await trouble(desk, "chat.postMessage", faults.slow(0.5)), OutcomeUnknown)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        pytest.param("message_not_found", NoSuchMessage, id="deleted by a person"),
        pytest.param("cant_update_message", NoSuchMessage, id="not ours any more"),
        pytest.param("edit_window_closed", NoSuchMessage, id="too old for this workspace"),
        pytest.param("is_archived", NoSuchChannel, id="archived meanwhile"),
    ],
)
async def test_what_an_update_meets(desk: Desk, error: str, kind: type[SlackTrouble]) -> None:
    channel, ts = await desk.poster.post(desk.channel, message())
    desk.slack.faults.next("chat.update", faults.refused(error))
    with pytest.raises(kind):
        await desk.poster.update(channel, ts, message("2 kills"))


async def test_the_own_message_is_found_by_its_metadata(desk: Desk) -> None:
    for incident in (6, 7, 8):
        await desk.poster.post(desk.channel, message(incident=incident))
    wanted = message(incident=7).as_arguments()["metadata"]
    ts = await desk.poster.find_own(desk.channel, wanted, LONG_AGO)
    found = desk.slack.workspace.channels[desk.channel].messages[ts or ""]
    assert found.metadata == wanted
    unknown = message(incident=9).as_arguments()["metadata"]
    assert await desk.poster.find_own(desk.channel, unknown, LONG_AGO) is None


async def test_what_was_posted_long_before_the_intent_is_not_looked_at(desk: Desk) -> None:
    await desk.poster.post(desk.channel, message())
    wanted = message().as_arguments()["metadata"]
    later = datetime.now(UTC) + timedelta(minutes=1)
    assert await desk.poster.find_own(desk.channel, wanted, later) is None


async def test_an_answer_for_all_goes_through_the_response_url(desk: Desk) -> None:
    await desk.poster.respond(desk.way_back(), message("shared"))
    assert desk.texts() == ["shared"]


async def test_a_response_url_is_good_for_five_answers(desk: Desk) -> None:
    url = desk.way_back()
    for _ in range(5):
        await desk.poster.respond(url, message("shared"))
    with pytest.raises(Refused, match="used_url"):
        await desk.poster.respond(url, message("shared"))
    assert len(desk.texts()) == 5


@dataclass
class Odd:
    """A Slack that answers whatever the test says."""

    status: int
    headers: dict[str, str]
    body: str

    async def answer(self, request: web.Request) -> web.Response:
        if self.status == 0:
            assert request.transport is not None
            request.transport.close()
        kind = "application/json" if self.body.startswith("{") else "text/html"
        return web.Response(
            status=self.status or 200, headers=self.headers, text=self.body, content_type=kind
        )


ODD = [
    pytest.param(429, {"Retry-After": "3"}, "", RateLimited, 3, id="too fast"),
    pytest.param(429, {}, "", RateLimited, 30, id="too fast, for as long as we like"),
    pytest.param(429, {"Retry-After": "soon"}, "", RateLimited, 30, id="too fast, in words"),
    pytest.param(429, {"Retry-After": "nan"}, "", RateLimited, 30, id="too fast, no number"),
    pytest.param(429, {"Retry-After": "inf"}, "", RateLimited, 30, id="too fast, for ever"),
    pytest.param(429, {"Retry-After": "-1"}, "", RateLimited, 0, id="too fast, in the past"),
    pytest.param(429, {"Retry-After": "1e12"}, "", RateLimited, 3600, id="too fast, for ages"),
    pytest.param(429, {}, "<html>", RateLimited, 30, id="too fast, says a proxy"),
    pytest.param(502, {}, "<html>", OutcomeUnknown, None, id="a gateway's error"),
    pytest.param(0, {}, "", OutcomeUnknown, None, id="hung up"),
    pytest.param(404, {}, '{"ok": false, "error": "no_service"}', Refused, None, id="no"),
]


@pytest.mark.parametrize("through", ["the Web API", "a response_url"])
@pytest.mark.parametrize(("status", "headers", "body", "kind", "wait_s"), ODD)
async def test_odd_answers(
    through: str,
    status: int,
    headers: dict[str, str],
    body: str,
    kind: type[SlackTrouble],
    wait_s: float | None,
) -> None:
    odd = Odd(status, headers, body)
    routes = [web.post("/api/chat.postMessage", odd.answer), web.post("/response", odd.answer)]
    async with serve(routes) as url, aiohttp.ClientSession() as session:
        poster = Poster("xoxb-1", f"{url}/api/", session)
        by_url = through == "a response_url"
        call = poster.respond(f"{url}/response", message()) if by_url else poster.post("C1", message())
        with pytest.raises(SlackTrouble) as caught:
            await call
    assert type(caught.value) is kind
    if isinstance(caught.value, RateLimited):
        assert caught.value.retry_after_s == wait_s
    assert "xoxb-1" not in str(caught.value)


async def test_what_became_too_late_on_the_way_to_slack_is_not_sent(desk: Desk) -> None:
    """A process that was stopped while a connection was made, and goes on when others may have posted."""
    with pytest.raises(NotSent):
        await desk.poster.post_in_time(desk.channel, message(), lambda: False)
    assert (desk.texts(), list(desk.slack.wire.entries())) == ([], [])
    await desk.poster.post_in_time(desk.channel, message(), lambda: True)
    await desk.poster.post(desk.channel, message("another"))
    assert len(desk.texts()) == 2


async def test_what_went_out_in_time_and_was_not_answered_is_in_doubt(desk: Desk) -> None:
    desk.slack.faults.next("chat.postMessage", faults.dropped(after=True))
    with pytest.raises(OutcomeUnknown):
        await desk.poster.post_in_time(desk.channel, message(), lambda: True)
    assert len(desk.texts()) == 1
