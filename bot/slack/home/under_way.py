"""Changes under way: resizes that are done or watched, each with how far it is."""

from collections.abc import Iterator

from slack_sdk.models.blocks import Block

from bot.domain.home.home import Page
from bot.domain.resize.resize import Resize
from bot.domain.telling.language import count, say
from bot.slack.answers import place
from bot.slack.blocks import context, section
from bot.slack.home.heading import heading
from bot.slack.home.links import to_message
from bot.slack.resize import plan_text, progress

MOST = 8


def blocks(page: Page, account_name: place.AccountName) -> Iterator[Block]:
    """At most eight, the newest first; nothing where nothing is under way."""
    if not page.under_way:
        return
    yield heading("🔧", say("Changes under way"))
    for resize in page.under_way[:MOST]:
        yield section(told(page, resize, account_name))
    if (more := len(page.under_way) - MOST) > 0:
        yield context(count(more, "And {n} more: `/oom history`", "And {n} more: `/oom history`"))


def told(page: Page, resize: Resize, account_name: place.AccountName) -> str:
    """What is changed and where, for one name lives in many accounts; then how far it is."""
    spec = resize.spec
    where = place.where(spec.plan.target.subject, account_name)
    name = f"{plan_text.named(spec.plan)} · {where}{to_message(page, f'resize {spec.id}')}"
    return "\n".join([name, *progress.lines(resize)])
