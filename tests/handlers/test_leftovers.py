"""What no other door takes is acknowledged, so that Slack does not send it again."""

import json

import pytest

from tests.handlers.workplace import ALICE, Workplace


@pytest.mark.parametrize("kind", ["app_home_opened", "app_mention", "channel_archive", "channel_rename"])
async def test_an_event_that_nobody_waits_for(place: Workplace, kind: str) -> None:
    event = {"type": kind, "user": ALICE, "channel": place.channel}
    body = {"type": "event_callback", "team_id": "T0ACME", "event_id": "Ev1", "event": event}
    assert await place.post(json.dumps(body), "application/json") == 200


async def test_slack_may_check_the_address(place: Workplace) -> None:
    assert (
        await place.post(json.dumps({"type": "url_verification", "challenge": "x"}), "application/json")
        == 200
    )
