"""Unfinished incidents: mine first, then those of others."""

from collections.abc import Iterator

from slack_sdk.models.blocks import Block, SectionBlock

from bot.domain.home.home import Page
from bot.domain.incident.incident import Incident, Phase
from bot.domain.subject.subject import Subject
from bot.domain.telling.language import count, say
from bot.slack.answers import buttons, incident_list, place
from bot.slack.blocks import context, section
from bot.slack.home.heading import heading
from bot.slack.home.links import to_message
from bot.slack.mrkdwn import DateStyle, bold, date

MOST = 10


def blocks(page: Page, account_name: place.AccountName) -> Iterator[Block]:
    """At most ten; the headline tells how many there are, and when there is none."""
    mine, others = page.mine[:MOST], page.others[: max(0, MOST - len(page.mine))]
    if mine:
        yield heading("👤", say("Your incidents"))
        yield from (_row(page, one, account_name) for one in mine)
    if others:
        yield heading("🚨", say("Other incidents") if mine else say("Unfinished incidents"))
        yield from (_row(page, one, account_name) for one in others)
    if (more := page.facts.open_count - len(mine) - len(others)) > 0:
        yield context(count(more, "And {n} more: `/oom list`", "And {n} more: `/oom list`"))


def _row(page: Page, incident: Incident, account_name: place.AccountName) -> SectionBlock:
    number, key = incident.id, incident.group_key
    head = f"{bold(f'#{number}')} {place.who(key)} · {incident_list.state(incident)}"
    last = date(incident.last_kill_at, DateStyle.AGO)
    facts = f"{incident_list.kills(incident)} · {last} · {place.where(Subject.of(key), account_name)}"
    can = incident.phase is Phase.OPEN
    accessory = buttons.also(number, say("Acknowledge"), f"ack #{number}") if can else None
    told = f"{head}\n{facts}{to_message(page, f'incident {number}')}"
    return section(told, block_id=f"home.incident.{number}", accessory=accessory)
