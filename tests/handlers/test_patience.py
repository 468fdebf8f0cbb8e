"""Patience: slow, absent and broken bodies, on real connections."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from handlers.patience import LIMITS, Patience

Talk = Callable[[bytes], Coroutine[None, None, bytes]]


@asynccontextmanager
async def door(patience: Patience, asked: asyncio.Event | None = None) -> AsyncIterator[Talk]:
    """A door that reads the whole body; what it answers to these bytes until it closes the connection."""

    async def handle(request: web.Request) -> web.Response:
        if asked:
            asked.set()
        body = await request.read()
        await asyncio.sleep(0.1)  # longer than an impatient door waits: its own work is not limited
        return web.Response(text=f"{len(body)} bytes")

    limits = LIMITS | {"handler_args": {"keepalive_timeout": 0.3, "lingering_time": 0.1}}
    app = web.Application(middlewares=[patience.wait], **limits)
    app.router.add_post("/", handle)
    async with TestServer(app, host="127.0.0.1") as server:

        async def talk(request: bytes) -> bytes:
            async with asyncio.timeout(20):
                reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
                try:
                    writer.write(request)
                    return await reader.read()
                finally:
                    writer.close()
                    await writer.wait_closed()

        yield talk


def post(length: int, body: bytes, more: str = "") -> bytes:
    """A request that announces so many bytes."""
    return (
        f"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{more}Content-Length: {length}\r\n\r\n".encode()
        + body
    )


@pytest.mark.parametrize(
    ("request_", "status", "text"),
    [
        pytest.param(post(100, b"{}"), 408, "did not come within 0.05 s", id="two of a hundred bytes"),
        pytest.param(post(100, b""), 408, "did not come", id="nothing after the head"),
        pytest.param(
            b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
            408,
            "did not come",
            id="chunks without an end",
        ),
        pytest.param(post(2, b"{}"), 200, "2 bytes", id="a whole body, and slow work on it"),
        pytest.param(post(0, b""), 200, "0 bytes", id="no body, and slow work"),
        pytest.param(
            post(5, b"plain", "Content-Encoding: gzip\r\n"), 400, "cannot be read", id="gzip that is none"
        ),
    ],
)
async def test_a_body_that_does_not_come(request_: bytes, status: int, text: str) -> None:
    async with door(Patience(0.05)) as talk:
        answer = (await talk(request_)).decode()
    assert answer.startswith(f"HTTP/1.1 {status} ")
    assert text in answer


@pytest.mark.parametrize("begun", [b"POST / HTTP/1.1\r\nHo", b""])
async def test_a_head_that_does_not_come(begun: bytes) -> None:
    async with door(Patience()) as talk:
        assert await talk(begun) == b""


async def test_a_stop_does_not_wait_for_bodies() -> None:
    patience, asked = Patience(600), asyncio.Event()
    async with door(patience, asked) as talk:
        waiting = asyncio.create_task(talk(post(100, b"{}")))
        await asked.wait()
        await patience.end(web.Application())
        assert (await waiting).startswith(b"HTTP/1.1 503 ")
        assert (await talk(post(100, b"{}"))).startswith(b"HTTP/1.1 503 ")
