"""Approvals: changes that wait for this person, with the same buttons as in the channel."""

from collections.abc import Iterator

from slack_sdk.models.blocks import ActionsBlock, Block

from bot.domain.home.home import Page
from bot.domain.telling.language import count, say
from bot.slack.blocks import context, section
from bot.slack.home.links import to_message
from bot.slack.resize import controls, plan_text, progress

MOST = 5


def blocks(page: Page) -> Iterator[Block]:
    """Under the headline that counts them; nothing for those who approve nothing."""
    if not page.approvals:
        if page.approves:
            yield context(say("No change waits for your approval."))
        return
    for resize in page.approvals[:MOST]:
        number = resize.spec.id
        name = f"🔧 {plan_text.named(resize.spec.plan)}{to_message(page, f'resize {number}')}"
        yield section("\n".join([name, *progress.lines(resize)]))
        yield ActionsBlock(elements=list(controls.buttons(resize)), block_id=f"home.approval.{number}")
    if (more := len(page.approvals) - MOST) > 0:
        yield context(count(more, "And {n} more, in its channel.", "And {n} more, in their channels."))
