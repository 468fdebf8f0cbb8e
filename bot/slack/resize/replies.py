"""Replies about a resize: what became of it, for those whom an edited message does not reach."""

from bot.domain.resize.resize import Resize
from bot.domain.telling.language import say
from bot.slack.blocks import section
from bot.slack.message import Message
from bot.slack.mrkdwn import bold, escape, mention
from bot.slack.resize import plan_text, progress


def ended(resize: Resize) -> Message:
    """It is over, and how; whoever asked for it is told."""
    return _reply(resize, f"{progress.standing(resize)} · {mention(resize.spec.requested_by)}")


def undone(resize: Resize) -> Message:
    """A later deployment brought the old memory back: shown in the channel too."""
    words = progress.said(resize.status.words)
    whom = mention(resize.spec.requested_by)
    return _reply(resize, f"🔁 {bold(say('The old memory is back'))} · {words} · {whom}", broadcast=True)


def _reply(resize: Resize, told: str, *, broadcast: bool = False) -> Message:
    plan = resize.spec.plan
    number, name = resize.spec.id, escape(plan.target.subject.name, 80)
    text = say(
        "Resize #{number} of {name}: {words}", number=number, name=name, words=progress.plainly(resize)
    )
    head = say(
        "{resize} of {what}",
        resize=bold(say("Resize #{number}", number=number)),
        what=f"{plan_text.named(plan)} {plan_text.sizes(plan)}",
    )
    return Message(text=text, blocks=[section(f"{head}\n{told}")], broadcast=broadcast)
