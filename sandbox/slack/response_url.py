"""response_url: the way back to where a person acted, five times within half an hour."""

import json
import secrets
from dataclasses import dataclass
from time import perf_counter

from aiohttp import web

from sandbox.slack import limits
from sandbox.slack.chat import Chat
from sandbox.slack.conversation import Channel, Json, Message
from sandbox.slack.faults import Faults
from sandbox.slack.refusal import Refusal
from sandbox.slack.workspace import Workspace
from sandbox.wire import WireLog

FIELDS = {"text", "blocks", "attachments", "metadata", "thread_ts", "mrkdwn", "parse", "link_names"} | {
    "response_type",
    "replace_original",
    "delete_original",
    "unfurl_links",
    "unfurl_media",
}


@dataclass(slots=True)
class Way:
    """One response_url: to whom, where, about which message, and what is left of it."""

    channel: Channel
    user: str
    message: Message | None
    until: float
    uses: int = limits.RESPONSE_URL_USES


class ResponseUrls:
    """All ways back that were given out."""

    def __init__(self, workspace: Workspace, chat: Chat, wire: WireLog, faults: Faults) -> None:
        """Answer into this workspace."""
        self._workspace, self._chat, self._wire, self._faults = workspace, chat, wire, faults
        self._ways: dict[str, Way] = {}
        self.base = ""

    def give(self, channel: Channel, user: str, message: Message | None = None) -> str:
        """A new response_url."""
        key = secrets.token_hex(12)
        until = self._workspace.clock.time() + limits.RESPONSE_URL_SECONDS
        self._ways[key] = Way(channel, user, message, until)
        return f"{self.base}/slack/response/{key}"

    async def handle(self, request: web.Request) -> web.Response:
        """Take one answer: 200 "ok", or 404 with the reason."""
        started, note = perf_counter(), ""
        fields: Json = {}
        try:
            self._refuse_if_down()
            fields = _fields(await request.read())
            self.answer(self._spend(request.match_info["key"]), fields)
            response = web.Response(text="ok")
        except Refusal as refusal:
            status = 503 if self._faults.down else 404
            response, note = web.json_response(refusal.body(), status=status), refusal.sentence()
            note += " (fault on demand)" if self._faults.down else ""
        self._wire.add(
            direction="in",
            kind="response_url",
            title=f"response_url: {str(fields.get('text') or '')[:80]}",
            status=response.status,
            ms=round((perf_counter() - started) * 1000, 1),
            level="error" if note else "ok",
            note=note,
            request=fields,
            response=response.text,
        )
        return response

    def _refuse_if_down(self) -> None:
        if self._faults.down:
            raise Refusal("service_unavailable")

    def _spend(self, key: str) -> Way:
        """The way back, with one use less."""
        way = self._ways.get(key)
        if way is None:
            raise Refusal("invalid_url")
        if way.uses == 0:
            raise Refusal("used_url")
        if self._workspace.clock.time() > way.until:
            raise Refusal("expired_url")
        way.uses -= 1
        return way

    def show(self, channel: Channel, user: str, fields: Json) -> None:
        """Show what an app answered to a slash command in the acknowledgement itself."""
        self.answer(Way(channel, user, None, until=0), fields)

    def answer(self, way: Way, fields: Json) -> None:
        """Do what the fields say: a new message, or a change of the one that was acted on."""
        if set(fields) - FIELDS:
            messages = [f"[ERROR] unknown field: {name}" for name in sorted(set(fields) - FIELDS)]
            raise Refusal("invalid_arguments", messages=messages)
        if fields.get("delete_original") and way.message:
            way.channel.remove(way.message)
            return
        content = self._chat.rulebook.content(fields)
        if fields.get("replace_original") and way.message:
            self._chat.replace(way.message, content, keep=set(fields) | {"attachments"})
            return
        thread = self._chat.parent(way.channel, fields.get("thread_ts"))
        if fields.get("response_type", "ephemeral") == "in_channel":
            message = self._chat.add(way.channel, content, thread_ts=thread)
        else:
            message = self._chat.whisper(way.channel, way.user, content, thread)
        message.response = True


def _fields(body: bytes) -> Json:
    try:
        fields = json.loads(body)
    except ValueError:
        raise Refusal("invalid_payload") from None
    if not isinstance(fields, dict):
        raise Refusal("invalid_payload")
    return fields
