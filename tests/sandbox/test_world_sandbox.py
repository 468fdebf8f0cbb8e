"""The sandbox as one object: Slack, AWS and the page on one port, and the stories that need them all."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.clock import ManualClock
from sandbox.sandbox import OUTAGE_S, Sandbox


@pytest.fixture
async def sandbox(clock: ManualClock) -> AsyncIterator[Sandbox]:
    """A sandbox on a port of its own, with a clock that the test moves."""
    async with Sandbox(clock=clock) as sandbox:
        yield sandbox


async def press(sandbox: Sandbox, name: str) -> dict[str, object]:
    """Press a button as the page does."""
    url = f"{sandbox.url}/human/scenario"
    async with aiohttp.ClientSession() as session, session.post(url, json={"name": name}) as response:
        answer: dict[str, object] = await response.json()
        return answer


async def test_slack_goes_down_and_comes_back_by_itself(sandbox: Sandbox, clock: ManualClock) -> None:
    settings = sandbox.environment(1, "sqlite:///x.db")
    slack = AsyncWebClient(settings["SLACK_BOT_TOKEN"], base_url=settings["SLACK_API_URL"], retry_handlers=[])
    assert (await press(sandbox, "slack-down"))["ok"]
    with pytest.raises(SlackApiError, match="503"):
        await slack.chat_postMessage(channel=settings["SLACK_CHANNEL"], text="anybody there?")
    await clock.advance(OUTAGE_S)
    assert (await slack.chat_postMessage(channel=settings["SLACK_CHANNEL"], text="back again"))["ok"]


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
