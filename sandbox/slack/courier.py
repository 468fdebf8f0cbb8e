"""The courier: brings the app what people do, signed over HTTP or through a socket, and waits three seconds."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Awaitable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Literal, Protocol, TypeVar
from urllib.parse import urlencode

import aiohttp

from sandbox.clock import Clock
from sandbox.slack import limits
from sandbox.slack.conversation import Json
from sandbox.slack.refusal import Unheard
from sandbox.slack.workspace import Credentials
from sandbox.wire import WireLog

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One thing for the app: which channel of Slack's it goes through, and what it says."""

    kind: Literal["slash_commands", "interactive", "events_api"]
    name: str  # for the wire log: slash_command, block_actions, event app_home_opened
    title: str
    payload: Json
    headers: dict[str, str] = field(default_factory=dict)

    def form(self) -> tuple[str, str]:
        """The HTTP body and its content type."""
        if self.kind == "events_api":
            return json.dumps(self.payload), "application/json"
        fields = self.payload if self.kind == "slash_commands" else {"payload": json.dumps(self.payload)}
        return urlencode(fields), "application/x-www-form-urlencoded"


class Line(Protocol):
    """Another way to the app: Socket Mode."""

    def is_open(self) -> bool:
        """Whether the app is connected."""

    async def send(self, delivery: Delivery) -> Json:
        """Bring it, and return what the app put into its acknowledgement."""


async def within(clock: Clock, seconds: float, work: Awaitable[T]) -> T:
    """The result of `work`, or TimeoutError after that many seconds of this clock."""
    task, timer = asyncio.ensure_future(work), asyncio.ensure_future(clock.sleep(seconds))
    try:
        done, _ = await asyncio.wait({task, timer}, return_when=asyncio.FIRST_COMPLETED)
        if task not in done:
            raise TimeoutError
        return task.result()
    finally:
        task.cancel()
        timer.cancel()


class Courier:
    """Delivers to the app. `request_url` is where it listens; without one there is Socket Mode only."""

    def __init__(self, clock: Clock, wire: WireLog, credentials: Credentials, line: Line) -> None:
        """Sign with these credentials; prefer the line when the app is on it."""
        self._clock, self._wire, self._credentials, self._line = clock, wire, credentials, line
        self._session: aiohttp.ClientSession | None = None
        self.request_url: str | None = None

    async def close(self) -> None:
        """Close the connections to the app."""
        if self._session:
            await self._session.close()

    async def deliver(self, delivery: Delivery) -> Json:
        """Bring it and return the acknowledgement's body ({} if empty); Unheard if the app did not take it."""
        started = perf_counter()
        status, error, answer = 0, None, None
        try:
            answer = await within(self._clock, limits.ACK_SECONDS, self._bring(delivery))
            status = 200
        except TimeoutError:
            error = Unheard("operation_timeout", "no answer within 3 seconds")
        except aiohttp.ClientError as problem:
            error = Unheard("dispatch_failed", f"{type(problem).__name__}: {problem}")
        except Unheard as unheard:
            error = unheard
        self._wire.add(
            direction="out",
            kind=f"dispatch {delivery.name}",
            title=delivery.title,
            status=status,
            ms=round((perf_counter() - started) * 1000, 1),
            level="error" if error else "ok",
            note=f"{error.error}: {error.detail}" if error else "",
            request={"headers": delivery.headers, "payload": delivery.payload},
            response=answer,
        )
        if error:
            raise error
        return answer or {}

    def complain(self, name: str, note: str, answer: Json) -> None:
        """Write down in red that an acknowledgement came in time but makes no sense."""
        kind, title = f"dispatch {name}", f"{name}: the answer cannot be used"
        self._wire.add(
            direction="out",
            kind=kind,
            title=title,
            status=200,
            ms=0,
            level="error",
            note=note,
            response=answer,
        )

    async def _bring(self, delivery: Delivery) -> Json:
        if self._line.is_open():
            return await self._line.send(delivery)
        if self.request_url is None:
            raise Unheard("dispatch_failed", "the app has no request URL and no socket is open")
        body, content_type = delivery.form()
        headers = self._signed(body) | delivery.headers | {"Content-Type": content_type}
        self._session = self._session or aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        async with self._session.post(
            self.request_url, data=body, headers=headers, allow_redirects=False
        ) as response:
            if response.status != 200:
                final = response.headers.get("X-Slack-No-Retry") == "1"
                detail = f"HTTP {response.status}: {(await response.text())[:300]}"
                raise Unheard("dispatch_failed", detail, final=final)
            return _body(await response.text())

    def _signed(self, body: str) -> dict[str, str]:
        """The headers by which the app knows that it was Slack."""
        stamp = str(int(self._clock.time()))
        base = f"v0:{stamp}:{body}".encode()
        digest = hmac.new(self._credentials.signing_secret.encode(), base, hashlib.sha256).hexdigest()
        return {
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={digest}",
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        }


def _body(text: str) -> Json:
    """An acknowledgement: nothing, JSON, or plain text to be shown."""
    if not text.strip():
        return {}
    try:
        body = json.loads(text)
    except ValueError:
        return {"text": text}
    return body if isinstance(body, dict) else {"text": text}
