"""Locales: what people have set their Slack to, asked of Slack once a day; nobody waits for it long."""

import asyncio
import time
from collections.abc import Callable

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.keys import SlackKeys

KEPT_S = 86_400.0
AGAIN_S = 300.0  # after a look in vain
MOST_KEPT = 5000
PATIENCE_S = 0.3  # of Slack's three seconds: who is not known by then is told in English, this once
BUDGET_S = 5.0

log = structlog.get_logger(__name__)


class Locales:
    """Slack's users.info knows a person's locale; commands and clicks do not carry it."""

    def __init__(self, client: AsyncWebClient, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Ask this Slack."""
        self._client = client
        self._monotonic = monotonic
        self._known: dict[str, tuple[float, str]] = {}  # until when, and what
        self._asking: dict[str, asyncio.Task[str]] = {}

    @classmethod
    def over(cls, keys: SlackKeys, session: aiohttp.ClientSession) -> "Locales":
        """Ask Slack down kept-open connections."""
        client = AsyncWebClient(
            token=keys.bot_token, base_url=keys.api_url, session=session, retry_handlers=[]
        )
        return cls(client)

    async def of(self, user: str) -> str:
        """A person's locale (`zh-CN`), "" where it is not known (yet). Never raises."""
        until, locale = self._known.get(user, (0.0, ""))
        if not user or until > self._monotonic():
            return locale
        asking = self._asking.get(user)
        if asking is None:
            asking = asyncio.create_task(self._ask(user))
            self._asking[user] = asking
            asking.add_done_callback(lambda _: self._asking.pop(user, None))
        await asyncio.wait({asking}, timeout=PATIENCE_S)
        return asking.result() if asking.done() else locale  # an old answer is better than none

    async def _ask(self, user: str) -> str:
        kept_s, locale = KEPT_S, ""
        try:
            async with asyncio.timeout(BUDGET_S):
                answer = await self._client.users_info(user=user, include_locale=True)
            locale = str((answer.get("user") or {}).get("locale") or "")[:16]
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            log.info("locale.not_looked_up", user=user, error=str(error)[:200] or "too slow")
            kept_s, locale = AGAIN_S, self._known.get(user, (0.0, ""))[1]
        if len(self._known) >= MOST_KEPT:
            self._known.clear()
        self._known[user] = (self._monotonic() + kept_s, locale)
        return locale
