"""Mentions: `@OOM Guard resize 2G` in an alert's thread means what `/oom` means, of what the alert is about.

Slash commands do not work in threads. A mention has no trigger, so no form can open: a plan comes with its button.
"""

import asyncio
import re
from dataclasses import replace
from typing import Any

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import Connection

from bot.domain.command.command import AskResize
from bot.domain.command.grammar import parse
from bot.domain.command.implied import with_target
from bot.domain.incident.incident import Incident
from bot.domain.subject.subject import Subject
from bot.slack import said
from bot.slack.answers.answer import Answer
from bot.store import incidents, notices, resizes
from handlers.answering import Answering, verb_of
from handlers.desk import Desk, Json
from handlers.reporting import placed

TOLD_WITHIN_S = 2.0
MENTION = re.compile(r"<@[UW][A-Z0-9]{2,30}(?:\|[^<>]{0,80})?>")

log = structlog.get_logger(__name__)


class Mentions:
    """The door for what is said to the bot; the answer is seen by the asker alone."""

    def __init__(self, desk: Desk, answering: Answering) -> None:
        self._desk = desk
        self._answering = answering

    def register(self, bolt: AsyncApp) -> None:
        """Take over the event."""
        bolt.event("app_mention")(self.on_mention)

    async def on_mention(self, event: dict[str, Any], client: AsyncWebClient) -> None:
        """Answer; an event that Slack sends once more gets the same answer once more."""
        asker, channel = str(event.get("user", "")), str(event.get("channel", ""))
        thread = str(event.get("thread_ts") or "")
        if not asker or event.get("bot_id"):
            return
        told = await self._desk.attempt("mention", asker, self._answer(event, asker, channel, thread))
        if told is not None:
            await _whisper(client, told, asker, channel, thread)

    async def _answer(self, event: dict[str, Any], asker: str, channel: str, thread: str) -> Answer | None:
        words = MENTION.sub(" ", str(event.get("text") or ""), count=1).strip()
        about = await self._desk.db.read(_about, channel, thread) if thread else None
        command = placed(parse(with_target(words, *about) if about else words), channel)
        if isinstance(command, AskResize):
            command = replace(command, is_dry_run=True)  # with the button that opens the form
        log.info("people.mentioned", user=asker, verb=verb_of(command))
        return await self._answering.answer(command, asker)


def _about(conn: Connection, channel: str, ts: str) -> tuple[Subject, str] | None:
    """The subject and container of the alert, or of the resize, whose thread it is."""
    notice = notices.at(conn, channel, ts)
    if notice is None:
        return None
    incident: Incident | None = (
        None if notice.incident_id is None else incidents.get(conn, notice.incident_id)
    )
    if incident is not None:
        return Subject.of(incident.group_key), incident.group_key.container
    resize = None if notice.resize_id is None else resizes.get(conn, notice.resize_id)
    return None if resize is None else (resize.spec.plan.target.subject, resize.spec.plan.container)


async def _whisper(client: AsyncWebClient, told: Json, asker: str, channel: str, thread: str) -> None:
    """Tell the asker alone, where they asked. Never raises: a lost sentence is logged."""
    arguments = {key: value for key, value in told.items() if key in ("text", "blocks", "attachments")}
    try:
        async with asyncio.timeout(TOLD_WITHIN_S):
            await client.chat_postEphemeral(
                channel=channel, user=asker, thread_ts=thread or None, **arguments
            )
    except SlackApiError as error:
        log.warning("mention.not_answered", error=said.word(error), user=asker)
    except (TimeoutError, aiohttp.ClientError) as error:
        log.warning("mention.not_answered", error=repr(error), user=asker)
