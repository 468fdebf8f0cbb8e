"""Detours: the line of a message that stands in another channel than it should: which, why, and how to mend it."""

from dataclasses import replace

from bot.domain.routing import detour
from bot.domain.telling.language import say
from bot.domain.telling.listed import sentences
from bot.slack.blocks import context
from bot.slack.message import Message
from bot.slack.mrkdwn import CHANNEL, code, escape

INVITE = "/invite @OOM Guard"


def around(message: Message, text: str) -> Message:
    """The message with what its notice keeps of channels that could not be reached; as it is where there were none."""
    closed = detour.read(text)
    if not closed:
        return message
    said = sentences(trouble(one.channel, one.error) for one in closed)
    return replace(message, blocks=[*message.blocks, context(f"↪️ {said}")])


def channel_name(channel: str) -> str:
    """A channel as Slack shows it: a link by its id, else its name."""
    return f"<#{channel}>" if CHANNEL.fullmatch(channel) else escape(f"#{channel}", 90)


def trouble(channel: str, error: str) -> str:
    """Why a channel could not be reached, by Slack's word for it, and what to do."""
    name, invite = channel_name(channel), code(INVITE)
    if error == "not_in_channel":
        return say(
            "{channel} could not be reached (I am not a member): {invite} there.", channel=name, invite=invite
        )
    if error == "is_archived":
        return say(
            "{channel} could not be reached (it is archived): unarchive it, or change the route.",
            channel=name,
        )
    if error == "channel_not_found":
        return say(
            "{channel} could not be reached (there is none, or it is private): check the name, or {invite} there.",
            channel=name,
            invite=invite,
        )
    return say("{channel} could not be reached ({error}).", channel=name, error=escape(error, 60))
