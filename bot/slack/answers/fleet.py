"""Fleets: what all answers about services that still live say alike: who and where, and what nobody could look at."""

from collections.abc import Iterable, Sequence

from slack_sdk.models.blocks import Block

from bot.domain.inspection.running import Running
from bot.domain.subject import console
from bot.domain.subject.group_key import GroupKey
from bot.domain.telling.language import count, say
from bot.domain.telling.listed import clauses, commas, sentences
from bot.slack.answers import place
from bot.slack.blocks import context
from bot.slack.mrkdwn import bold, escape, link

ROWS = 10
_NAMES = 8  # before "and 12 more"
_GAPS = 5
_LONGEST_PAGE = 300  # characters of an address: fifteen must fit into one message


def counted(number: int) -> str:
    """`1 service`, `214 services`."""
    return count(number, "{n} service", "{n} services")


def head(running: Running, account_name: place.AccountName) -> str:
    """`checkout` in bold, linked to its page in AWS, and where it runs."""
    subject = running.subject
    key = GroupKey(subject.account, subject.region, subject.cluster, subject.kind, subject.name, "")
    page = console.owner(key, running.definition.arn)
    named = link(page, subject.name, 120) if 0 < len(page) <= _LONGEST_PAGE else escape(subject.name, 120)
    return f"{bold(named)} · {place.where(subject, account_name)}"


def names(services: Sequence[Running]) -> str:
    """The first few names."""
    shown = commas(escape(one.subject.name, 60) for one in services[:_NAMES])
    more = len(services) - _NAMES
    return count(more, "{names} and {n} more", "{names} and {n} more", names=shown) if more > 0 else shown


def small_print(without_data: Sequence[Running], gaps: Sequence[str]) -> list[Block]:
    """Whom nobody measured, and what could not be looked at: neither means that nothing is wrong."""
    lines = []
    if without_data:
        lines.append(
            say(
                "No data, which is not “no problem”: {services} ({names})",
                services=counted(len(without_data)),
                names=names(without_data),
            )
        )
    if gaps:
        lines.append(say("Not looked at: {what}", what=told_gaps(gaps)))
    return [context(line) for line in lines]


def told_gaps(gaps: Sequence[str]) -> str:
    """The first few sentences on what could not be looked at."""
    more = len(gaps) - _GAPS
    told = [escape(one, 300) for one in gaps[:_GAPS]]
    return clauses([*told, count(more, "and {n} more", "and {n} more") if more > 0 else ""])


def ended(parts: Iterable[str]) -> str:
    """Sentences in a row, each with its full stop."""
    return sentences(say("{sentence}.", sentence=part) for part in parts)
