"""Channel states: whether the bot can post to a channel, asked of Slack when somebody wants to know."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack import said
from bot.slack.keys import SlackKeys
from bot.slack.mrkdwn import CHANNEL

KEPT_S = 60.0  # somebody invites the bot and asks again
BUDGET_S = 1.0
_PAGE = 1000

ReachOf = Callable[[str], Awaitable[str | None]]

log = structlog.get_logger(__name__)


async def nobody_knows(_: str) -> str | None:
    """Where Slack is not asked."""
    return None


class ChannelStates:
    """Asks for one channel by its id, or looks among the first thousand for its name."""

    def __init__(self, client: AsyncWebClient, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Ask this Slack."""
        self._client = client
        self._monotonic = monotonic
        self._listed: tuple[float, Mapping[str, str], bool] | None = None

    @classmethod
    def over(cls, keys: SlackKeys, session: aiohttp.ClientSession) -> "ChannelStates":
        """Ask Slack down kept-open connections."""
        return cls(
            AsyncWebClient(token=keys.bot_token, base_url=keys.api_url, session=session, retry_handlers=[])
        )

    async def of(self, channel: str) -> str | None:
        """Slack's word for why it cannot be posted to, "" where it can; None where nobody knows. Never raises."""
        try:
            async with asyncio.timeout(BUDGET_S):
                return await (self._by_id(channel) if CHANNEL.fullmatch(channel) else self._by_name(channel))
        except SlackApiError as error:
            word = said.word(error)
            return word if word == "channel_not_found" else None
        except (aiohttp.ClientError, TimeoutError) as error:
            log.info("channel.state_not_told", channel=channel, error=str(error)[:200] or "too slow")
            return None

    async def _by_id(self, channel: str) -> str:
        answer = await self._client.conversations_info(channel=channel)
        found = answer.get("channel")
        return _state(found if isinstance(found, Mapping) else {})

    async def _by_name(self, channel: str) -> str | None:
        if self._listed is None or self._monotonic() - self._listed[0] >= KEPT_S:
            answer = await self._client.conversations_list(
                types="public_channel,private_channel", limit=_PAGE, exclude_archived=False
            )
            states = {str(one.get("name")): _state(one) for one in answer.get("channels") or ()}
            has_more = bool((answer.get("response_metadata") or {}).get("next_cursor"))
            self._listed = (self._monotonic(), states, has_more)
        _, known, is_cut = self._listed
        return known.get(channel, None if is_cut else "channel_not_found")


def _state(channel: Mapping[str, Any]) -> str:
    """A public channel takes what is posted to it; in a private one the bot must be."""
    if channel.get("is_archived"):
        return "is_archived"
    return "not_in_channel" if channel.get("is_private") and not channel.get("is_member") else ""
