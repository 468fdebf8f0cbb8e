"""Answer buttons: those under answers, each standing for words after `/oom`."""

import re
from collections.abc import Awaitable

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.command.grammar import parse
from bot.slack.answers import buttons
from bot.slack.answers.answer import Answer
from handlers.answering import Answering, verb_of
from handlers.buttons import Body, person, value_of
from handlers.desk import Desk
from handlers.resize_modal import ResizeModal, wants_form
from handlers.responses import respond


class AnswerButtons:
    """The door for clicks under answers, but for sharing."""

    def __init__(self, desk: Desk, answering: Answering, resize_modal: ResizeModal) -> None:
        self._desk = desk
        self._answering = answering
        self._resize_modal = resize_modal

    def register(self, bolt: AsyncApp) -> None:
        """Take over the clicks."""
        bolt.action(re.compile(rf"^({re.escape(buttons.RUN)}|{re.escape(buttons.PAGE)})\."))(self.on_run)
        bolt.action(re.compile(rf"^{re.escape(buttons.ALSO)}\."))(self.on_also)

    async def on_run(
        self, ack: AsyncAck, body: Body, context: AsyncBoltContext, client: AsyncWebClient
    ) -> None:
        """Words whose answer takes the place of the one that the button stands in."""
        await self._run(body, context, client, replaces=True)
        await ack()

    async def on_also(
        self, ack: AsyncAck, body: Body, context: AsyncBoltContext, client: AsyncWebClient
    ) -> None:
        """Words whose answer follows the one that the button stands in."""
        await self._run(body, context, client, replaces=False)
        await ack()

    async def _run(
        self, body: Body, context: AsyncBoltContext, client: AsyncWebClient, *, replaces: bool
    ) -> None:
        command, asker = parse(value_of(body)), person(body)
        doing: Awaitable[Answer | None]
        if wants_form(command):
            doing = self._resize_modal.open_for(command, asker, str(body.get("trigger_id", "")), client)
        else:
            doing = self._answering.answer(command, asker, str(body.get("response_url") or ""))
        told = await self._desk.attempt(verb_of(command), asker, doing)
        if told is not None:
            await respond(context, body, told, replaces=replaces)
