"""People: who somebody is for the policy: their Slack id, groups and e-mail, asked of Slack only where it matters."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection
from typing import Any, TypeVar

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.policy.policy import Person, Policy
from bot.slack.keys import SlackKeys

KEPT_S = 300.0  # Slack allows 20 looks at groups a minute
BUDGET_S = 1.0
MOST_KEPT = 2000  # e-mails

T = TypeVar("T")
WhoIs = Callable[[str], Awaitable[Person]]

log = structlog.get_logger(__name__)


async def by_id(user: str) -> Person:
    """Somebody of whom nothing but the id is known."""
    return Person(user=user)


class People:
    """Looks up whom a policy names by group or e-mail; what cannot be looked up counts as not being so."""

    def __init__(
        self, client: AsyncWebClient, policy: Policy, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Ask this Slack, and only for what the policy names."""
        named = set(policy.people())
        self._groups = sorted(name for name in named if name.startswith("S") and "@" not in name)
        self._needs_email = any("@" in name for name in named)
        self._client = client
        self._monotonic = monotonic
        self._known: dict[str, tuple[float, Any]] = {}

    @classmethod
    def over(cls, keys: SlackKeys, session: aiohttp.ClientSession, policy: Policy) -> "People":
        """Ask Slack down kept-open connections."""
        client = AsyncWebClient(
            token=keys.bot_token, base_url=keys.api_url, session=session, retry_handlers=[]
        )
        return cls(client, policy)

    async def person(self, user: str) -> Person:
        """Who this is. Never raises."""
        return await self.person_among(user, ())

    async def person_among(self, user: str, groups: Collection[str]) -> Person:
        """The same, with which of these groups they are in, beside those that the policy names. Never raises."""
        asked = sorted({*self._groups, *groups})
        found = await asyncio.gather(*(self.members(group) for group in asked))
        joined = frozenset(group for group, members in zip(asked, found, strict=True) if user in members)
        email = await self._email(user) if self._needs_email else ""
        return Person(user=user, groups=joined, email=email)

    async def members(self, group: str) -> frozenset[str]:
        """The ids of who is in a user group; none where Slack does not tell. Never raises."""

        async def ask() -> frozenset[str]:
            answer = await self._client.usergroups_users_list(usergroup=group)
            return frozenset(map(str, answer.get("users") or ()))

        return await self._kept(f"group {group}", ask, frozenset())

    async def _email(self, user: str) -> str:
        async def ask() -> str:
            answer = await self._client.users_info(user=user)
            profile = (answer.get("user") or {}).get("profile") or {}
            is_confirmed = (answer.get("user") or {}).get("is_email_confirmed", True)
            return str(profile.get("email") or "") if is_confirmed else ""

        return await self._kept(f"user {user}", ask, "")

    async def _kept(self, what: str, ask: Callable[[], Awaitable[T]], unknown: T) -> T:
        kept = self._known.get(what)
        if kept is not None and self._monotonic() - kept[0] < KEPT_S:
            value: T = kept[1]
            return value
        try:
            async with asyncio.timeout(BUDGET_S):
                value = await ask()
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            log.warning("people.not_looked_up", what=what, error=str(error)[:200] or "too slow")
            return unknown
        if len(self._known) >= MOST_KEPT:
            self._known.clear()
        self._known[what] = (self._monotonic(), value)
        return value
