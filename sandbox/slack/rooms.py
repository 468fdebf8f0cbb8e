"""Rooms: the conversations.* and reactions.* methods, by which the app looks around."""

from collections.abc import Sequence
from typing import TypeVar

from sandbox.slack.call import Call
from sandbox.slack.chat import require_kind
from sandbox.slack.conversation import Channel, Json, Message
from sandbox.slack.events import Events
from sandbox.slack.people import BOT_USER
from sandbox.slack.refusal import Refusal
from sandbox.slack.webapi import Handler
from sandbox.slack.workspace import Workspace

Item = TypeVar("Item")

PAGE_LIMIT = 100
KINDS = {"public_channel", "private_channel", "mpim", "im"}


def page(items: Sequence[Item], call: Call) -> tuple[list[Item], Json]:
    """One page of a list, and the cursor to the next in response_metadata."""
    cursor, limit = call.get("cursor") or "0", call.get("limit") or PAGE_LIMIT
    if not cursor.isdecimal():
        raise Refusal("invalid_cursor")
    if not 1 <= limit <= 1000:
        raise Refusal("invalid_limit")
    start = int(cursor)
    following = str(start + limit) if start + limit < len(items) else ""
    return list(items[start : start + limit]), {"response_metadata": {"next_cursor": following}}


class Rooms:
    """What the app may know of conversations."""

    def __init__(self, workspace: Workspace, events: Events) -> None:
        """Look around in this workspace; who joins is told as an event."""
        self._workspace, self._events = workspace, events

    def methods(self) -> dict[str, Handler]:
        """The Web API methods served here."""
        return {
            "conversations.info": self.info,
            "conversations.list": self.browse,
            "conversations.members": self.members,
            "conversations.history": self.history,
            "conversations.replies": self.replies,
            "conversations.join": self.join,
            "conversations.open": self.open,
            "reactions.add": self.react,
            "reactions.remove": self.unreact,
        }

    def _room(self, call: Call, verb: str) -> Channel:
        """The channel of the call by its id; names are for chat.postMessage alone."""
        channel = self._workspace.channels.get(call["channel"])
        if channel is None or not channel.seen_by(BOT_USER):
            raise Refusal("channel_not_found")
        require_kind(self._workspace, channel, verb)
        return channel

    async def info(self, call: Call) -> Json:
        """conversations.info."""
        return {"channel": self._room(call, "read").api(BOT_USER)}

    async def browse(self, call: Call) -> Json:
        """conversations.list."""
        kinds = set((call.get("types") or "public_channel").split(","))
        if not kinds <= KINDS:
            raise Refusal("invalid_types")
        found = [c for c in self._workspace.channels.values() if c.kind in kinds and c.seen_by(BOT_USER)]
        for channel in found:
            require_kind(self._workspace, channel, "read")
        shown, meta = page([c for c in found if not (call.get("exclude_archived") and c.is_archived)], call)
        return {"channels": [channel.api(BOT_USER) for channel in shown], **meta}

    async def members(self, call: Call) -> Json:
        """conversations.members."""
        members, meta = page(self._room(call, "read").members, call)
        return {"members": members, **meta}

    async def history(self, call: Call) -> Json:
        """conversations.history: newest first, without replies."""
        channel = self._joined(call)
        roots = [m for m in reversed(_within(channel.visible(), call)) if not m.is_reply or m.broadcast]
        shown, meta = page(roots, call)
        messages = [_told(channel, message, call) for message in shown]
        return {"messages": messages, "has_more": bool(meta["response_metadata"]["next_cursor"]), **meta}

    async def replies(self, call: Call) -> Json:
        """conversations.replies: the parent, then its replies, oldest first."""
        channel = self._joined(call)
        parent = next((m for m in channel.visible() if m.ts == call["ts"]), None)
        if parent is None:
            raise Refusal("thread_not_found")
        shown, meta = page([parent, *_within(channel.replies(parent.ts), call)], call)
        messages = [_told(channel, message, call) for message in shown]
        return {"messages": messages, "has_more": bool(meta["response_metadata"]["next_cursor"]), **meta}

    def _joined(self, call: Call) -> Channel:
        channel = self._room(call, "history")
        if BOT_USER not in channel.members:
            raise Refusal("not_in_channel")
        return channel

    async def join(self, call: Call) -> Json:
        """conversations.join."""
        channel = self._workspace.channel_for_bot(call["channel"])
        if channel.kind != "public_channel":
            raise Refusal("method_not_supported_for_channel_type")
        if channel.is_archived:
            raise Refusal("is_archived")
        if BOT_USER not in channel.members:
            channel.members.append(BOT_USER)
            self._events.joined(channel, BOT_USER)
        return {"channel": channel.api(BOT_USER)}

    async def open(self, call: Call) -> Json:
        """conversations.open with one person."""
        users = [user for user in (call.get("users") or "").split(",") if user]
        if call.get("channel"):
            return {"channel": self._workspace.channel_for_bot(call["channel"]).api(BOT_USER)}
        if len(users) != 1:
            raise Refusal("users_list_not_supplied" if not users else "method_not_supported_for_channel_type")
        if users[0] not in self._workspace.users:
            raise Refusal("user_not_found")
        known = f"D{users[0][1:]}" in self._workspace.channels
        channel = self._workspace.im_with(users[0])
        shown = channel.api(BOT_USER) if call.get("return_im") else {"id": channel.id}
        return {"channel": shown} | ({"no_op": True, "already_open": True} if known else {})

    async def react(self, call: Call) -> Json:
        """reactions.add."""
        users = self._reacted(call).reactions.setdefault(call["name"], [])
        if BOT_USER in users:
            raise Refusal("already_reacted")
        users.append(BOT_USER)
        return {}

    async def unreact(self, call: Call) -> Json:
        """reactions.remove."""
        message = self._reacted(call)
        if BOT_USER not in message.reactions.get(call["name"], []):
            raise Refusal("no_reaction")
        message.reactions[call["name"]].remove(BOT_USER)
        message.reactions = {name: users for name, users in message.reactions.items() if users}
        return {}

    def _reacted(self, call: Call) -> Message:
        if not call.get("channel") or not call.get("timestamp"):
            raise Refusal("no_item_specified")
        channel = self._workspace.channel_for_bot(call["channel"])
        if channel.is_archived:
            raise Refusal("is_archived")
        message = next((m for m in channel.visible() if m.ts == call["timestamp"]), None)
        if message is None:
            raise Refusal("message_not_found")
        return message


def _within(messages: Sequence[Message], call: Call) -> Sequence[Message]:
    """The messages between `oldest` and `latest`."""
    oldest, latest = _moment(call, "oldest", 0), _moment(call, "latest", float("inf"))
    if call.get("inclusive"):
        return [m for m in messages if oldest <= float(m.ts) <= latest]
    return [m for m in messages if oldest < float(m.ts) < latest]


def _moment(call: Call, name: str, otherwise: float) -> float:
    try:
        return float(call.get(name) or otherwise)
    except ValueError:
        raise Refusal(f"invalid_ts_{name}") from None


def _told(channel: Channel, message: Message, call: Call) -> Json:
    """A message as history and replies show it."""
    shown = channel.thread_api(message)
    if message.metadata and call.get("include_all_metadata"):
        shown["metadata"] = message.metadata
    return shown
