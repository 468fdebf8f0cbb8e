"""Drills in the channel: a message that nobody takes for an incident, and the line that is left of it."""

from slack_sdk.models.metadata import Metadata

from bot.domain.kills.drill import Drill
from bot.domain.telling.language import say
from bot.slack.blocks import coloured, context, section
from bot.slack.message import Message
from bot.slack.mrkdwn import DateStyle, bold, date, mention

EVENT_TYPE = "oom_guard_drill"
COLOR = "#dddddd"


def test_message(drill: Drill) -> Message:
    """What the channel is shown: first of all that it means nothing."""
    title = say("Test, not an incident")
    text = say("Test, not an incident: alerts of OOM Guard reach this channel.")
    told = say(
        "{who} sent a synthetic out-of-memory event from EventBridge to here. Nothing was killed, and nobody need act.",
        who=mention(drill.user),
    )
    small = say("Sent: {when}. It counts in no statistics, and is folded in two minutes.", when=_when(drill))
    return Message(
        text=text,
        blocks=[section(f"🧪 {bold(title)}")],
        attachments=[coloured(COLOR, [section(told), context(small)])],
        metadata=_metadata(drill),
    )


def folded(drill: Drill) -> Message:
    """What is left of it: one grey line."""
    line = say(
        "Test, not an incident: {who} tried the path, {when}.", who=mention(drill.user), when=_when(drill)
    )
    return Message(
        text=say("Test, not an incident. It is over."),
        blocks=[context(f"🧪 {line}")],
        metadata=_metadata(drill),
    )


def _when(drill: Drill) -> str:
    return date(drill.started_at, DateStyle.WHEN)


def _metadata(drill: Drill) -> Metadata:
    return Metadata(EVENT_TYPE, {"drill_id": str(drill.id)})
