"""The certificate fetcher, over real HTTP: no detours, no endless bodies, no patience."""

import contextlib
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.aws.sns.certificate import MAX_BYTES
from bot.aws.sns.certificate_fetcher import CertificateFetcher
from bot.aws.sns.refusal import Unverifiable
from tests.aws.sns.sender import make_certificate


async def certificate(request: web.Request) -> web.Response:
    return web.Response(body=make_certificate())


async def elsewhere(request: web.Request) -> web.Response:
    raise web.HTTPFound("/cert.pem")


async def endless(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    with contextlib.suppress(ConnectionError):  # we hung up, as we should
        while True:
            await response.write(b"A" * 1000)
    return response


async def cut_off(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b"-----BEGIN")
    assert request.transport is not None
    request.transport.close()
    return response


@pytest.fixture
async def server() -> AsyncIterator[TestServer]:
    app = web.Application()
    app.router.add_get("/cert.pem", certificate)
    app.router.add_get("/elsewhere.pem", elsewhere)
    app.router.add_get("/endless.pem", endless)
    app.router.add_get("/cut.pem", cut_off)
    running = TestServer(app, host="127.0.0.1")
    async with running:
        yield running


@pytest.fixture
async def fetcher() -> AsyncIterator[CertificateFetcher]:
    async with aiohttp.ClientSession() as session:
        yield CertificateFetcher(session)


async def test_what_is_there(server: TestServer, fetcher: CertificateFetcher) -> None:
    fetched = await fetcher(str(server.make_url("/cert.pem")))
    assert (fetched.status, fetched.body) == (200, make_certificate())


async def test_a_redirect_is_an_answer_not_a_way(server: TestServer, fetcher: CertificateFetcher) -> None:
    fetched = await fetcher(str(server.make_url("/elsewhere.pem")))
    assert (fetched.status, fetched.body) == (302, b"")


async def test_nothing_there(server: TestServer, fetcher: CertificateFetcher) -> None:
    assert (await fetcher(str(server.make_url("/other.pem")))).status == 404


async def test_an_endless_body_is_cut_off(server: TestServer, fetcher: CertificateFetcher) -> None:
    fetched = await fetcher(str(server.make_url("/endless.pem")))
    assert MAX_BYTES < len(fetched.body) <= 2 * MAX_BYTES + 2


async def test_a_broken_answer_is_no_verdict(server: TestServer, fetcher: CertificateFetcher) -> None:
    with pytest.raises(Unverifiable, match="cannot be reached"):
        await fetcher(str(server.make_url("/cut.pem")))


async def test_nobody_there_is_no_verdict(server: TestServer, fetcher: CertificateFetcher) -> None:
    address = str(server.make_url("/cert.pem"))
    await server.close()
    with pytest.raises(Unverifiable, match="cannot be reached"):
        await fetcher(address)


async def test_tls_must_verify(server: TestServer, fetcher: CertificateFetcher) -> None:
    with pytest.raises(Unverifiable, match="cannot be reached"):
        await fetcher(str(server.make_url("/cert.pem").with_scheme("https")))
