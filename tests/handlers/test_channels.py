"""A channel opens to the bot: what Slack refused there is due at once."""

import json
from datetime import timedelta

import pytest

from bot.store import notices
from tests.handlers.workplace import ALICE, NOW, Workplace
from tests.slack.incidents import death

BOT = "U0OOMGUARD"


@pytest.mark.parametrize(
    ("event", "due"),
    [
        pytest.param({"type": "channel_unarchive", "user": ALICE}, True, id="a public channel comes back"),
        pytest.param({"type": "group_unarchive", "user": ALICE}, True, id="a private channel comes back"),
        pytest.param({"type": "member_joined_channel", "user": BOT}, True, id="the bot is invited"),
        pytest.param({"type": "member_joined_channel", "user": ALICE}, False, id="somebody else joins"),
        pytest.param({"type": "channel_archive", "user": ALICE}, False, id="a channel closes"),
        pytest.param({"type": "channel_unarchive", "channel": "C0OTHER"}, False, id="another channel"),
        pytest.param({"type": "channel_unarchive", "channel": {}}, False, id="nonsense for a channel"),
    ],
)
async def test_what_waited_for_it_is_due(place: Workplace, event: dict[str, object], due: bool) -> None:
    await place.kill(death(0))
    lease_for = timedelta(minutes=1)
    [notice] = await place.db.write(notices.lease, "me", NOW, limit=1, lease_for=lease_for)
    await place.db.write(notices.intend, notice, place.channel, NOW)
    later = NOW + timedelta(hours=1)
    error = "NoSuchChannel: is_archived"
    await place.db.write(notices.retry, notice, later, error, keep_intent=False)
    told = {"channel": place.channel} | event
    body = {"type": "event_callback", "team_id": "T0ACME", "event_id": "Ev1", "event": told}
    assert await place.post(json.dumps(body), "application/json") == 200
    found = await place.db.write(notices.lease, "me", NOW, limit=1, lease_for=lease_for)
    assert bool(found) == due


async def test_without_a_store_slack_need_not_tell_again(place: Workplace) -> None:
    await place.db.close()
    event = {"type": "channel_unarchive", "user": ALICE, "channel": place.channel}
    body = {"type": "event_callback", "team_id": "T0ACME", "event_id": "Ev1", "event": event}
    assert await place.post(json.dumps(body), "application/json") == 200
