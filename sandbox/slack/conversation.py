"""Conversations: channels, direct messages, and the messages in them."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.slack.people import APP_ID, BOT_ID, BOT_USER, TEAM_ID

Json = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Message:
    """One message. `ephemeral_for` names the only person who sees it; None: everybody in the channel."""

    ts: str
    user: str
    text: str = ""
    blocks: list[Json] | None = None
    attachments: list[Json] | None = None
    files: list[str] = field(default_factory=list)
    thread_ts: str | None = None
    metadata: Json | None = None
    edited_at: str | None = None
    ephemeral_for: str | None = None
    broadcast: bool = False
    response: bool = False
    deleted: bool = False
    reactions: dict[str, list[str]] = field(default_factory=dict)
    states: dict[str, Json] = field(default_factory=dict)  # of each person: {block_id: {action_id: value}}

    @property
    def is_reply(self) -> bool:
        """Whether it stands in a thread under another message."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def is_bots(self) -> bool:
        """Whether our app wrote it."""
        return self.user == BOT_USER

    def api(self) -> Json:
        """The message as conversations.history shows it, without what its thread and files add."""
        message: Json = {
            "type": "message",
            "user": self.user,
            "text": self.text,
            "ts": self.ts,
            "team": TEAM_ID,
        }
        if self.is_bots:
            message |= {"bot_id": BOT_ID, "app_id": APP_ID}
        optional = {
            "blocks": self.blocks,
            "attachments": self.attachments and [_shown(attachment) for attachment in self.attachments],
            "thread_ts": self.thread_ts,
            "edited": self.edited_at and {"user": self.user, "ts": self.edited_at},
            "reactions": _reactions(self.reactions),
            "subtype": "thread_broadcast" if self.broadcast else None,
        }
        return message | {name: value for name, value in optional.items() if value}


def _shown(attachment: Json) -> Json:
    """Slack gives an attachment's color back without its #."""
    return attachment | ({"color": attachment["color"].lstrip("#")} if "color" in attachment else {})


def _reactions(reactions: dict[str, list[str]]) -> list[Json]:
    return [{"name": name, "users": list(users), "count": len(users)} for name, users in reactions.items()]


@dataclass(slots=True, kw_only=True)
class Channel:
    """A channel or a direct message between `im_user` and the bot."""

    id: str
    name: str
    members: list[str]
    is_private: bool = False
    is_archived: bool = False
    im_user: str | None = None
    topic: str = ""
    created: int = 0
    messages: dict[str, Message] = field(default_factory=dict)
    read_until: dict[str, str] = field(default_factory=dict)  # of each member: the newest ts they saw

    @property
    def kind(self) -> str:
        """Slack's word for the type: public_channel, private_channel or im."""
        return "im" if self.im_user else "private_channel" if self.is_private else "public_channel"

    @property
    def told_name(self) -> str:
        """Its name as payloads give it: private ones keep theirs for themselves."""
        return "directmessage" if self.im_user else "privategroup" if self.is_private else self.name

    def seen_by(self, user: str) -> bool:
        """Whether that person may look into it."""
        return user in self.members or self.kind == "public_channel"

    def remove(self, message: Message) -> None:
        """Delete a message; what is left holds its thread together."""
        message.deleted, message.text, message.blocks, message.attachments = True, "", None, None
        message.files, message.reactions = [], {}

    def replies(self, ts: str) -> list[Message]:
        """The replies under a message that everybody sees, oldest first."""
        return [m for m in self.visible() if m.thread_ts == ts and m.is_reply]

    def visible(self) -> list[Message]:
        """What everybody in the channel sees, oldest first."""
        return [m for m in self.messages.values() if m.ephemeral_for is None and not m.deleted]

    def api(self, member: str) -> Json:
        """The channel as conversations.info shows it to that member."""
        if self.im_user:
            base: Json = {"id": self.id, "is_im": True, "user": self.im_user, "is_org_shared": False}
            return base | {"created": self.created, "is_archived": False}
        return {
            "id": self.id,
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": not self.is_private,
            "is_group": self.is_private,
            "is_im": False,
            "is_mpim": False,
            "is_private": self.is_private,
            "is_archived": self.is_archived,
            "is_general": self.name == "general",
            "is_member": member in self.members,
            "created": self.created,
            "creator": "U0ADMIN",
            "topic": {"value": self.topic, "creator": "U0ADMIN", "last_set": self.created},
            "purpose": {"value": "", "creator": "", "last_set": 0},
            "num_members": len(self.members),
        }

    def thread_api(self, message: Message) -> Json:
        """A message with what its thread adds to it."""
        shown = message.api()
        replies = self.replies(message.ts)
        if replies:
            users = list(dict.fromkeys(reply.user for reply in replies))
            shown |= {"thread_ts": message.ts, "reply_count": len(replies), "reply_users": users}
            shown |= {"reply_users_count": len(users), "latest_reply": replies[-1].ts}
        return shown
