"""Commands: `/oom …`; the answer is the acknowledgement itself."""

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.grammar import parse
from handlers.answering import Answering, verb_of
from handlers.desk import Desk

COMMAND = "/oom"


class Commands:
    """The door for what people type."""

    def __init__(self, desk: Desk, answering: Answering) -> None:
        self._desk = desk
        self._answering = answering

    def register(self, bolt: AsyncApp) -> None:
        """Take over the slash command."""
        bolt.command(COMMAND)(self.on_command)

    async def on_command(self, ack: AsyncAck, body: Mapping[str, Any]) -> None:
        """Answer within Slack's three seconds, to the asker alone."""
        asker = str(body.get("user_id", ""))
        command = parse(str(body.get("text") or ""))
        doing = self._answering.answer(command, asker, str(body.get("response_url") or ""))
        told = await self._desk.attempt(verb_of(command), asker, doing)
        await ack(told or "")
