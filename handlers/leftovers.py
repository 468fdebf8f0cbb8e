"""Leftovers: what Slack sends and no other door takes: told to the person, or acknowledged so that Slack rests."""

import re

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from bot.slack.answers import refusal
from handlers.buttons import Body, person
from handlers.desk import Desk, ephemeral
from handlers.responses import respond

ANY = re.compile("")

log = structlog.get_logger(__name__)


class Leftovers:
    """The last door; to be registered after all others."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def register(self, bolt: AsyncApp) -> None:
        """Take over buttons that we do not know (any more), and events that nobody waits for."""
        bolt.action(ANY)(self.on_unknown_action)
        bolt.event(ANY)(self.on_event)

    async def on_unknown_action(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        """A message of an older version, perhaps."""
        log.warning("people.unknown_action", user=person(body), action=str(body.get("actions"))[:200])
        self._desk.metrics.count("outdated", "ok")
        if body.get("response_url"):
            await respond(context, body, ephemeral(refusal.outdated()))
        await ack()

    async def on_event(self) -> None:
        """Bolt acknowledges: an event that is answered 404 comes again, and too many of them end the subscription."""
