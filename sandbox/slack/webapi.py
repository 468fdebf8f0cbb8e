"""The Web API's door: token, scope, arguments, rate, then the method; every call ends in the wire log."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any

from aiohttp import web

from sandbox.slack.call import Call, Sent, read, receive
from sandbox.slack.catalogue import METHODS, Method
from sandbox.slack.conversation import Json
from sandbox.slack.faults import Fault, Faults
from sandbox.slack.manifest import Manifest
from sandbox.slack.rates import Rates
from sandbox.slack.refusal import RateLimited, Refusal
from sandbox.slack.workspace import Credentials, Workspace
from sandbox.wire import Level, WireLog

Handler = Callable[[Call], Awaitable[Json]]
OUTAGE_PAGE = "<!doctype html><title>Slack</title><p>Something went wrong on our end."


class WebApi:
    """Serves /slack/api/<method>."""

    def __init__(self, workspace: Workspace, wire: WireLog, faults: Faults, credentials: Credentials) -> None:
        """Begin with no methods; `methods` is filled by those who know them."""
        self._workspace, self._wire, self._faults = workspace, wire, faults
        self._credentials = credentials
        self._rates = Rates(workspace.clock)
        self.methods: dict[str, Handler] = {}

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one call as Slack would, on a good day or a bad one."""
        name = request.match_info["method"]
        fault = self._faults.take(name)
        if fault and fault.kind not in ("slow", "drop_after", "halve"):
            return self._spoilt(request, fault)
        if fault and fault.kind == "slow":
            await self._workspace.clock.sleep(fault.seconds)
        response = await self._logged(request, name)
        if fault and fault.kind == "drop_after":
            _hang_up(request)
        if fault and fault.kind == "halve":
            return _half(response)
        return response

    def _spoilt(self, request: web.Request, fault: Fault) -> web.Response:
        """What a fault answers without the method ever running."""
        name = request.match_info["method"]
        note = f"fault on demand: {fault.kind}"
        status = {"ratelimited": 429, "http": fault.status, "drop_before": 0}.get(fault.kind, 200)
        self._wire.add(direction="in", kind=name, title=name, status=status, ms=0, level="error", note=note)
        if fault.kind == "ratelimited":
            return _limited(int(fault.seconds))
        if fault.kind == "refuse":
            return web.json_response(Refusal(fault.error).body())
        if fault.kind == "drop_before":
            _hang_up(request)
        return web.Response(status=status or 200, text=OUTAGE_PAGE, content_type="text/html")

    async def _logged(self, request: web.Request, name: str) -> web.Response:
        """Run the method; log the call and its answer."""
        started = perf_counter()
        level: Level = "ok"
        sent, call, note = Sent({}, None, is_json=False), None, ""
        try:
            sent = await receive(request)
            call = self._admit(name, sent)
            response = self._yes(name, call, await self.methods[name](call))
            level, note = ("advice", " · ".join(call.advice)) if call.advice else ("ok", "")
        except Refusal as refusal:
            response, level, note = web.json_response(refusal.body()), "error", refusal.sentence()
        except RateLimited as limited:
            response, level, note = _limited(limited.retry_after), "error", str(limited)
        self._wire.add(
            direction="in",
            kind=name,
            title=self._title(name, sent.fields),
            status=response.status,
            ms=round((perf_counter() - started) * 1000, 1),
            level=level,
            note=note,
            request=call.args if call else sent.fields,
            response=json.loads(response.text or "null"),
        )
        return response

    def _admit(self, name: str, sent: Sent) -> Call:
        """The call, if the app may make it, has its arguments right and does not call too often."""
        method = METHODS.get(name)
        if method is None:
            raise Refusal("unknown_method", req_method=name)
        self._authorize(method, sent.token)
        call = read(name, method, sent)
        if name == "chat.postMessage":
            self._rates.post(call["channel"])
        elif method.tier:
            self._rates.tier(name, method.tier)
        return call

    def _authorize(self, method: Method, token: str | None) -> None:
        ours = {"bot": self._credentials.bot_token, "app": self._credentials.app_token}
        if not token:
            raise Refusal("not_authed")
        if token not in ours.values():
            raise Refusal("invalid_auth")
        if token != ours[method.caller]:
            raise Refusal("not_allowed_token_type")
        if method.caller == "bot":
            require(self._workspace.manifest, *method.scopes)

    def _yes(self, name: str, call: Call, result: Json) -> web.Response:
        """`ok: true` with Slack's warnings and scope headers."""
        body: dict[str, Any] = {"ok": True} | result
        if call.warnings:
            body["warning"] = ",".join(call.warnings)
            body["response_metadata"] = body.get("response_metadata", {}) | {"warnings": call.warnings}
        headers = {"x-oauth-scopes": ",".join(sorted(self._workspace.manifest.scopes))}
        headers["x-accepted-oauth-scopes"] = ",".join(METHODS[name].scopes)
        return web.json_response(body, headers=headers)

    def _title(self, name: str, fields: Json) -> str:
        """One line for a person: the method, where, and the beginning of the text."""
        channel = self._workspace.channels.get(str(fields.get("channel", "")))
        where = f" → {'@' if channel.im_user else '#'}{channel.name}" if channel else ""
        text = str(fields.get("text") or "")
        shown = text if len(text) <= 80 else f"{text[:79]}…"
        return f"{name}{where}{': ' if text else ''}{shown}"


def require(manifest: Manifest, *any_of: str) -> None:
    """Refuse unless the manifest asked for one of these scopes."""
    if any_of and not manifest.scopes & set(any_of):
        raise Refusal("missing_scope", needed=any_of[0], provided=",".join(sorted(manifest.scopes)))


def _half(response: web.Response) -> web.Response:
    said = response.text or ""
    return web.Response(
        status=response.status, text=said[: len(said) // 2], content_type=response.content_type
    )


def _limited(retry_after: int) -> web.Response:
    body = {"ok": False, "error": "ratelimited"}
    return web.json_response(body, status=429, headers={"Retry-After": str(retry_after)})


def _hang_up(request: web.Request) -> None:
    """Cut the connection, so that the caller never learns what became of the call."""
    if isinstance(request.transport, asyncio.Transport):
        request.transport.abort()
