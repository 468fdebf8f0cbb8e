"""Answers: what one person is told after a command or a click, and how it looks once it is shared."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, SectionBlock

from bot.domain.telling.language import say
from bot.slack.answers.buttons import SHARE, button
from bot.slack.blocks import context, section
from bot.slack.message import Message
from bot.slack.mrkdwn import code, mention

MARKUP = re.compile(r"<(?:!date\^|https?://)[^|<>]*\|(?P<label>[^<>]*)>|(?P<mark>[*`~]|\n+)")
MOST_BUTTONS = 4  # more of them in a row confuse (grafana/oncall#5198)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A text, the blocks that say the same, and buttons.

    `text` is read out by screen readers and must tell the answer alone; markup is taken out of it. `shareable_as` holds the words after `/oom`
    that lead to this answer, "" where it is of no use to others. `is_for_thread`: all who follow an alert should see
    it, in the alert's thread, whoever asked.
    """

    text: str
    body: Sequence[Block]
    buttons: Sequence[ButtonElement] = ()
    shareable_as: str = ""
    is_for_thread: bool = False

    def privately(self) -> Message:
        """For the one who asked, with all controls."""
        share = [button(say("Share in channel"), SHARE, self.shareable_as)] if self.shareable_as else []
        row = [*share, *self.buttons][:MOST_BUTTONS]
        return Message(
            text=plain(self.text), blocks=[*self.body, *([ActionsBlock(elements=row)] if row else [])]
        )

    def in_channel(self, sharer: str) -> Message:
        """For everyone: without controls (they would act on what all see), and with who shared it."""
        shared = say("Shared by {who}", who=mention(sharer))
        origin = f"{shared} · {code('/oom ' + self.shareable_as, 300)}"
        return Message(
            text=plain(self.text), blocks=[*(_quiet(block) for block in self.body), context(origin)]
        )

    def with_note(self, markup: str) -> "Answer":
        """The same answer under a line of small print."""
        return replace(self, body=[context(markup), *self.body])


def sentence(markup: str) -> Answer:
    """An answer that is a sentence or two."""
    return Answer(text=markup, body=[section(markup)])


def plain(markup: str) -> str:
    """The words of finished mrkdwn on one line; mentions stay, Slack reads their names out."""
    return MARKUP.sub(lambda found: found["label"] or " " * found["mark"].startswith("\n"), markup).strip()


def _quiet(block: Block) -> Block:
    return SectionBlock(text=block.text) if isinstance(block, SectionBlock) and block.accessory else block
