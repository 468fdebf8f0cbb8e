"""Changes under way: resizes that are done or watched, each with how far it is."""

from collections.abc import Iterator

from slack_sdk.models.blocks import Block

from bot.domain.home.home import Page
from bot.domain.telling.language import count, say
from bot.slack.blocks import context, section
from bot.slack.home.heading import heading
from bot.slack.home.links import to_message
from bot.slack.resize import plan_text, progress

MOST = 8


def blocks(page: Page) -> Iterator[Block]:
    """At most eight, the newest first; nothing where nothing is under way."""
    if not page.under_way:
        return
    yield heading("🔧", say("Changes under way"))
    for resize in page.under_way[:MOST]:
        name = f"{plan_text.named(resize.spec.plan)}{to_message(page, f'resize {resize.spec.id}')}"
        yield section("\n".join([name, *progress.lines(resize)]))
    if (more := len(page.under_way) - MOST) > 0:
        yield context(count(more, "And {n} more: `/oom history`", "And {n} more: `/oom history`"))
