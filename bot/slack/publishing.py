"""Publishing: a person's Home tab, the way to a message, and a person's conversation; for bot.reconcile alone."""

from collections.abc import Mapping
from typing import Any

from bot.slack.posting import Poster, Refused


class HashConflict(Exception):
    """Somebody published meanwhile: what we think the person sees they do not."""


class Publisher:
    """Speaks to Slack through a poster's connection. Raises a SlackTrouble as it does."""

    def __init__(self, poster: Poster) -> None:
        """Speak to Slack as this poster does."""
        self._poster = poster
        self._client = poster.client

    async def publish(self, user: str, view: Mapping[str, Any], view_hash: str) -> str:
        """Show this in the person's Home tab; the hash of what is shown now. Doing it twice does no harm.

        `view_hash` is that of what we think is shown, "" where we don't know. Raises HashConflict where it is not.
        """
        known = {"hash": view_hash} if view_hash else {}
        try:
            answer = await self._poster.ask(
                self._client.views_publish(user_id=user, view=dict(view), **known)
            )
        except Refused as refusal:
            if refusal.error == "hash_conflict":
                raise HashConflict(str(refusal)) from refusal
            raise
        return str((answer.get("view") or {}).get("hash") or "")

    async def permalink(self, channel: str, ts: str) -> str:
        """The address of a message. Needs no scope."""
        answer = await self._poster.ask(self._client.chat_getPermalink(channel=channel, message_ts=ts))
        return str(answer["permalink"])

    async def conversation(self, user: str) -> str:
        """The id of the bot's conversation with a person, where an own message can be looked for. Needs im:write."""
        answer = await self._poster.ask(self._client.conversations_open(users=user))
        return str(answer["channel"]["id"])
