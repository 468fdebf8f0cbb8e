"""The neighbours of what the product uses: videos, several choices at once, channels that come back, members that come."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from sandbox.slack.screen import complaints, initial_state
from sandbox.slack.slack import Slack
from tests.sandbox.slack_parts import client_of, refusal, workspace

Json = dict[str, Any]
ALERTS, ALICE, BOB, BOT = "C0OOMALERTS", "U0ALICE", "U0BOB", "U0OOMGUARD"
VIDEO = {
    "type": "video",
    "title": {"type": "plain_text", "text": "What an OOM kill looks like"},
    "alt_text": "A graph that climbs to a line and falls",
    "thumbnail_url": "https://example.com/oom.png",
    "video_url": "https://example.com/oom",
}


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    async with workspace() as running:
        yield running


@pytest.fixture
def told(slack: Slack, monkeypatch: pytest.MonkeyPatch) -> list[Json]:
    """The events that the app would hear of."""
    events: list[Json] = []
    monkeypatch.setattr(slack.events, "emit", events.append)
    return events


async def test_a_video_is_a_block_like_others(slack: Slack) -> None:
    assert (await client_of(slack).chat_postMessage(channel=ALERTS, text="x", blocks=[VIDEO]))["ok"]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        pytest.param({"video_url": "http://example.com/oom"}, "must match", id="in the clear"),
        pytest.param(
            {"title": {"type": "plain_text", "text": "x" * 200}}, "less than 200", id="a long title"
        ),
        pytest.param({"author_name": "x" * 50}, "less than 50", id="a long author"),
        pytest.param({"autoplay": True}, "invalid additional property", id="a field that Slack has not"),
    ],
)
async def test_a_video_that_slack_refuses(slack: Slack, change: Json, line: str) -> None:
    call = client_of(slack).chat_postMessage(channel=ALERTS, text="x", blocks=[VIDEO | change])
    assert line in (await refusal(call))["response_metadata"]["messages"][0]


@pytest.mark.parametrize(("chosen", "sentence"), [(2, {}), (3, {"who": "Please choose at most 2."})])
def test_no_more_can_be_chosen_than_the_app_allows(chosen: int, sentence: dict[str, str]) -> None:
    element = {"type": "multi_users_select", "action_id": "a", "max_selected_items": 2}
    block = {"type": "input", "block_id": "who", "label": {}, "element": element}
    state = initial_state([block])
    state["who"]["a"]["selected_users"] = [ALICE, BOB, BOT][:chosen]
    assert complaints([block], state) == sentence


@pytest.mark.parametrize(("private", "names"), [(False, "channel"), (True, "group")])
async def test_a_channel_that_comes_back_says_which_kind_it_is(
    slack: Slack, told: list[Json], *, private: bool, names: str
) -> None:
    slack.workspace.channels[ALERTS].is_private = private
    for verb in ("archive", "unarchive"):
        await slack.act(verb, {"user": ALICE, "channel": ALERTS})
    assert [event["type"] for event in told] == [f"{names}_archive", f"{names}_unarchive"]


async def test_the_app_hears_of_members_where_it_is_one(slack: Slack, told: list[Json]) -> None:
    channel = slack.workspace.channels[ALERTS]
    channel.members[:] = [ALICE]
    await slack.act("invite", {"user": ALICE, "channel": ALERTS, "member": BOB})
    await slack.act("invite", {"user": ALICE, "channel": ALERTS, "member": BOT})
    await slack.act("invite", {"user": ALICE, "channel": ALERTS, "member": BOT})
    assert [(one["user"], one["inviter"], one["channel_type"]) for one in told] == [(BOT, ALICE, "C")]
