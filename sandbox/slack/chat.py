"""Chat: the chat.* methods, by which the app writes, changes and deletes its messages."""

from sandbox.slack import advice, limits
from sandbox.slack.call import Call
from sandbox.slack.content import Content
from sandbox.slack.conversation import Channel, Json, Message
from sandbox.slack.people import BOT_USER, TEAM_DOMAIN
from sandbox.slack.refusal import Refusal
from sandbox.slack.rulebook import Rulebook
from sandbox.slack.stream import Stream
from sandbox.slack.webapi import Handler, require
from sandbox.slack.workspace import Workspace

NO_TEXT = "This content can’t be displayed."  # what a phone shows of a message without `text`


class Chat:
    """What the app says."""

    def __init__(self, workspace: Workspace, stream: Stream, rulebook: Rulebook) -> None:
        """Write into this workspace what the rulebook allows; ring phones through this stream."""
        self._workspace, self._stream, self.rulebook = workspace, stream, rulebook

    def methods(self) -> dict[str, Handler]:
        """The Web API methods served here."""
        return {
            "chat.postMessage": self.post,
            "chat.postEphemeral": self.post_ephemeral,
            "chat.update": self.update,
            "chat.delete": self.delete,
            "chat.getPermalink": self.permalink,
        }

    async def post(self, call: Call) -> Json:
        """chat.postMessage."""
        channel = self.writable(call["channel"])
        content = self.rulebook.content(call.args)
        call.advice.extend(advice.on_post(call.args))
        parent = self.parent(channel, call.get("thread_ts"))
        message = self.add(
            channel, content, thread_ts=parent, broadcast=bool(call.get("reply_broadcast") and parent)
        )
        return {"channel": channel.id, "ts": message.ts, "message": message.api()}

    def add(
        self, channel: Channel, content: Content, *, thread_ts: str | None = None, broadcast: bool = False
    ) -> Message:
        """Put a message of the bot into a channel, and push it to phones unless it is a reply."""
        message = content.said(self._workspace.next_ts(), thread_ts=thread_ts, broadcast=broadcast)
        if not message.is_reply or broadcast:
            self._stream.toast(channel.id, self._workspace.manifest.display_name, content.text or NO_TEXT)
        return self._workspace.say(channel, message)

    def changed(self) -> None:
        """Tell open pages that something appeared outside any call."""
        self._stream.changed()

    async def post_ephemeral(self, call: Call) -> Json:
        """chat.postEphemeral."""
        channel = self.writable(call["channel"])
        if call["user"] not in channel.members:
            raise Refusal("user_not_in_channel")
        content = self.rulebook.content(call.args)
        call.advice.extend(advice.on_message(call.args))
        message = self.whisper(channel, call["user"], content, self.parent(channel, call.get("thread_ts")))
        return {"message_ts": message.ts}

    def whisper(self, channel: Channel, user: str, content: Content, thread_ts: str | None = None) -> Message:
        """Show one person a message of the bot that nobody else sees."""
        message = content.said(self._workspace.next_ts(), thread_ts=thread_ts, ephemeral_for=user)
        return self._workspace.say(channel, message)

    async def update(self, call: Call) -> Json:
        """chat.update: `text` alone drops the old blocks; attachments and metadata stay when not given."""
        channel = self.writable(call["channel"])
        message = self._own(channel, call["ts"], "cant_update_message")
        if len(call.get("text") or "") > limits.UPDATE_TEXT:
            raise Refusal("msg_too_long")
        content = self.rulebook.content(call.args)
        call.advice.extend(advice.on_update(call.args, message))
        self.replace(message, content, keep=set(call.args))
        return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": message.api()}

    def replace(self, message: Message, content: Content, *, keep: set[str]) -> None:
        """Let a message say something else; `keep` names the fields that were given."""
        if content.text and content.text != message.text:
            message.edited_at = self._workspace.next_ts()
        message.text = content.text
        message.blocks = content.blocks
        if "attachments" in keep:
            message.attachments = content.attachments
        if "metadata" in keep:
            message.metadata = content.metadata

    async def delete(self, call: Call) -> Json:
        """chat.delete."""
        channel = self.writable(call["channel"])
        channel.remove(self._own(channel, call["ts"], "cant_delete_message"))
        return {"channel": channel.id, "ts": call["ts"]}

    async def permalink(self, call: Call) -> Json:
        """chat.getPermalink."""
        channel = self._workspace.channel_for_bot(call["channel"])
        message = _public(channel, call["message_ts"])
        link = f"https://{TEAM_DOMAIN}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
        if message.is_reply:
            link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
        return {"channel": channel.id, "permalink": link}

    def writable(self, reference: str) -> Channel:
        """The channel, if the bot may post there now."""
        channel = self._workspace.channel_for_bot(reference)
        if channel.is_archived:
            raise Refusal("is_archived")
        if BOT_USER not in channel.members and "chat:write.public" not in self._workspace.manifest.scopes:
            raise Refusal("not_in_channel")
        return channel

    def parent(self, channel: Channel, thread_ts: str | None) -> str | None:
        """The ts of the thread that a reply goes to; a reply's own ts means its parent."""
        if thread_ts is None:
            return None
        message = channel.messages.get(thread_ts)
        if message is None or message.deleted or message.ephemeral_for:
            raise Refusal("invalid_thread_ts")
        return message.thread_ts or message.ts

    def _own(self, channel: Channel, ts: str, otherwise: str) -> Message:
        message = _public(channel, ts)
        if not message.is_bots:
            raise Refusal(otherwise)
        return message


def _public(channel: Channel, ts: str) -> Message:
    message = channel.messages.get(ts)
    if message is None or message.deleted or message.ephemeral_for:
        raise Refusal("message_not_found")
    return message


def require_kind(workspace: Workspace, channel: Channel, verb: str) -> None:
    """Refuse unless the manifest has the scope for this kind of channel, such as groups:read."""
    noun = {"public_channel": "channels", "private_channel": "groups", "im": "im"}[channel.kind]
    require(workspace.manifest, f"{noun}:{verb}")
