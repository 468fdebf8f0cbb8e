"""Audit lines: entries of the audit trail as messages for the channel that mirrors it."""

from collections.abc import Sequence

from slack_sdk.models.metadata import Metadata

from bot.domain.resize.audit import Entry
from bot.domain.telling.language import say
from bot.domain.telling.listed import commas
from bot.domain.telling.masking import cut
from bot.slack.answers.history import DEEDS, line
from bot.slack.blocks import section
from bot.slack.message import Message
from bot.slack.mrkdwn import code, escape

EVENT_TYPE = "oom_audit"
PER_SECTION = 5


def mirrored(entries: Sequence[Entry]) -> Message:
    """The entries, oldest first, each with what it is about."""
    lines = [f"{line(one)}{_about(one)}" for one in entries]
    groups = [lines[at : at + PER_SECTION] for at in range(0, len(lines), PER_SECTION)]
    told = say(
        "Audit trail: {deeds}",
        deeds=commas(say(DEEDS[deed]) for deed in dict.fromkeys(one.deed for one in entries)),
    )
    return Message(
        text=escape(cut(told, 250)),
        blocks=[section("\n".join(one)) for one in groups],
        metadata=Metadata(EVENT_TYPE, {"last_entry_id": str(entries[-1].id)}),
    )


def _about(entry: Entry) -> str:
    return f" · {code(entry.subject, 200)}" if entry.subject else ""
