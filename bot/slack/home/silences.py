"""Silences in force: what is muted, until when, by whom, and a button that ends it."""

from collections.abc import Iterator

from slack_sdk.models.blocks import Block, SectionBlock

from bot.domain.command.command import EndSilence
from bot.domain.home.home import Page
from bot.domain.subject.silence import Silence
from bot.domain.telling.language import count, say
from bot.slack.answers import buttons, place
from bot.slack.answers.silence_list import muted
from bot.slack.blocks import context, section
from bot.slack.home.heading import heading
from bot.slack.mrkdwn import bold, date, escape, mention

MOST = 8


def blocks(page: Page, account_name: place.AccountName) -> Iterator[Block]:
    """At most eight, the next one to end first; nothing where none is in force."""
    active = page.facts.silences
    if not active:
        return
    yield heading("🔕", count(len(active), "{n} silence in force", "{n} silences in force"))
    yield from (_row(one, account_name) for one in active[:MOST])
    if (more := len(active) - MOST) > 0:
        yield context(count(more, "And {n} more: `/oom silences`", "And {n} more: `/oom silences`"))


def _row(silence: Silence, account_name: place.AccountName) -> SectionBlock:
    until, who = date(silence.ends_at), mention(silence.created_by)
    reason = f" · {escape(silence.reason, 200)}" if silence.reason else ""
    told = say("until {when}, by {who}", when=until, who=who)
    end = buttons.also(silence.id, say("End now"), EndSilence(silence.id).typed)
    head = f"{bold(f'#{silence.id}')} {muted(silence.matcher, account_name)}"
    return section(f"{head}\n{told}{reason}", block_id=f"home.silence.{silence.id}", accessory=end)
