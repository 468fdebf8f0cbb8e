"""The snapshot: everything the page shows to one person, as JSON."""

from collections.abc import Callable

from sandbox.slack.conversation import Channel, Json, Message
from sandbox.slack.files import Files
from sandbox.slack.people import BOT_USER, TEAM_ID, TEAM_NAME
from sandbox.slack.views import View, Views
from sandbox.slack.workspace import Workspace
from sandbox.wire import WireLog

NEWEST = 200  # messages of a channel, and entries of the wire log
EVERYBODY = ("<!channel>", "<!here>", "<!everyone>")


class Snapshot:
    """Looks at the workspace with one person's eyes."""

    def __init__(self, workspace: Workspace, views: Views, files: Files, wire: WireLog) -> None:
        """Look at these."""
        self._workspace, self._views, self._files, self._wire = workspace, views, files, wire
        self.world: Callable[[], Json] = dict

    def of(self, user: str) -> Json:
        """The page of that person."""
        space, manifest = self._workspace, self._workspace.manifest
        channels = [channel for channel in space.channels.values() if channel.seen_by(user)]
        home = self._views.homes.get(user)
        bot = {
            "user_id": BOT_USER,
            "name": manifest.display_name,
            "emoji": "🛡️",
            "has_home": manifest.has_home,
        }
        fields = ("command", "description", "usage_hint")
        return {
            "now": round(space.clock.time() * 1000),
            "workspace": {"id": TEAM_ID, "name": TEAM_NAME},
            "me": user,
            "users": [one.screen() for one in space.users.values()],
            "usergroups": [
                {"id": group.id, "handle": group.handle, "name": group.name, "users": group.users}
                for group in space.groups.values()
            ],
            "bot": bot,
            "channels": [self._channel(channel, user) for channel in channels],
            "messages": {channel.id: self._messages(channel, user) for channel in channels},
            "commands": [{field: getattr(one, field) for field in fields} for one in manifest.commands],
            "views": [_modal(view) for view in self._views.stacks.get(user, [])],
            "home": home and {"id": home.id, "hash": home.hash, "blocks": home.blocks, "state": home.state},
            "wire": [entry.summary() for entry in self._wire.entries()[-NEWEST:]],
            "world": self.world(),
        }

    def _channel(self, channel: Channel, user: str) -> Json:
        since = channel.read_until.get(user, "0")
        unread = [
            m
            for m in channel.visible()
            if m.ts > since and m.user != user and (not m.is_reply or m.broadcast)
        ]
        mentions = [m for m in unread if channel.im_user or self._mentions(m, user)]
        names = ("id", "name", "is_private", "is_archived", "im_user", "members", "topic")
        shown: Json = {name: getattr(channel, name) for name in names}
        counts = {"unread": len(unread), "mentions": len(mentions)} if user in channel.members else {}
        return shown | {
            "is_im": channel.im_user is not None,
            "is_member": user in channel.members,
            "unread": 0,
            "mentions": 0,
            **counts,
        }

    def _mentions(self, message: Message, user: str) -> bool:
        """Whether the person is called by name, by group or with everybody."""
        groups = (f"<!subteam^{group.id}" for group in self._workspace.groups.values() if user in group.users)
        said = f"{message.text} {message.blocks or ''} {message.attachments or ''}"
        return any(name in said for name in (f"<@{user}>", *EVERYBODY, *groups))

    def _messages(self, channel: Channel, user: str) -> list[Json]:
        shown = (m for m in channel.messages.values() if m.ephemeral_for in (None, user))
        # The root of a thread stays behind as "This message was deleted."
        seen = [m for m in shown if not m.deleted or channel.replies(m.ts)]
        return [self._message(channel, message) for message in seen[-NEWEST:]]

    def _message(self, channel: Channel, message: Message) -> Json:
        thread = channel.thread_api(message)
        names = (
            "ts",
            "user",
            "text",
            "blocks",
            "attachments",
            "thread_ts",
            "broadcast",
            "deleted",
            "ephemeral_for",
        )
        return {name: getattr(message, name) for name in names} | {
            "is_bot": self._workspace.users[message.user].is_bot,
            "files": [self._files.screen(file_id) for file_id in message.files],
            "reply_count": thread.get("reply_count", 0),
            "reply_users": thread.get("reply_users", []),
            "latest_reply": thread.get("latest_reply"),
            "edited": message.edited_at is not None,
            "reactions": [{"name": name, "users": users} for name, users in message.reactions.items()],
            "response": message.response,
        }


def _modal(view: View) -> Json:
    names = ("type", "title", "submit", "close")
    shown = {name: view.content.get(name) for name in names}
    shown |= {"id": view.id, "hash": view.hash, "blocks": view.blocks, "state": view.state}
    return shown | {"errors": view.errors, "busy": view.busy}
