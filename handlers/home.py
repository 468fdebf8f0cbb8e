"""Home: somebody opens the app's Home tab or presses something there; what comes of it the reconciler shows.

Buttons in Home are those of messages and answers, with the same doors. There is no response_url in Home: what a door
has to tell is kept as a note, which Home shows.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from bot.slack.home import wishes
from bot.store import homes
from bot.store.database import StoreUnavailable
from handlers.buttons import Body, person
from handlers.desk import Desk, Json
from handlers.responses import AT_HOME

MOST_NOTED = 500
Next = Callable[[], Awaitable[None]]

log = structlog.get_logger(__name__)


class Home:
    """The door for the Home tab."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def register(self, bolt: AsyncApp) -> None:
        """Take over the event and the boxes, and look over the shoulder of all that is pressed in Home."""
        bolt.middleware(self.on_press)
        bolt.event("app_home_opened")(self.on_opened)
        bolt.action(wishes.ACTION)(self.on_wish)

    async def on_opened(self, event: Mapping[str, Any]) -> None:
        """Have it published. Raises StoreUnavailable: Slack then tells of it again."""
        user = str(event.get("user", ""))[:64]
        if user and event.get("tab") == "home":
            await self._desk.db.write(homes.opened, user, self._desk.clock())
            log.info("home.opened", user=user)

    async def on_press(self, body: Body, context: AsyncBoltContext, next: Next) -> None:  # noqa: A002 -- Bolt's name
        """Note that something was pressed, so that what comes of it is shown at once, and where to tell of it."""
        if (body.get("view") or {}).get("type") == "home" and body.get("actions"):
            user = person(body)
            context[AT_HOME] = partial(self._note, user)
            try:
                await self._desk.db.write(homes.pressed, user, self._desk.clock())
            except StoreUnavailable as error:
                log.warning("home.press_not_noted", user=user, error=str(error))
        await next()

    async def on_wish(self, ack: AsyncAck, body: Body) -> None:
        """Keep what is ticked. Raises StoreUnavailable: Slack then shows a warning sign at the box."""
        user, wished = person(body), wishes.read(body)
        await self._desk.db.write(homes.wish, user, wished, self._desk.clock())
        log.info("home.wished", user=user, wishes=sorted(wished))
        await ack()

    async def _note(self, user: str, told: Json) -> None:
        """Tell the person in Home. Never raises, as other ways to tell."""
        try:
            words = str(told.get("text", ""))[:MOST_NOTED]
            await self._desk.db.write(homes.note, user, words, self._desk.clock())
        except StoreUnavailable as error:
            log.warning("home.note_lost", user=user, error=str(error))
