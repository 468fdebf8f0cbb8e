"""The sandbox as one object: Slack, AWS and the page on one port, and the stories that need them all."""

import asyncio
import contextlib
import os
import sys
from pathlib import Path

import aiohttp
import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.aws.sns import TOPIC_ARN
from sandbox.clock import ManualClock
from sandbox.sandbox import OUTAGE_S, Sandbox
from tests.sandbox.conftest import Letterbox

pytest_plugins = ["sandbox.pytest_fixtures"]
ROOT = Path(__file__).parents[2]
STRANGER = """
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from sandbox.slack.faults import ratelimited

pytest_plugins = ["sandbox.pytest_fixtures"]

@pytest.mark.asyncio
async def test_my_own_bot(sandbox, clock):
    settings = sandbox.environment(1, "")
    slack = AsyncWebClient(settings["SLACK_BOT_TOKEN"], base_url=settings["SLACK_API_URL"], retry_handlers=[])
    sandbox.faults.next("chat.postMessage", ratelimited(30))
    with pytest.raises(SlackApiError, match="ratelimited"):
        await slack.chat_postMessage(channel=settings["SLACK_CHANNEL"], text="hello")
    assert (await slack.chat_postMessage(channel=settings["SLACK_CHANNEL"], text="hello"))["ok"]
    assert [one["text"] for one in sandbox.slack.snapshot("U0ALICE")["messages"][settings["SLACK_CHANNEL"]]] == ["hello"]
    assert (await sandbox.stage.verb("scenario", {"name": "kill"}))["ok"]
    await clock.advance(60)
    rows = {one["service"]: one for one in sandbox.stage.snapshot()["workloads"]}
    assert (rows["checkout-api"]["kills"], rows["checkout-api"]["state"]) == (1, "running")
"""


async def press(sandbox: Sandbox, name: str) -> dict[str, object]:
    """Press a button as the page does."""
    url = f"{sandbox.url}/human/scenario"
    async with aiohttp.ClientSession() as session, session.post(url, json={"name": name}) as response:
        answer: dict[str, object] = await response.json()
        return answer


async def test_the_configuration_file_of_a_real_installation_is_left_alone(sandbox: Sandbox) -> None:
    settings = sandbox.environment(1, "sqlite:///x.db")
    assert settings["OOM_CONFIG"] == os.devnull  # else it is oomguard.toml where somebody starts the sandbox


async def test_slack_goes_down_and_comes_back_by_itself(sandbox: Sandbox, clock: ManualClock) -> None:
    settings = sandbox.environment(1, "sqlite:///x.db")
    slack = AsyncWebClient(settings["SLACK_BOT_TOKEN"], base_url=settings["SLACK_API_URL"], retry_handlers=[])
    assert (await press(sandbox, "slack-down"))["ok"]
    with pytest.raises(SlackApiError, match="503"):
        await slack.chat_postMessage(channel=settings["SLACK_CHANNEL"], text="anybody there?")
    await clock.advance(OUTAGE_S)
    assert (await slack.chat_postMessage(channel=settings["SLACK_CHANNEL"], text="back again"))["ok"]


@pytest.mark.parametrize(
    ("scenario", "note"),
    [
        pytest.param("forged", "(a forgery on demand: to refuse it is right)", id="forged"),
        pytest.param("aws-throttled", "(fault on demand)", id="aws-throttled"),
        pytest.param("slack-down", "fault on demand: http", id="slack-down"),
    ],
)
async def test_what_is_red_by_design_says_so(
    sandbox: Sandbox, clock: ManualClock, letterbox: Letterbox, scenario: str, note: str
) -> None:
    letterbox.answers = [200, 403, 403] if scenario == "forged" else []  # the first one confirms
    sandbox.world.sns.subscribe(TOPIC_ARN, letterbox.url).confirmed = True
    await clock.advance(1)
    settings = sandbox.environment(1, "sqlite:///x.db")
    assert (await press(sandbox, scenario))["ok"]
    await clock.advance(1)
    slack = AsyncWebClient(settings["SLACK_BOT_TOKEN"], base_url=settings["SLACK_API_URL"], retry_handlers=[])
    with contextlib.suppress(SlackApiError):
        await slack.chat_postMessage(channel=settings["SLACK_CHANNEL"], text="anybody there?")
    keys = {
        "aws_access_key_id": settings["AWS_ACCESS_KEY_ID"],
        "aws_secret_access_key": settings["AWS_SECRET_ACCESS_KEY"],
        "config": Config(retries={"total_max_attempts": 1}),
    }
    ecs = boto3.client("ecs", settings["AWS_REGION"], endpoint_url=settings["AWS_ENDPOINT_URL"], **keys)
    with contextlib.suppress(ClientError):
        await asyncio.to_thread(ecs.list_clusters)
    red = [entry.note for entry in sandbox.wire.entries() if entry.level == "error"]
    assert red
    assert [one for one in red if note not in one] == []


async def test_the_page_gets_the_world_and_its_buttons(sandbox: Sandbox) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{sandbox.url}/page/state", params={"user": "U0ALICE"}) as response,
    ):
        world = (await response.json())["world"]
    buttons = {button["name"] for button in world["scenarios"]}
    assert {"kill", "storm", "forged", "slack-down", "batch"} <= buttons
    assert all(button["title"] and button["emoji"] and button["description"] for button in world["scenarios"])
    assert {row["service"] for row in world["workloads"]} >= {"checkout-api", "image-resizer", "search"}
    assert world["sns"]["subscription"] == "none"


async def test_a_button_that_is_not_there_is_refused(sandbox: Sandbox) -> None:
    answer = await press(sandbox, "earthquake")
    assert answer["ok"] is False
    assert "There is no scenario 'earthquake'" in str(answer["error"])


async def test_everything_is_on_loopback_and_made_up_anew(sandbox: Sandbox, clock: ManualClock) -> None:
    settings = sandbox.environment(4711, "sqlite:///x.db")
    places = [value for value in settings.values() if value.startswith("http")]
    assert places
    assert all(place.startswith("http://127.0.0.1:") for place in places)
    assert sandbox.slack.request_url == "http://127.0.0.1:4711/slack/events"
    async with Sandbox(clock=clock) as other:
        assert other.url != sandbox.url
        assert other.world.sns.signer.pem != sandbox.world.sns.signer.pem
        again = other.environment(4711, "sqlite:///x.db")
        assert again["SLACK_BOT_TOKEN"] != settings["SLACK_BOT_TOKEN"]
        assert again["SLACK_SIGNING_SECRET"] != settings["SLACK_SIGNING_SECRET"]


async def test_in_socket_mode_the_bot_gets_a_token_to_call_with(sandbox: Sandbox) -> None:
    settings = sandbox.environment(4711, "sqlite:///x.db", socket_mode=True)
    assert settings["SLACK_APP_TOKEN"].startswith("xapp-")
    assert "SLACK_SIGNING_SECRET" not in settings
    assert sandbox.slack.request_url is None


async def test_strangers_use_it_as_a_fixture_with_one_line(tmp_path: Path) -> None:
    """In a folder of their own, in pytest-asyncio's strict mode, which is what one has without settings."""
    (tmp_path / "test_stranger.py").write_text(STRANGER)
    (tmp_path / "pytest.ini").write_text("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"),
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": os.defpath},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await child.communicate()
    assert "1 passed" in out.decode(), out.decode()


@pytest.mark.parametrize("path", ["/slack/api/chat.postMessage", "/aws/", "/human/message"])
async def test_a_bot_that_dies_in_the_middle_of_a_request_leaves_no_traceback(
    sandbox: Sandbox, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    host, port = sandbox.url.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n"
    writer.write(head.encode() + b'{"channel": ')
    await writer.drain()
    await asyncio.sleep(0.05)
    writer.transport.abort()
    await asyncio.sleep(0.05)
    assert [record.getMessage() for record in caplog.records] == []
