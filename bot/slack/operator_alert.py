"""Operator alerts: what goes wrong with the bot's own supply, or right again, told to those who run it."""

from datetime import datetime

from slack_sdk.models.metadata import Metadata

from bot.domain.telling.language import count as counted
from bot.domain.telling.language import mark, say
from bot.domain.telling.listed import sentences
from bot.slack.blocks import coloured, context, section
from bot.slack.message import Message
from bot.slack.mrkdwn import bold, date, escape
from bot.slack.push import LONGEST

EVENT_TYPE = "oom_guard_operator_alert"
COLOR = "#daa038"
_WORTH_IT = 40  # characters: less of a detail says nothing
HEADING = mark("About OOM Guard itself")  # fits trouble, and what came right again


def operator_alert(
    summary: str, detail: str, first_at: datetime, last_at: datetime, count: int, *, alert_id: int
) -> Message:
    """One kind of news, however often it came: updated in place like an alert."""
    times = date(first_at)
    if count > 1:
        often = counted(count, "{n} time", "{n} times")
        first, last = say("first {when}", when=times), say("last {when}", when=date(last_at))
        times = f"{often} · {first} · {last}"
    shown = escape(detail, 2500)
    below = [section(shown)] if shown else []
    return Message(
        text=_push(summary, detail),
        blocks=[section(f"🛠️ {bold(say(HEADING))}\n{escape(summary, 500)}")],
        attachments=[coloured(COLOR, [*below, context(times)])],
        metadata=Metadata(EVENT_TYPE, {"operator_alert_id": str(alert_id)}),
    )


def _push(summary: str, detail: str) -> str:
    """What happened and, as far as there is room for it, what to do; at most 300 characters."""
    told = say("{what}: {words}", what=say(HEADING), words=escape(summary, 250))
    room = LONGEST - len(told) - len(". ")
    if not detail or room < _WORTH_IT:
        return told
    return sentences([say("{sentence}.", sentence=told), escape(detail, room)])
