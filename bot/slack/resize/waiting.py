"""The form before its plan: that AWS is being asked, or why there is no plan, with a button where asking again may help."""

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement
from slack_sdk.models.views import View

from bot.domain.telling.language import say
from bot.domain.telling.sentence import begun
from bot.slack.blocks import context, section
from bot.slack.mrkdwn import bold, escape
from bot.slack.resize.modal import Order, framed

RETRY = "resize.retry"


def looking(order: Order) -> View:
    """What is shown while AWS is asked."""
    name = bold(escape(order.subject.name, 80))
    return framed(
        order,
        [section(say("🔎 Looking at {name}…", name=name)), context(say("Nothing is changed by looking."))],
    )


def trouble(order: Order, why: str, *, may_pass: bool) -> View:
    """Why there is no plan. `may_pass`: asking again may bring one, and the form keeps what was chosen in it."""
    name = bold(escape(order.subject.name, 80))
    words = say("{sentence}.", sentence=escape(begun(why).rstrip(".。"), 600))
    if not may_pass:
        head = say("⛔ I can't plan a resize of {name}.", name=name)
        return framed(order, [section(f"{head}\n{words}")])
    head = say("⏳ I can't plan a resize of {name} yet.", name=name)
    hint = say("Nothing was changed. This often passes within a minute.")
    again = ButtonElement(text=say("Try again"), action_id=RETRY, style="primary")
    blocks: list[Block] = [section(f"{head}\n{words}\n{hint}"), ActionsBlock(elements=[again])]
    return framed(order, blocks)
