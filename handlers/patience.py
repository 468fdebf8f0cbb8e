"""Patience: a request whose body does not come holds a connection only so long, and a stop not at all."""

import asyncio
from typing import Any

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

BODY_S = 15.0  # SNS and Slack have given up by then
LIMITS: dict[str, Any] = {
    "client_max_size": 4 * 1024 * 1024,  # bytes: aiohttp's own stop, behind the doors' tighter ones
    "handler_args": {
        # Half a header line, and a connection without any: longer than a load balancer keeps one open (60 s on AWS),
        # else it sends a request down a connection that is just being closed.
        "keepalive_timeout": 75.0,
        "lingering_time": 2.0,  # for what still comes after an early answer; a stop waits for it
    },
}

log = structlog.get_logger(__name__)


class Patience:
    """What every door does about bodies that come slowly, not at all, or broken."""

    def __init__(self, body_s: float = BODY_S) -> None:
        self._body_s = body_s
        self._reading: set[asyncio.Timeout] = set()
        self._is_over = False

    @web.middleware
    async def wait(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """408 where the body does not come in time, 503 where we stop meanwhile, 400 where it is not what it says."""
        if request.content.is_eof() and request.content.exception() is None:
            return await handler(request)  # nearly always: head and body came in one packet
        limit = asyncio.timeout(0 if self._is_over else self._body_s)

        def has_all() -> None:
            if limit in self._reading:
                self._reading.discard(limit)
                limit.reschedule(None)

        try:
            async with limit:
                self._reading.add(limit)
                request.content.on_eof(has_all)
                try:
                    return await handler(request)
                finally:
                    self._reading.discard(limit)
        except TimeoutError:
            if not limit.expired():
                raise
            raise self._refusal() from None
        except web.RequestPayloadError:
            request.content.feed_eof()  # else aiohttp reads on, trips again and logs it as a fault of ours
            refusal = web.HTTPBadRequest(text="The body cannot be read.")
            refusal.force_close()
            raise refusal from None

    async def end(self, _application: web.Application) -> None:
        """Stop waiting: whoever is still sending shall come back when another process is there."""
        self._is_over = True
        for limit in self._reading:
            limit.reschedule(0)

    def _refusal(self) -> web.HTTPException:
        if self._is_over:
            return web.HTTPServiceUnavailable(text="Shutting down.", headers={"Retry-After": "20"})
        log.warning("request.body_did_not_come", waited_s=self._body_s)
        return web.HTTPRequestTimeout(text=f"The body did not come within {self._body_s:g} s.")
