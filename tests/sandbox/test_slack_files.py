"""Files: announced, uploaded, completed, and only then, a little later, there."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.clock import ManualClock
from sandbox.slack.slack import Slack
from tests.sandbox.slack_parts import client_of, refusal, workspace

Json = dict[str, Any]
ALICE, ALERTS = "U0ALICE", "C0OOMALERTS"
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 100


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def slack(clock: ManualClock) -> AsyncIterator[Slack]:
    async with workspace(clock) as running:
        yield running


@pytest.fixture
def client(slack: Slack) -> AsyncWebClient:
    return client_of(slack)


def picture(file_id: str) -> list[Json]:
    return [{"type": "image", "alt_text": "Memory rose to its limit", "slack_file": {"id": file_id}}]


async def get(url: str, token: str = "") -> tuple[int, str, bytes]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as response:
        return response.status, response.content_type, await response.read()


async def put(url: str, data: bytes) -> int:
    async with aiohttp.ClientSession() as session, session.post(url, data=data) as response:
        return response.status


async def test_a_chart_is_there_only_when_slack_has_processed_it(
    slack: Slack, clock: ManualClock, client: AsyncWebClient
) -> None:
    uploaded = await client.files_upload_v2(
        content=PNG, filename="memory.png", title="Memory", channel=ALERTS
    )
    file_id = uploaded["files"][0]["id"]
    assert (await client.files_info(file=file_id))["file"]["mimetype"] == ""
    early = client.chat_postMessage(channel=ALERTS, text="x", blocks=picture(file_id))
    assert (await refusal(early))["errors"] == ["invalid slack file [json-pointer:/blocks/0/slack_file]"]
    await clock.advance(0.8)
    assert (await client.files_info(file=file_id))["file"]["mimetype"] == "image/png"
    await client.chat_postMessage(channel=ALERTS, text="x", blocks=picture(file_id))
    shown = slack.snapshot(ALICE)["messages"][ALERTS]
    assert [[file["title"] for file in message["files"]] for message in shown] == [["Memory"], []]


async def test_only_who_is_signed_in_may_load_a_file(
    slack: Slack, clock: ManualClock, client: AsyncWebClient
) -> None:
    uploaded = await client.files_upload_v2(content=PNG, filename="memory.png")
    await clock.advance(1)
    url = uploaded["files"][0]["url_private"]
    assert (await get(url))[:2] == (200, "text/html")
    assert await get(url, slack.credentials.bot_token) == (200, "image/png", PNG)
    assert await get(f"{slack.url}/page/file/{uploaded['files'][0]['id']}") == (200, "image/png", PNG)
    assert (await get(f"{slack.url}/page/file/F404"))[0] == 404


async def test_the_bytes_must_be_as_long_as_announced(client: AsyncWebClient) -> None:
    told = await client.files_getUploadURLExternal(filename="a.png", length=5)
    assert await put(told["upload_url"], b"four") == 400
    unfinished = client.files_completeUploadExternal(files=[{"id": told["file_id"]}])
    assert (await refusal(unfinished))["error"] == "file_not_found"
    assert await put(told["upload_url"], b"fives") == 200
    await client.files_completeUploadExternal(files=[{"id": told["file_id"]}])
    twice = client.files_completeUploadExternal(files=[{"id": told["file_id"]}])
    assert (await refusal(twice))["error"] == "file_not_found"
    assert await put(told["upload_url"], b"fives") == 404


async def test_a_text_file_is_no_picture(clock: ManualClock, client: AsyncWebClient) -> None:
    uploaded = await client.files_upload_v2(
        content="log", filename="last.txt", channel=ALERTS, initial_comment="Log"
    )
    await clock.advance(1)
    file_id = uploaded["files"][0]["id"]
    shown = client.chat_postMessage(channel=ALERTS, text="x", blocks=picture(file_id))
    assert (await refusal(shown))["error"] == "invalid_blocks"
    await client.files_delete(file=file_id)
    assert (await refusal(client.files_info(file=file_id)))["error"] == "file_not_found"


async def test_alt_text_and_size_are_limited(client: AsyncWebClient) -> None:
    long = client.files_getUploadURLExternal(filename="a.png", length=5, alt_txt="x" * 1001)
    assert (await refusal(long))["error"] == "alt_txt_too_large"
    nothing = client.files_getUploadURLExternal(filename="a.png", length=0)
    assert (await refusal(nothing))["error"] == "invalid_arguments"
    snippet = client.files_getUploadURLExternal(filename="a.py", length=1_000_001, snippet_type="python")
    assert (await refusal(snippet))["error"] == "snippet_too_large"


async def test_a_file_is_shared_only_where_the_bot_is(client: AsyncWebClient) -> None:
    told = await client.files_getUploadURLExternal(filename="a.png", length=5)
    await put(told["upload_url"], b"fives")
    shared = client.files_completeUploadExternal(files=[{"id": told["file_id"]}], channel_id="C0PAYMENTS")
    assert (await refusal(shared))["error"] == "not_in_channel"
