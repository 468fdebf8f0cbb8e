"""Permalinks: the addresses of messages, asked of Slack once each."""

from collections import OrderedDict
from functools import partial

import structlog

from bot.reconcile.bench import Bench
from bot.reconcile.pace import Budget
from bot.reconcile.paced import paced
from bot.slack.posting import NoSuchChannel, NoSuchMessage, SlackTrouble
from bot.slack.publishing import Publisher

log = structlog.get_logger(__name__)

# "Special": hundreds a minute, says https://docs.slack.dev/reference/methods/chat.getPermalink.
LINKS = Budget("chat.getPermalink", 60 / 100, burst=20)
_MOST_KEPT = 5000


class Permalinks:
    """Remembers those of the last few thousand messages: they never change."""

    def __init__(self, bench: Bench, publisher: Publisher) -> None:
        """None known yet."""
        self._bench = bench
        self._publisher = publisher
        self._known: OrderedDict[tuple[str, str], str] = OrderedDict()

    async def of(self, channel: str, ts: str) -> str:
        """The address; "" where Slack does not tell it now: whoever shows it can do without."""
        known = self._known.get((channel, ts))
        if known is not None:
            return known
        try:
            url = await paced(self._bench.pace, partial(self._publisher.permalink, channel, ts), LINKS)
        except (NoSuchMessage, NoSuchChannel) as refusal:
            log.warning("permalink.refused", channel=channel, error=str(refusal))
            url = ""  # it is gone: to ask again at every look would be in vain
        except SlackTrouble as trouble:
            log.warning("permalink.unknown", channel=channel, error=str(trouble))
            return ""
        self._known[channel, ts] = url
        if len(self._known) > _MOST_KEPT:
            self._known.popitem(last=False)
        return url
