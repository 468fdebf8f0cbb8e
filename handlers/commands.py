"""Commands: `/oom …`; the answer is the acknowledgement itself."""

from collections.abc import Awaitable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.command.grammar import parse
from bot.slack.answers.answer import Answer
from handlers.answering import Answering, verb_of
from handlers.desk import Desk
from handlers.reporting import placed
from handlers.resize_modal import ResizeModal, wants_form

COMMAND = "/oom"


class Commands:
    """The door for what people type."""

    def __init__(self, desk: Desk, answering: Answering, resize_modal: ResizeModal) -> None:
        self._desk = desk
        self._answering = answering
        self._resize_modal = resize_modal

    def register(self, bolt: AsyncApp) -> None:
        """Take over the slash command."""
        bolt.command(COMMAND)(self.on_command)

    async def on_command(self, ack: AsyncAck, body: Mapping[str, Any], client: AsyncWebClient) -> None:
        """Answer within Slack's three seconds, to the asker alone, or open the form that they ask for."""
        asker = str(body.get("user_id", ""))
        command = placed(
            parse(str(body.get("text") or "")),
            str(body.get("channel_id") or ""),
            str(body.get("channel_name") or ""),
        )
        doing: Awaitable[Answer | None]
        if wants_form(command):
            doing = self._resize_modal.open_for(command, asker, str(body.get("trigger_id", "")), client)
        else:
            doing = self._answering.answer(command, asker, str(body.get("response_url") or ""))
        told = await self._desk.attempt(verb_of(command), asker, doing)
        await ack(told or "")
