"""The own message: found again after a crash, however busy the channel was and whatever Slack's clock says."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from slack_sdk.models.blocks import SectionBlock
from slack_sdk.models.metadata import Metadata

from bot.domain.checkup.checkup import State
from bot.slack.checkup import SlackProbe
from bot.slack.message import Message
from bot.slack.posting import Poster, Refused
from sandbox.clock import ManualClock
from sandbox.slack.people import BOT_USER
from sandbox.slack.slack import Slack
from tests.sandbox.slack_parts import workspace

OURS = Message(
    text="checkout-api ran out of memory",
    blocks=[SectionBlock(text="checkout-api ran out of memory")],
    metadata=Metadata(event_type="oom_notice", event_payload={"incident": "7"}),
)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def slack(clock: ManualClock) -> AsyncIterator[Slack]:
    async with workspace(clock) as it:
        yield it


@pytest.mark.parametrize(
    ("chatter", "ahead_s"),
    [
        pytest.param(450, 0, id="people wrote 450 messages meanwhile"),
        pytest.param(0, 20, id="our clock is 20 s ahead of Slack's"),
        pytest.param(0, -20, id="and 20 s behind it"),
    ],
)
async def test_it_is_found(slack: Slack, clock: ManualClock, chatter: int, ahead_s: float) -> None:
    channel = slack.workspace.channel_named("oom-alerts").id
    intended_at = clock.now() + timedelta(seconds=ahead_s)
    async with aiohttp.ClientSession() as session:
        poster = Poster(slack.credentials.bot_token, f"{slack.url}/slack/api/", session)
        _, ts = await poster.post(channel, OURS)
        for number in range(chatter):
            await slack.act("message", {"user": "U0ALICE", "channel": channel, "text": f"chatter {number}"})
        metadata = OURS.as_arguments()["metadata"]
        assert await poster.find_own(channel, metadata, intended_at) == ts


@pytest.mark.parametrize(
    ("is_member", "state"),
    [
        pytest.param(True, State.OK, id="a member may look"),
        pytest.param(False, State.WARNING, id="who is none posts, and cannot look afterwards"),
    ],
)
async def test_the_doctor_says_whether_it_may_look(slack: Slack, *, is_member: bool, state: State) -> None:
    channel = slack.workspace.channel_named("oom-alerts")
    async with aiohttp.ClientSession() as session:
        poster = Poster(slack.credentials.bot_token, f"{slack.url}/slack/api/", session)
        _, ts = await poster.post(channel.id, OURS)
        if not is_member:
            channel.members.remove(BOT_USER)
        check = await SlackProbe(poster.client, "").channel(channel.id, "alerts")
        assert check.state is state
        metadata = OURS.as_arguments()["metadata"]
        since = datetime.fromtimestamp(float(ts), UTC)
        if is_member:
            assert await poster.find_own(channel.id, metadata, since) == ts
        else:
            with pytest.raises(Refused, match="not_in_channel"):
                await poster.find_own(channel.id, metadata, since)
