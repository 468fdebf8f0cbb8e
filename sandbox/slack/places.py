"""Places: where a person can act, a message, a modal or the Home tab, and what the app is told about it."""

from dataclasses import dataclass, field

from sandbox.slack.conversation import Json, Message
from sandbox.slack.people import APP_ID
from sandbox.slack.refusal import Nonsense
from sandbox.slack.response_url import ResponseUrls
from sandbox.slack.screen import merged
from sandbox.slack.views import View, Views
from sandbox.slack.workspace import Workspace


@dataclass(slots=True, kw_only=True)
class Place:
    """One container as it stands on a person's screen. `blocks` by attachment id, 0: not in an attachment."""

    blocks: dict[int, list[Json]]
    container: Json
    told: Json = field(default_factory=dict)
    view: View | None = None
    message: Message | None = None
    state: Json = field(default_factory=dict)

    def all_blocks(self) -> list[Json]:
        """Everything on it, attachments included."""
        return [block for blocks in self.blocks.values() for block in blocks]

    def describe(self, block: Json) -> Json:
        """The `container` of a payload for something in that block."""
        ids = (number for number, blocks in self.blocks.items() if block in _flat(blocks))
        attachment = next(ids, 0)
        if not attachment:
            return self.container
        extra = {"type": "message_attachment", "attachment_id": attachment, "is_app_unfurl": False}
        return self.container | extra


def _flat(blocks: list[Json]) -> list[Json]:
    return [*blocks, *(child for block in blocks for child in block.get("child_blocks", []))]


class Places:
    """Finds what a person means by a container."""

    def __init__(self, workspace: Workspace, views: Views, response_urls: ResponseUrls) -> None:
        """Look at these screens."""
        self._workspace, self._views, self._response_urls = workspace, views, response_urls

    def find(self, user: str, container: Json) -> Place:
        """The place, if it is on that person's screen; Nonsense if not."""
        kind = container.get("type")
        if kind == "message":
            return self._in_message(user, container)
        if kind == "home" and user in self._views.homes:
            return self._in_view(self._views.homes[user])
        if kind == "view":
            return self._in_view(self.view(user, container.get("view_id", "")))
        raise Nonsense("There is no such place on the screen.")

    def view(self, user: str, view_id: str) -> View:
        """The person's topmost modal, which must be that one."""
        stack = self._views.stacks.get(user) or []
        if not stack or stack[-1].id != view_id:
            raise Nonsense("That dialog is not open.")
        return stack[-1]

    def _in_view(self, view: View) -> Place:
        container = {"type": "view", "view_id": view.id}
        return Place(blocks={0: view.blocks}, container=container, view=view, state=view.state)

    def _in_message(self, user: str, where: Json) -> Place:
        channel = self._workspace.channels.get(where.get("channel", ""))
        message = channel and channel.messages.get(where.get("ts", ""))
        if not channel or not message or message.deleted or not channel.seen_by(user):
            raise Nonsense("There is no such message.")
        if message.ephemeral_for not in (None, user):
            raise Nonsense("That message is visible to somebody else only.")
        if channel.is_archived:
            raise Nonsense("Nothing can be pressed in an archived channel.")
        blocks = {0: message.blocks or []}
        blocks |= {one["id"]: one.get("blocks", []) for one in message.attachments or []}
        container: Json = {"type": "message", "message_ts": message.ts, "channel_id": channel.id}
        container["is_ephemeral"] = message.ephemeral_for is not None
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        told: Json = {"channel": {"id": channel.id, "name": channel.told_name}}
        told["response_url"] = self._response_urls.give(channel, user, message)
        if message.ephemeral_for is None:
            told["message"] = channel.thread_api(message)
        everything = [block for some in blocks.values() for block in some]
        state = merged(everything, message.states.get(user, {}))
        return Place(blocks=blocks, container=container, told=told, message=message, state=state)


def app_fields() -> Json:
    """What every interactive payload says of the app."""
    return {"api_app_id": APP_ID, "enterprise": None, "is_enterprise_install": False}
