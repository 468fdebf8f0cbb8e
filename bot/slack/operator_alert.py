"""Operator alerts: what goes wrong with the bot's own supply, or right again, told to those who run it."""

from datetime import datetime

from slack_sdk.models.metadata import Metadata

from bot.slack.blocks import coloured, context, section
from bot.slack.message import Message
from bot.slack.mrkdwn import bold, date, escape

EVENT_TYPE = "oom_guard_operator_alert"
COLOR = "#daa038"
HEADING = "About OOM Guard itself"  # fits trouble, and what came right again


def operator_alert(
    summary: str, detail: str, first_at: datetime, last_at: datetime, count: int, *, alert_id: int
) -> Message:
    """One kind of news, however often it came: updated in place like an alert."""
    times = f"first {date(first_at)} · last {date(last_at)}" if count > 1 else date(first_at)
    often = f"{count:,} times · " if count > 1 else ""
    shown = escape(detail, 2500)
    below = [section(shown)] if shown else []
    return Message(
        text=f"{HEADING}: {escape(summary, 250)}",
        blocks=[section(f"🛠️ {bold(HEADING)}\n{escape(summary, 500)}")],
        attachments=[coloured(COLOR, [*below, context(f"{often}{times}")])],
        metadata=Metadata(EVENT_TYPE, {"operator_alert_id": str(alert_id)}),
    )
