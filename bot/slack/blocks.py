"""Blocks: the few kinds of Block Kit block that the bot shows, each with its text taken verbatim.

Verbatim, because otherwise Slack turns `@here` or an address inside a log line into a live mention or link.
"""

from collections.abc import Sequence

from slack_sdk.models.attachments import BlockAttachment
from slack_sdk.models.blocks import Block, ContextBlock, InteractiveElement, MarkdownTextObject, SectionBlock

from bot.slack.mrkdwn import set_apart, unbroken

MOST_FIELDS = 10  # docs.slack.dev/reference/block-kit/blocks/section-block
MOST_TEXT = 3000


def markdown(markup: str) -> MarkdownTextObject:
    """Finished mrkdwn as a text object."""
    apart = set_apart(markup)
    return MarkdownTextObject(text=unbroken(apart if len(apart) <= MOST_TEXT else markup), verbatim=True)


def section(
    markup: str,
    *,
    block_id: str | None = None,
    fields: Sequence[str] = (),
    accessory: InteractiveElement | None = None,
) -> SectionBlock:
    """A section of finished mrkdwn, with fields (two columns, one on a phone) below and one control beside it."""
    return SectionBlock(
        text=markdown(markup),
        fields=[markdown(field) for field in fields],
        block_id=block_id,
        accessory=accessory,
    )


def columns(fields: Sequence[str], *, block_id: str | None = None) -> SectionBlock:
    """Fields of finished mrkdwn alone: two columns, one on a phone."""
    return SectionBlock(fields=[markdown(field) for field in fields], block_id=block_id)


def context(markup: str, *, block_id: str | None = None) -> ContextBlock:
    """A small grey line of finished mrkdwn."""
    return ContextBlock(elements=[markdown(markup)], block_id=block_id)


def coloured(color: str, blocks: Sequence[Block]) -> BlockAttachment:
    """Blocks beside a coloured bar; Slack has no colour outside of attachments."""
    return BlockAttachment(color=color, blocks=blocks)
