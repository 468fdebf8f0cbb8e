"""A Slack on a port of its own, and an app beside it: what the tests of the sandbox's Slack share."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.clock import Clock, SystemClock
from sandbox.slack.faults import Faults
from sandbox.slack.manifest import Manifest
from sandbox.slack.slack import Slack
from sandbox.wire import WireLog

MANIFEST = Path(__file__).parents[2] / "deploy" / "slack" / "manifest.yaml"
_MORE_SCOPES = {"app_mentions:read", "files:write", "files:read", "im:write", "reactions:write"} | {
    "users:read",
    "users:read.email",
    "usergroups:read",
}
_MORE_EVENTS = {"app_home_opened", "app_mention", "channel_archive", "channel_rename"}


@cache
def own_manifest() -> Manifest:
    """The product's manifest. To read so much YAML takes longer than most tests."""
    return Manifest.load(MANIFEST)


def full_manifest() -> Manifest:
    """The product's manifest, for an app that asks for more than the product does today."""
    asked = own_manifest()
    return replace(
        asked, scopes=asked.scopes | _MORE_SCOPES, bot_events=asked.bot_events | _MORE_EVENTS, has_home=True
    )


@asynccontextmanager
async def serve(routes: list[web.RouteDef]) -> AsyncIterator[str]:
    """These routes on a free port of 127.0.0.1; yields the address."""
    application = web.Application()
    application.add_routes(routes)
    server = TestServer(application, host="127.0.0.1")
    await server.start_server()
    try:
        yield str(server.make_url("")).rstrip("/")
    finally:
        await server.close()


@asynccontextmanager
async def workspace(clock: Clock | None = None, manifest: Manifest | None = None) -> AsyncIterator[Slack]:
    """A running Slack, with an app that may do much unless a manifest is given."""
    clock = clock or SystemClock()
    slack = Slack(clock, WireLog(clock), manifest or full_manifest(), Faults())
    async with serve(slack.routes()) as url:
        slack.url = url
        await slack.start()
        try:
            yield slack
        finally:
            await slack.close()


def client_of(slack: Slack, token: str | None = None) -> AsyncWebClient:
    """The real client, without its own retries."""
    return AsyncWebClient(
        token=token or slack.credentials.bot_token, base_url=f"{slack.url}/slack/api/", retry_handlers=[]
    )


def app_for(slack: Slack) -> AsyncApp:
    """A real Bolt app."""
    return AsyncApp(
        client=client_of(slack), signing_secret=slack.credentials.signing_secret, process_before_response=True
    )


@asynccontextmanager
async def listening(slack: Slack, app: AsyncApp) -> AsyncIterator[None]:
    """The Bolt app, reachable over HTTP."""

    async def events(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    async with serve([web.post("/slack/events", events)]) as url:
        slack.request_url = f"{url}/slack/events"
        yield


async def refusal(call: Awaitable[Any]) -> dict[str, Any]:
    """The answer of a call that Slack must refuse."""
    try:
        answer = await call
    except SlackApiError as error:
        return dict(error.response.data)
    raise AssertionError(f"Slack took it: {answer}")


Sender = Callable[..., Awaitable[Any]]
