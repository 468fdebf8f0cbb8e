"""Everything that the bot can say is legal, by our rulebook, and by Slack's own when SLACK_VALIDATE=1 (needs internet)."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from sandbox.slack.refusal import Refusal
from sandbox.slack.rulebook import Rulebook

GOLDEN = Path(__file__).parents[1] / "golden"
SAID = [pytest.param(json.loads(path.read_text()), id=path.stem) for path in sorted(GOLDEN.glob("*.json"))]
LIVE = os.environ.get("SLACK_VALIDATE") == "1"  # noqa: TID251 - an opt-in of the test run, no setting of the bot
PAUSE_SECONDS = 1.0  # Slack: "design for 1 request per second for any call"


def is_view(said: dict[str, Any]) -> bool:
    return said.get("type") in ("modal", "home")


def refused(said: dict[str, Any]) -> str:
    """What our rulebook says against it; "" if nothing."""
    rulebook = Rulebook(lambda _file: True)
    try:
        rulebook.check_view(said, "modal", "home") if is_view(said) else rulebook.content(said)
    except Refusal as refusal:
        return refusal.sentence()
    return ""


@pytest.mark.parametrize("said", SAID)
def test_what_the_bot_says_is_legal(said: dict[str, Any]) -> None:
    assert refused(said) == ""


@pytest.mark.skipif(not LIVE, reason="set SLACK_VALIDATE=1 to ask Slack itself")
@pytest.mark.parametrize("said", SAID)
async def test_slack_itself_thinks_so_too(said: dict[str, Any]) -> None:
    known = {"text", "blocks", "attachments"}
    asked = {"view": said} if is_view(said) else {"message": {k: v for k, v in said.items() if k in known}}
    async with (
        aiohttp.ClientSession() as session,
        session.post("https://slack.com/api/blocks.validate", json=asked) as response,
    ):
        verdict = await response.json()
    await asyncio.sleep(PAUSE_SECONDS)
    assert verdict["ok"] == (refused(said) == ""), verdict
