"""Answers: what one person is told after a command or a click, and how it looks once it is shared."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, SectionBlock

from bot.slack.answers.buttons import SHARE, button
from bot.slack.blocks import context, section
from bot.slack.message import Message
from bot.slack.mrkdwn import code, mention

MOST_BUTTONS = 4  # more of them in a row confuse (grafana/oncall#5198)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A text, the blocks that say the same, and buttons.

    `text` is read out by screen readers and must tell the answer alone. `shareable_as` holds the words after `/oom`
    that lead to this answer, "" where it is of no use to others.
    """

    text: str
    body: Sequence[Block]
    buttons: Sequence[ButtonElement] = ()
    shareable_as: str = ""

    def privately(self) -> Message:
        """For the one who asked, with all controls."""
        share = [button("Share in channel", SHARE, self.shareable_as)] if self.shareable_as else []
        row = [*share, *self.buttons][:MOST_BUTTONS]
        return Message(text=self.text, blocks=[*self.body, *([ActionsBlock(elements=row)] if row else [])])

    def in_channel(self, sharer: str) -> Message:
        """For everyone: without controls (they would act on what all see), and with who shared it."""
        origin = f"Shared by {mention(sharer)} · {code('/oom ' + self.shareable_as, 300)}"
        return Message(text=self.text, blocks=[*(_quiet(block) for block in self.body), context(origin)])

    def with_note(self, markup: str) -> "Answer":
        """The same answer under a line of small print."""
        return replace(self, body=[context(markup), *self.body])


def sentence(markup: str, text: str = "") -> Answer:
    """An answer of one sentence; `text` is for screen readers where the mrkdwn holds more than words."""
    return Answer(text=text or markup, body=[section(markup)])


def _quiet(block: Block) -> Block:
    return SectionBlock(text=block.text) if isinstance(block, SectionBlock) and block.accessory else block
