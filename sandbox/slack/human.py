"""Human: what a person does on the page. Only what is on the screen can be pressed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sandbox.slack.conversation import Channel, Json, Message
from sandbox.slack.courier import Courier, Delivery
from sandbox.slack.events import Events
from sandbox.slack.people import APP_ID, BOT_USER, TEAM_DOMAIN, TEAM_ID, User
from sandbox.slack.refusal import Nonsense, Refusal, Unheard
from sandbox.slack.response_url import ResponseUrls
from sandbox.slack.triggers import Triggers
from sandbox.slack.workspace import Credentials, Workspace, escaped

Verb = Callable[[Json], Awaitable[Json]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wires:
    """What leads from a person's hand to the app."""

    courier: Courier
    events: Events
    triggers: Triggers
    response_urls: ResponseUrls
    credentials: Credentials


class Human:
    """What people do in channels; modals and buttons are in gestures.py."""

    def __init__(self, workspace: Workspace, wires: Wires) -> None:
        """Act in this workspace."""
        self._workspace, self._wires = workspace, wires

    def verbs(self) -> dict[str, Verb]:
        """Everything that can be done here, by name."""
        return {
            "message": self.message,
            "command": self.command,
            "read": self.read,
            "react": self.react,
            "delete": self.delete,
            "archive": self.archive,
            "unarchive": self.unarchive,
            "invite": self.invite,
        }

    def _person(self, body: Json) -> User:
        user = self._workspace.users.get(body.get("user", ""))
        if user is None or user.is_bot:
            raise Nonsense("Nobody of that name works here.")
        return user

    def _room(self, body: Json) -> tuple[User, Channel]:
        """Who acts and where; Nonsense if they are not in that channel."""
        user = self._person(body)
        channel = self._workspace.channels.get(body.get("channel", ""))
        if channel is None or not channel.seen_by(user.id):
            raise Nonsense("There is no such channel, or you are not in it.")
        return user, channel

    def _open_room(self, body: Json) -> tuple[User, Channel]:
        user, channel = self._room(body)
        if channel.is_archived:
            raise Nonsense(f"#{channel.name} is archived.")
        return user, channel

    async def message(self, body: Json) -> Json:
        """Type a message into a channel or a thread."""
        user, channel = self._open_room(body)
        text = str(body.get("text", "")).strip()
        if not text:
            raise Nonsense("There is nothing to send.")
        self._admit(user.id, channel)
        thread = body.get("thread_ts")
        if thread is not None and thread not in channel.messages:
            raise Nonsense("There is no such thread.")
        said = Message(
            ts=self._workspace.next_ts(), user=user.id, text=self._workspace.typed(text), thread_ts=thread
        )
        self._workspace.say(channel, said)
        if f"<@{BOT_USER}>" in said.text and BOT_USER in channel.members:
            self._wires.events.emit(said.api() | {"type": "app_mention", "channel": channel.id})
        return {"ts": said.ts}

    async def command(self, body: Json) -> Json:
        """Type a slash command into the composer of a channel."""
        user, channel = self._open_room(body)
        name, _, text = str(body.get("text", "")).strip().partition(" ")
        known = self._workspace.manifest.command(name)
        if body.get("thread_ts"):
            self._workspace.whisper(channel, user.id, f"`{name}` is not supported in threads. Sorry!")
            return {}
        if known is None:
            self._workspace.whisper(channel, user.id, f"`{name}` is not a valid command.")
            return {}
        typed = self._workspace.typed(text.strip()) if known.should_escape else escaped(text.strip())
        try:
            answer = await self._wires.courier.deliver(self._ordered(user, channel, name, typed))
            if answer.get("response_type") == "in_channel":
                said = Message(ts=self._workspace.next_ts(), user=user.id, text=f"{name} {typed}".strip())
                self._workspace.say(channel, said)
            if answer:
                self._wires.response_urls.show(channel, user.id, answer)
        except (Unheard, Refusal) as problem:
            error = problem.error if isinstance(problem, Unheard) else "invalid_command_response"
            sentence = f"{name} failed with the error “{error}”"
            self._workspace.whisper(channel, user.id, sentence)
            raise Nonsense(sentence) from problem
        return {}

    def _ordered(self, user: User, channel: Channel, name: str, text: str) -> Delivery:
        payload = {
            "token": self._wires.credentials.verification_token,
            "team_id": TEAM_ID,
            "team_domain": TEAM_DOMAIN,
            "channel_id": channel.id,
            "channel_name": channel.told_name,
            "user_id": user.id,
            "user_name": user.name,
            "command": name,
            "text": text,
            "api_app_id": APP_ID,
            "is_enterprise_install": "false",
            "response_url": self._wires.response_urls.give(channel, user.id),
            "trigger_id": self._wires.triggers.give(user.id),
        }
        title = f"{name} {text[:60]}"
        return Delivery(kind="slash_commands", name="slash_command", title=title, payload=payload)

    async def read(self, body: Json) -> Json:
        """Look at a channel: nothing in it is unread any more."""
        user, channel = self._room(body)
        channel.read_until[user.id] = max(channel.messages, default="0")
        return {}

    async def react(self, body: Json) -> Json:
        """Add a reaction, or take one's own away."""
        user, channel = self._open_room(body)
        message = self._message(channel, body)
        users = message.reactions.setdefault(str(body.get("name", "")), [])
        gone = user.id in users
        (users.remove if gone else users.append)(user.id)
        message.reactions = {name: users for name, users in message.reactions.items() if users}
        item = {"type": "message", "channel": channel.id, "ts": message.ts}
        event = {"type": "reaction_removed" if gone else "reaction_added", "user": user.id}
        self._wires.events.emit(
            event | {"reaction": body.get("name"), "item_user": message.user, "item": item}
        )
        return {}

    def _message(self, channel: Channel, body: Json) -> Message:
        message = channel.messages.get(body.get("ts", ""))
        if message is None or message.deleted:
            raise Nonsense("There is no such message.")
        return message

    async def delete(self, body: Json) -> Json:
        """Delete a message: one's own, one that only you see, or any as an administrator."""
        user, channel = self._open_room(body)
        message = self._message(channel, body)
        if user.id not in (message.user, message.ephemeral_for) and not user.is_admin:
            raise Nonsense("Only its author or an administrator can delete that.")
        channel.remove(message)
        return {}

    async def archive(self, body: Json) -> Json:
        """Archive a channel."""
        return self._shelve(body, archived=True)

    async def unarchive(self, body: Json) -> Json:
        """Bring an archived channel back."""
        return self._shelve(body, archived=False)

    def _shelve(self, body: Json, *, archived: bool) -> Json:
        user, channel = self._room(body)
        if channel.im_user or channel.name == "general":
            raise Nonsense("That cannot be archived.")
        channel.is_archived = archived
        kind = "group" if channel.is_private else "channel"
        name = f"{kind}_archive" if archived else f"{kind}_unarchive"
        if BOT_USER in channel.members:
            self._wires.events.emit({"type": name, "channel": channel.id, "user": user.id})
        return {}

    async def invite(self, body: Json) -> Json:
        """Add a colleague or the app to a channel."""
        user, channel = self._open_room(body)
        if body.get("member") not in self._workspace.users:
            raise Nonsense("Nobody of that name works here.")
        self._admit(body["member"], channel, inviter=user.id)
        return {}

    def _admit(self, member: str, channel: Channel, inviter: str = "") -> None:
        """Let somebody into a channel, if they are not in it; the app hears of it where it is a member itself."""
        if member not in channel.members:
            channel.members.append(member)
            self._wires.events.joined(channel, member, inviter)
