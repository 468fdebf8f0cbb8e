"""Direct messages: one line of what happened, and the way to the channel's message."""

from slack_sdk.models.metadata import Metadata

from bot.domain.incident.incident import Incident
from bot.domain.resize.resize import Resize
from bot.domain.telling.language import say
from bot.slack.answers import incident_list, place
from bot.slack.answers.answer import plain
from bot.slack.blocks import section
from bot.slack.message import Message
from bot.slack.mrkdwn import bold, escape, link, mention
from bot.slack.resize import plan_text, progress

EVENT_TYPE = "oom_guard_direct_message"


def approval(resize: Resize, url: str, number: int) -> Message:
    """Somebody asks for a change that this person may agree to."""
    plan = resize.spec.plan
    told = say(
        "{who} asks for your approval: {name} {sizes}.",
        who=mention(resize.spec.requested_by),
        name=bold(escape(plan.target.subject.name, 80)),
        sizes=plan_text.sizes(plan),
    )
    return _message(f"⏳ {told}", url, number)


def incident(found: Incident, url: str, number: int) -> Message:
    """An incident of this person's opened, or opened again."""
    values = {"name": place.who(found.group_key), "kills": incident_list.kills(found)}
    if found.reopened_count:
        told = say("Your incident is open again: {name}, {kills}.", **values)
    else:
        told = say("An incident of yours opened: {name}, {kills}.", **values)
    return _message(f"🔴 {told}", url, number)


def resize(found: Resize, url: str, number: int) -> Message:
    """A change that this person asked for is over."""
    name = bold(escape(found.spec.plan.target.subject.name, 80))
    emoji, _ = progress.WORDS[found.status.phase]
    told = say("Your change of {name} is over. {outcome}", name=name, outcome=progress.plainly(found))
    return _message(f"{emoji} {told}", url, number)


def _message(told: str, url: str, number: int) -> Message:
    """`number` finds the message again after a crash."""
    way = f" {link(url, say('Open the message'))}" if url else ""
    return Message(
        text=plain(told),
        blocks=[section(f"{told}{way}")],
        metadata=Metadata(EVENT_TYPE, {"direct_message_id": str(number)}),
    )
