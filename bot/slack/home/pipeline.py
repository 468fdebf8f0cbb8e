"""The pipeline: whether events come from AWS and Slack shows the truth; what is wrong is said first."""

from collections.abc import Iterator

from slack_sdk.models.blocks import Block

from bot.domain.checkup.health import Health
from bot.domain.home.home import Page
from bot.domain.telling.language import count, say
from bot.domain.telling.listed import commas
from bot.slack.answers import place
from bot.slack.blocks import section
from bot.slack.mrkdwn import DateStyle, bold, code, date, escape


def blocks(page: Page, account_name: place.AccountName) -> Iterator[Block]:
    """One section."""
    health, now = page.facts.health, page.facts.now
    if health.is_well(now) and health.last_event_at is None:
        head = f"➖ {bold(say('Pipeline: waiting for the first event'))}"
    elif health.is_well(now):
        head = f"💚 {bold(say('Pipeline: all is well'))}"
    else:
        head = f"⚠️ {bold(say('Pipeline: something is wrong'))}"
    troubles = _troubles(page, account_name)
    yield section("\n".join([head, *troubles, " · ".join(_facts(health))]))


def _troubles(page: Page, account_name: place.AccountName) -> Iterator[str]:
    health, now = page.facts.health, page.facts.now
    for account, heard_at in health.silent:
        name = bold(escape(account_name(account), 60))
        yield say("No event from {account} since {when}.", account=name, when=date(heard_at))
    if health.is_delayed:
        yield count(
            health.delay_minutes,
            "Events come late: the last ones took {n} minute.",
            "Events come late: the last ones took {n} minutes.",
        )
    if health.is_late(now) and health.waiting_since is not None:
        yield count(
            health.waiting,
            "Slack is late: {n} message waits since {when}.",
            "Slack is late: {n} messages wait, the first since {when}.",
            when=date(health.waiting_since),
        )
    if health.failing:
        words = commas(code(one, 60) for one in health.failing[:3])
        yield say("Slack refuses messages: {words}", words=words)
    yield from _piles(page)


def _piles(page: Page) -> Iterator[str]:
    """What lies about undone."""
    health, now = page.facts.health, page.facts.now
    if health.lags(now) and health.unread_since is not None:
        yield count(
            health.unread,
            "{n} question lies in the queue since {when}.",
            "{n} questions lie in the queue, the first since {when}.",
            when=date(health.unread_since),
        )
    if health.hoards(now) and health.kept_since is not None:
        yield count(
            health.kept,
            "{n} event waits to be recorded since {when}.",
            "{n} events wait to be recorded, the first since {when}.",
            when=date(health.kept_since),
        )


def _facts(health: Health) -> Iterator[str]:
    if health.last_event_at is not None:
        yield say("Last event {when}", when=date(health.last_event_at, DateStyle.AGO))
    yield count(health.deliveries, "{n} delivery in the last hour", "{n} deliveries in the last hour")
