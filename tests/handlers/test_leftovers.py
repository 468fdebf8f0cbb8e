"""What no other door takes is acknowledged, so that Slack does not send it again."""

import json
import time

import aiohttp
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


@pytest.mark.parametrize(
    "forged",
    [
        pytest.param({"X-Slack-Request-Timestamp": "nan"}, id="a time that is no number"),
        pytest.param({"X-Slack-Request-Timestamp": "9" * 5000}, id="a time beyond all numbers"),
        pytest.param({"X-Slack-Signature": "v0=\u00e9"}, id="a signature beyond ASCII"),
        pytest.param({}, id="none of both"),
    ],
)
async def test_what_slack_did_not_sign_is_refused(place: Workplace, forged: dict[str, str]) -> None:
    headers = ({"X-Slack-Request-Timestamp": str(int(time.time()))} | forged) if forged else {}
    assert place.slack.request_url is not None
    async with (
        aiohttp.ClientSession() as session,
        session.post(place.slack.request_url, data="command=/oom", headers=headers) as answer,
    ):
        assert answer.status == 401
