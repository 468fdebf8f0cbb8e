"""The setup, for who looks after the installation: what works and what is left to do, a line each."""

from collections.abc import Iterator

from slack_sdk.models.blocks import Block

from bot.domain.checkup.installation import Installation
from bot.domain.home.home import Page
from bot.domain.telling.language import say
from bot.slack.blocks import section
from bot.slack.mrkdwn import bold, code, escape

WELL, WRONG, CHOICE = "✅", "❌", "➖"  # each line's words say it, too


def blocks(page: Page) -> Iterator[Block]:
    """One section."""
    known = page.facts.installation
    lines = [_channel(known), _subscription(page), _events(page), _policy(known), _read_only(known)]
    lines.append(say("`/oom doctor` looks at everything, and says how to mend it."))
    yield section("\n".join([f"🧰 {bold(say('Setup'))}", *lines]))


def channel(name: str) -> str:
    """A channel's id or name, as mrkdwn that leads there."""
    return f"<#{name}>" if name[:1] in "CG" and name.isalnum() and name.isupper() else f"#{escape(name, 80)}"


def _channel(known: Installation) -> str:
    where = channel(known.channel)
    if known.channel_trouble:
        return f"{WRONG} {_refusal(where, known.channel_trouble)}"
    if known.posted_at is None:
        return f"{CHOICE} {say('Default channel {channel}: nothing was posted there yet.', channel=where)}"
    return f"{WELL} {say('Default channel {channel} takes messages.', channel=where)}"


def _refusal(where: str, error: str) -> str:
    """By Slack's word for it; what to do about any other says `/oom doctor`."""
    if error == "is_archived":
        return say(
            "Default channel {channel} is archived: unarchive it, or set SLACK_CHANNEL to another.",
            channel=where,
        )
    word = code(error, 80)
    if error in ("not_in_channel", "channel_not_found"):
        return say(
            "Default channel {channel} refuses messages ({word}). Invite OOM Guard there.",
            channel=where,
            word=word,
        )
    return say("Default channel {channel} refuses messages ({word}).", channel=where, word=word)


def _subscription(page: Page) -> str:
    # An event that came tells the same: queues and old subscriptions are never confirmed here.
    if page.facts.installation.confirmed_at or page.facts.health.last_event_at:
        return f"{WELL} {say('AWS is connected.')}"
    return (
        f"{WRONG} {say('AWS is not connected: subscribe this bot to the SNS topic, or give it the queue.')}"
    )


def _events(page: Page) -> str:
    if page.facts.health.last_event_at:
        return f"{WELL} {say('Events arrive.')}"
    return f"{WRONG} {say('No event has arrived. Stop any task: its event must come within a minute.')}"


def _policy(known: Installation) -> str:
    if known.has_policy:
        return f"{WELL} {say('A policy says who may change memory.')}"
    return f"{CHOICE} {say('No policy: nobody can change memory. Set POLICY to allow it.')}"


def _read_only(known: Installation) -> str:
    if known.is_read_only:
        return f"{CHOICE} {say('Read-only mode is on: nobody can change memory.')}"
    return f"{WELL} {say('Read-only mode is off.')}"
