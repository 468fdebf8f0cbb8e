"""Names: what people call a user or a user group, so that somebody can be named without a mention."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.keys import SlackKeys
from bot.slack.mrkdwn import USER, USER_GROUP

log = structlog.get_logger(__name__)

KEPT_S = 24 * 3600.0
UNKNOWN_FOR_S = 600.0
_MOST_KEPT = 2000
_PATIENCE_S = 1.5  # an alert waits for it
_LONGEST = 80

NameOf = Callable[[str], Awaitable[str]]


async def as_it_is(owner: str) -> str:
    """An id, where nobody is asked for the name behind it."""
    return owner


class Names:
    """Asks Slack once a day for each."""

    def __init__(self, client: AsyncWebClient, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Needs the scopes users:read and usergroups:read; without them the ids are shown."""
        self._client = client
        self._monotonic = monotonic
        self._known: dict[str, tuple[float, str]] = {}

    @classmethod
    def over(cls, keys: SlackKeys, session: aiohttp.ClientSession) -> "Names":
        """Ask Slack down kept-open connections."""
        return cls(
            AsyncWebClient(token=keys.bot_token, base_url=keys.api_url, session=session, retry_handlers=[])
        )

    async def of(self, owner: str) -> str:
        """The name of an id, the id itself where Slack does not tell, and anything else as it is. Never raises."""
        is_user = USER.fullmatch(owner)
        if not is_user and not USER_GROUP.fullmatch(owner):
            return owner
        kept = self._known.get(owner)
        if kept is None or kept[0] <= self._monotonic():
            kept = await self._ask(owner, is_user=bool(is_user))
            if len(self._known) >= _MOST_KEPT:
                self._known.clear()
            self._known[owner] = kept
        return kept[1]

    async def _ask(self, owner: str, *, is_user: bool) -> tuple[float, str]:
        """Until when the name is good, and the name."""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                name = await (self._user(owner) if is_user else self._group(owner))
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            log.info("names.not_told", owner=owner, error=str(error)[:200] or "too slow")
            name = ""
        good_for_s = KEPT_S if name else UNKNOWN_FOR_S
        return self._monotonic() + good_for_s, name[:_LONGEST] or owner

    async def _user(self, owner: str) -> str:
        user = _mapping((await self._client.users_info(user=owner)).get("user"))
        profile = _mapping(user.get("profile"))
        names = (profile.get("display_name"), profile.get("real_name"), user.get("name"))
        return next((str(name) for name in names if name), "")

    async def _group(self, owner: str) -> str:
        groups = (await self._client.usergroups_list()).get("usergroups") or ()
        mine = next((one for one in map(_mapping, groups) if one.get("id") == owner), {})
        return str(mine.get("name") or mine.get("handle") or "")


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
