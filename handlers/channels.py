"""Channels: one that opens to the bot gets at once what waited for it, not at the next attempt."""

from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from bot.store import backlog
from bot.store.database import StoreUnavailable
from handlers.desk import Desk

log = structlog.get_logger(__name__)


class Channels:
    """Listens for channels that come back and for those that the bot joins."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def register(self, bolt: AsyncApp) -> None:
        """Take over the events; they come only if the app's manifest asks for them."""
        for kind in ("channel_unarchive", "group_unarchive"):
            bolt.event(kind)(self.on_unarchive)
        bolt.event("member_joined_channel")(self.on_join)

    async def on_unarchive(self, event: dict[str, Any]) -> None:
        """Somebody unarchived a channel that the bot can see."""
        await self._hurry(event)

    async def on_join(self, event: dict[str, Any], context: AsyncBoltContext) -> None:
        """Somebody joined a channel; only the bot itself matters."""
        if context.bot_user_id and event.get("user") == context.bot_user_id:
            await self._hurry(event)

    async def _hurry(self, event: dict[str, Any]) -> None:
        """Never raises: what is not hurried comes by itself within minutes."""
        channel = str(event.get("channel", ""))[:64]
        try:
            hurried = await self._desk.db.write(backlog.hurry, channel, self._desk.clock())
        except StoreUnavailable as error:
            log.warning("channel.not_hurried", channel=channel, error=str(error))
            return
        log.info("channel.opened", channel=channel, notices=hurried)
