"""Half answers: what is no answer of Slack's leaves the outcome unknown, and the message is looked for, not posted again."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.models.blocks import SectionBlock
from slack_sdk.models.metadata import Metadata

from bot.domain.checkup.checkup import State
from bot.slack.checkup import SlackProbe
from bot.slack.message import Message
from bot.slack.posting import OutcomeUnknown, Poster, RateLimited
from handlers.opening import open_form
from sandbox.clock import ManualClock
from sandbox.slack import faults
from sandbox.slack.slack import Slack
from tests.sandbox.slack_parts import serve, workspace

OURS = Message(
    text="checkout-api ran out of memory",
    blocks=[SectionBlock(text="checkout-api ran out of memory")],
    metadata=Metadata(event_type="oom_notice", event_payload={"incident": "7"}),
)
JSON, HTML, TEXT = "application/json", "text/html", "text/plain"
NO_ANSWERS = [
    pytest.param(b'{"ok": true, "channel": "C1", "t', JSON, id="JSON that breaks off"),
    pytest.param(b"", JSON, id="nothing"),
    pytest.param(b"[1]", JSON, id="a list"),
    pytest.param(b"null", JSON, id="null"),
    pytest.param(b'"ok"', JSON, id="a word"),
    pytest.param(b'\xff\xfe{"ok"', JSON, id="no text"),
    pytest.param(b'{"ok": true}', JSON, id="yes, and not where"),
    pytest.param(b"<!doctype html>", HTML, id="a page for people"),
    pytest.param(b"upstream is fine", TEXT, id="a sentence"),
]


@pytest.mark.parametrize(("body", "kind"), NO_ANSWERS)
async def test_nobody_knows_what_became_of_it(body: bytes, kind: str) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(body=body, content_type=kind)

    async with serve([web.post("/api/{method}", answer)]) as url, aiohttp.ClientSession() as session:
        poster = Poster("xoxb-1", f"{url}/api/", session)
        with pytest.raises(OutcomeUnknown):
            await poster.post("C1", OURS)


async def test_too_fast_is_heard_though_the_rest_breaks_off() -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=429, headers={"Retry-After": "7"}, body=b'{"ok": fal', content_type=JSON)

    async with serve([web.post("/api/{method}", answer)]) as url, aiohttp.ClientSession() as session:
        with pytest.raises(RateLimited) as caught:
            await Poster("xoxb-1", f"{url}/api/", session).post("C1", OURS)
    assert caught.value.retry_after_s == 7


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    async with workspace(ManualClock()) as it:
        yield it


@pytest.fixture
async def poster(slack: Slack) -> AsyncIterator[Poster]:
    async with aiohttp.ClientSession() as session:
        yield Poster(slack.credentials.bot_token, f"{slack.url}/slack/api/", session)


async def test_slack_did_it_all_the_same(slack: Slack, poster: Poster) -> None:
    channel = slack.workspace.channel_named("oom-alerts")
    slack.faults.next("chat.postMessage", faults.halved())
    with pytest.raises(OutcomeUnknown):
        await poster.post(channel.id, OURS)
    assert [one.text for one in channel.messages.values()] == [OURS.text]


async def test_a_form_that_did_not_open_is_told(slack: Slack, poster: Poster) -> None:
    slack.faults.next("views.open", faults.halved())
    told = await open_form(poster.client, "1.2.3", {"type": "modal"})  # type: ignore[arg-type]
    assert not isinstance(told, tuple)


async def test_the_doctor_sees_no_slack(slack: Slack, poster: Poster) -> None:
    slack.faults.next("conversations.info", faults.halved())
    channel = slack.workspace.channel_named("oom-alerts").id
    assert (await SlackProbe(poster.client, "").channel(channel, "alerts")).state is State.BROKEN
