"""A team serves itself: it tags its service, and the process sends the first alert where the tag says, and tells why."""

from pathlib import Path

from bot.domain.routing.tags import CHANNEL, OWNER
from sandbox.aws import scenarios
from sandbox.sandbox import Sandbox
from tests.test_drill_story import bot, until


def texts(sandbox: Sandbox, name: str) -> list[str]:
    """What Alice sees in a channel."""
    channel = sandbox.slack.workspace.channel_named(name).id
    return [one["text"] for one in sandbox.slack.snapshot("U0ALICE")["messages"].get(channel, [])]


async def test_a_tag_brings_the_first_alert_to_the_teams_channel(tmp_path: Path) -> None:
    async with Sandbox() as sandbox, bot(sandbox, tmp_path):
        service = sandbox.world.ecs.services["prod", "checkout-api"]
        service.tags = [{"key": CHANNEL, "value": "team-payments"}, {"key": OWNER, "value": "S0PAYMENTS"}]
        assert scenarios.kill(sandbox.world) is None
        await until(lambda: any("checkout-api" in text for text in texts(sandbox, "team-payments")))
        assert texts(sandbox, "oom-alerts") == []
        channel = sandbox.slack.workspace.channel_named("oom-alerts").id
        typed = {"user": "U0ALICE", "channel": channel, "text": "/oom route checkout-api"}
        await sandbox.slack.act("command", typed)
        [answer] = texts(sandbox, "oom-alerts")
        assert "Alerts of checkout-api go to #team-payments." in answer
        assert "Payments on call is mentioned in a new alert now." in answer
