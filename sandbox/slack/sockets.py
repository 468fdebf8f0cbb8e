"""Socket Mode: the app calls in and keeps the line open; Slack sends envelopes and waits for acknowledgements."""

import asyncio
import json
import secrets
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from sandbox.clock import Clock
from sandbox.slack import limits
from sandbox.slack.call import Call
from sandbox.slack.conversation import Json
from sandbox.slack.courier import Delivery
from sandbox.slack.people import APP_ID
from sandbox.slack.refusal import Refusal, Unheard
from sandbox.slack.webapi import Handler
from sandbox.wire import WireLog


@dataclass(slots=True)
class Envelope:
    """What was sent and is not acknowledged yet."""

    body: Json
    answer: asyncio.Future[Json] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Sockets:
    """All open lines. An envelope whose line breaks goes out again on another one.

    To order: `refusals` calls are turned away, their tickets spent; `losses` acknowledgements break their line unheard.
    """

    def __init__(self, clock: Clock, wire: WireLog) -> None:
        """Begin with no line open."""
        self.refusals = self.losses = 0
        self._clock, self._wire = clock, wire
        self._tickets: set[str] = set()
        self._lines: list[web.WebSocketResponse] = []
        self._waiting: dict[str, Envelope] = {}
        self._sent_on: dict[str, web.WebSocketResponse] = {}
        self._over: deque[str] = deque(maxlen=1000)
        self.base = ""

    def methods(self) -> dict[str, Handler]:
        """The Web API methods served here."""
        return {"apps.connections.open": self.open}

    async def open(self, _call: Call) -> Json:
        """apps.connections.open: a URL that works once."""
        if len(self._lines) >= limits.SOCKETS:
            raise Refusal("too_many_websockets")
        ticket = secrets.token_hex(12)
        self._tickets.add(ticket)
        return {"url": f"{self.base.replace('http', 'ws', 1)}/slack/socket/{ticket}"}

    def is_open(self) -> bool:
        """Whether the app is connected."""
        return bool(self._lines)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one line from hello to goodbye."""
        ticket = request.match_info["ticket"]
        if ticket not in self._tickets:
            raise web.HTTPForbidden
        self._tickets.remove(ticket)
        if self.refusals:
            self.refusals -= 1
            raise web.HTTPServiceUnavailable
        line = web.WebSocketResponse()
        await line.prepare(request)
        self._lines.append(line)
        self._log("hello", "ok", "")
        await line.send_json(self._hello())
        for envelope_id in [key for key in self._waiting if key not in self._sent_on]:
            await self._put(envelope_id, self._waiting[envelope_id], line, retry=True)
        async for message in line:
            if self.losses:
                self.losses -= 1
                await line.close()
            elif message.type == WSMsgType.TEXT:
                self._acknowledge(message.data)
        await self._gone(line)
        return line

    def _hello(self) -> Json:
        info = {"host": "sandbox", "build_number": 1, "approximate_connection_time": 3600}
        connections = {"num_connections": len(self._lines), "connection_info": {"app_id": APP_ID}}
        return {"type": "hello", "debug_info": info, **connections}

    def _acknowledge(self, text: str) -> None:
        try:
            ack: Any = json.loads(text)
            if ack["envelope_id"] in self._over:
                return  # it went out on two lines, and both were heard
            envelope = self._waiting[ack["envelope_id"]]
        except (ValueError, KeyError, TypeError):
            self._log("acknowledgement", "error", f"not an acknowledgement of anything: {text[:200]}")
            return
        if not envelope.answer.done():
            envelope.answer.set_result(ack.get("payload") or {})

    async def _gone(self, line: web.WebSocketResponse) -> None:
        """Forget a line; what was sent on it and not acknowledged goes out on another."""
        if line in self._lines:
            self._lines.remove(line)
        for envelope_id in [key for key, used in self._sent_on.items() if used is line]:
            del self._sent_on[envelope_id]
            if self._lines and envelope_id in self._waiting:
                await self._put(envelope_id, self._waiting[envelope_id], self._lines[0], retry=True)

    async def send(self, delivery: Delivery) -> Json:
        """Send an envelope and wait for its acknowledgement, for as long as the caller wants to."""
        if not self._lines:
            raise Unheard("dispatch_failed", "no socket is open")
        envelope_id = secrets.token_hex(16)
        accepts = delivery.kind != "events_api"
        body: Json = {"envelope_id": envelope_id, "type": delivery.kind, "payload": delivery.payload}
        body |= {"accepts_response_payload": accepts}
        if not accepts:
            number = int(delivery.headers.get("X-Slack-Retry-Num", 0))
            body |= {
                "retry_attempt": number,
                "retry_reason": delivery.headers.get("X-Slack-Retry-Reason", ""),
            }
        envelope = self._waiting[envelope_id] = Envelope(body)
        try:
            await self._put(envelope_id, envelope, self._lines[-1])
            return await envelope.answer
        finally:
            del self._waiting[envelope_id]
            self._over.append(envelope_id)
            self._sent_on.pop(envelope_id, None)

    async def _put(
        self, envelope_id: str, envelope: Envelope, line: web.WebSocketResponse, *, retry: bool = False
    ) -> None:
        self._sent_on[envelope_id] = line
        if retry and "retry_attempt" in envelope.body:
            envelope.body["retry_attempt"] += 1
            envelope.body["retry_reason"] = "connection_failed"
        with suppress(ConnectionError):
            await line.send_json(envelope.body)

    async def refresh(self, reason: str = "refresh_requested") -> None:
        """Ask the app to reconnect, as Slack does every few hours; then hang up on who did not."""
        old = list(self._lines)
        for line in old:
            self._log("disconnect", "ok", reason)
            await line.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}})
            self._lines.remove(line)
        await self._clock.sleep(limits.SOCKET_REFRESH_SECONDS)
        for line in old:
            await line.close()

    async def close(self) -> None:
        """Hang up."""
        for line in list(self._lines):
            await line.close()

    def _log(self, kind: str, level: Any, note: str) -> None:
        name = f"socket {kind}"
        self._wire.add(direction="out", kind=name, title=name, status=101, ms=0, level=level, note=note)
