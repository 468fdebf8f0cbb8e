"""Links from Home to the messages in channels."""

from bot.domain.home.home import Page
from bot.domain.telling.language import say
from bot.slack.mrkdwn import link


def to_message(page: Page, what: str) -> str:
    """` · Open the message`, where `what` (`incident 12`, `resize 5`) has one; mrkdwn."""
    url = page.links.get(what)
    return f" · {link(url, say('Open the message'))}" if url else ""
