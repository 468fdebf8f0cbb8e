"""Approvals: changes that wait for this person, with the same buttons as in the channel."""

from collections.abc import Iterator

from slack_sdk.models.blocks import ActionsBlock, Block

from bot.domain.home.home import Page
from bot.domain.telling.language import count, say
from bot.slack.answers import place
from bot.slack.blocks import context, section
from bot.slack.home.under_way import told
from bot.slack.resize import controls

MOST = 5


def blocks(page: Page, account_name: place.AccountName) -> Iterator[Block]:
    """Under the headline that counts them; nothing for those who approve nothing."""
    if not page.approvals:
        if page.approves:
            yield context(say("No change waits for your approval."))
        return
    for resize in page.approvals[:MOST]:
        number = resize.spec.id
        yield section(f"🔧 {told(page, resize, account_name)}")
        yield ActionsBlock(elements=list(controls.buttons(resize)), block_id=f"home.approval.{number}")
    if (more := len(page.approvals) - MOST) > 0:
        yield context(count(more, "And {n} more, in its channel.", "And {n} more, in their channels."))
