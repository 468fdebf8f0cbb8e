"""The page's server as the contract has it: serves a snapshot, records what people do, never more."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Self

from aiohttp import web

from sandbox import page_routes
from tests.sandbox.page.snapshot import snapshot

CHART = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 150" width="400" height="150">'
    b'<rect width="400" height="150" fill="#fff"/><path d="M20 90 370 24V130H20z" fill="#dce8f1"/>'
    b'<path d="M20 90 370 24" stroke="#1264a3" stroke-width="2"/>'
    b'<path d="M20 22H390" stroke="#e01e5a" stroke-dasharray="4"/></svg>'
)
Answer = dict[str, Any]


class FakeSandbox:
    """One page's other end. `said` are (verb, body) in order; `answers` decide what a verb answers."""

    def __init__(self) -> None:
        self.now = snapshot()
        self.said: list[tuple[str, dict[str, Any]]] = []
        self.answers: dict[str, Callable[[dict[str, Any]], Answer]] = {}
        self.url = ""
        self.processing = False  # Slack has not finished with uploaded files
        self.heard = asyncio.Condition()
        self._streams: dict[web.StreamResponse, asyncio.Event] = {}
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.add_routes(page_routes.routes())
        app.add_routes(
            [
                web.get("/page/state", self._state),
                web.get("/page/events", self._events),
                web.get("/page/wire/{id}", self._wire),
                web.get("/page/file/{id}", self._file),
                web.post("/human/{verb}", self._human),
            ]
        )
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/"
        return self

    async def __aexit__(self, *_: object) -> None:
        for gone in self._streams.values():
            gone.set()
        if self._runner:
            await self._runner.cleanup()

    async def change(self, event: dict[str, Any] | None = None) -> None:
        """Tell every open page; without an event, that the snapshot is another."""
        line = f"data: {json.dumps(event or {'type': 'changed'})}\n\n"
        for stream in self._streams:
            with suppress(ConnectionResetError):  # that page was reloaded or closed
                await stream.write(line.encode())

    def verbs(self, *, but: str = "read") -> list[str]:
        return [verb for verb, _ in self.said if verb != but]

    def last(self, verb: str) -> dict[str, Any]:
        return next(body for each, body in reversed(self.said) if each == verb)

    async def _state(self, request: web.Request) -> web.Response:
        user = request.query.get("user", self.now["me"])
        known = any(each["id"] == user for each in self.now["users"])
        return web.json_response(
            {**self.now, "me": user} if known else {"ok": False, "error": "no such person"}
        )

    async def _events(self, request: web.Request) -> web.StreamResponse:
        stream = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await stream.prepare(request)
        await stream.write(b": hello\n\n")
        gone = self._streams[stream] = asyncio.Event()
        await gone.wait()
        return stream

    async def _wire(self, request: web.Request) -> web.Response:
        found = next(each for each in self.now["wire"] if str(each["id"]) == request.match_info["id"])
        request_body = {"channel": "C0ALERTS", "blocks": '[{"type":"divider"}]', "unfurl_links": False}
        return web.json_response({**found, "request": request_body, "response": {"ok": True, "ts": 1.5}})

    async def _file(self, _request: web.Request) -> web.Response:
        if self.processing:
            raise web.HTTPNotFound
        return web.Response(body=CHART, content_type="image/svg+xml")

    async def _human(self, request: web.Request) -> web.Response:
        verb, body = request.match_info["verb"], await request.json()
        async with self.heard:
            self.said.append((verb, body))
            self.heard.notify_all()
        if verb == "read":
            found = next(each for each in self.now["channels"] if each["id"] == body["channel"])
            found.update(unread=0, mentions=0)
        return web.json_response(self.answers.get(verb, _agree)(body))


def _agree(_body: dict[str, Any]) -> Answer:
    return {"ok": True}
