"""Tongue: whoever types, presses or opens something is answered in the language that they speak."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.domain.telling.language import speak
from handlers.desk import Desk

Next = Callable[[], Awaitable[None]]


class Tongue:
    """No door of its own: it looks at everything that comes in, once its signature is believed."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def register(self, bolt: AsyncApp) -> None:
        """To be done before all doors."""
        bolt.middleware(self.on_anything)

    async def on_anything(self, body: Mapping[str, Any], next: Next) -> None:  # noqa: A002 -- Bolt's name
        """Speak the person's language from here on. Bolt's `next` returns before the door is entered."""
        if user := who(body):
            speak(await self._desk.tongues.with_person(user))
        await next()


def who(body: Mapping[str, Any]) -> str:
    """The person behind a command, a click, a form or an event; "" for nobody."""
    event, user = body.get("event"), body.get("user")
    found: object = body.get("user_id")
    if isinstance(user, Mapping):
        found = user.get("id")
    elif isinstance(event, Mapping):
        found = event.get("user")
    return found[:64] if isinstance(found, str) else ""
