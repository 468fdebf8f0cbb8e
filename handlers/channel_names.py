"""Channel names: what people call the channels that settings name by id, asked of Slack where somebody types one."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.keys import SlackKeys

KEPT_S = 300.0  # conversations.info is tier 3
BUDGET_S = 1.0
MOST = 20  # channels whose names are asked for

WhichChannel = Callable[[str, Sequence[str]], Awaitable[str]]

log = structlog.get_logger(__name__)


async def by_word(typed: str, known: Sequence[str]) -> str:
    """The channel that is written exactly so; "" where none is."""
    return next((one for one in known if one.lstrip("#") == typed), "")


class ChannelNames:
    """Finds a channel by its name; one whose name cannot be asked for is found by its id alone."""

    def __init__(self, client: AsyncWebClient, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Ask this Slack."""
        self._client = client
        self._monotonic = monotonic
        self._names: dict[str, tuple[float, str]] = {}

    @classmethod
    def over(cls, keys: SlackKeys, session: aiohttp.ClientSession) -> "ChannelNames":
        """Ask Slack down kept-open connections."""
        return cls(
            AsyncWebClient(token=keys.bot_token, base_url=keys.api_url, session=session, retry_handlers=[])
        )

    async def which(self, typed: str, known: Sequence[str]) -> str:
        """The one of the known channels that a person means; "" for none of them. Never raises."""
        if found := await by_word(typed, known):
            return found
        names = await asyncio.gather(*(self._name(one) for one in known[:MOST]))
        return next((one for one, name in zip(known, names, strict=False) if name == typed), "")

    async def _name(self, channel: str) -> str:
        kept = self._names.get(channel)
        if kept is not None and self._monotonic() - kept[0] < KEPT_S:
            return kept[1]
        try:
            async with asyncio.timeout(BUDGET_S):
                answer = await self._client.conversations_info(channel=channel)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            log.info("channel.not_looked_up", channel=channel, error=str(error)[:200] or "too slow")
            return ""
        name = str((answer.get("channel") or {}).get("name") or "")
        self._names[channel] = (self._monotonic(), name)
        return name
