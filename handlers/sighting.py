"""Sightings: notes that Slack itself was heard, by which way, so that a checkup can tell."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.store.errors import StoreUnavailable
from bot.store.sightings import SLACK_HTTP, SLACK_SOCKET, Sightings
from handlers.desk import Desk

Next = Callable[[], Awaitable[None]]

log = structlog.get_logger(__name__)


class Sighting:
    """Stands behind the check of signatures: what comes by here is Slack's."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._sightings = Sightings(desk.db)
        self._under_way: set[asyncio.Task[None]] = set()

    def register(self, bolt: AsyncApp) -> None:
        """See all that comes in."""
        bolt.use(self.note)

    async def note(self, req: AsyncBoltRequest, next: Next) -> None:  # noqa: A002 -- Bolt's name
        """Aside: nobody waits for it, least of all a person whose three seconds run."""
        door = SLACK_SOCKET if req.mode == "socket_mode" else SLACK_HTTP
        noting = asyncio.create_task(self._seen(door))
        self._under_way.add(noting)
        noting.add_done_callback(self._under_way.discard)
        await next()

    async def _seen(self, door: str) -> None:
        try:
            await self._sightings.seen(door, self._desk.clock())
        except StoreUnavailable as error:
            log.info("sighting.not_noted", door=door, error=str(error))
