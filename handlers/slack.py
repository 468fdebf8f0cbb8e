"""Slack: the one address to which Slack sends commands, clicks and forms, signed; Bolt checks the signature."""

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from handlers.answering import Answering
from handlers.buttons import Buttons
from handlers.changes import Changes
from handlers.commands import Commands
from handlers.desk import Desk
from handlers.leftovers import Leftovers
from handlers.readings import Readings
from handlers.silence_modal import SilenceModal

PATH = "/slack/events"
SLACK_TIMEOUT_S = 2


def build_answering(desk: Desk) -> Answering:
    """What answers words; the reconciler that posts shared answers takes its `shared`."""
    return Answering(Readings(desk), Changes(desk))


def build_bolt(
    *, signing_secret: str, token: str, base_url: str, desk: Desk, answering: Answering
) -> AsyncApp:
    """Bolt with all doors for people.

    `base_url` is Slack's API address, with a slash at its end. For kept-open connections set `client.session`.
    """
    # Without retry handlers: the default one sends a POST twice whose connection broke.
    client = AsyncWebClient(token=token, base_url=base_url, timeout=SLACK_TIMEOUT_S, retry_handlers=[])
    bolt = AsyncApp(
        client=client,
        signing_secret=signing_secret,
        process_before_response=True,  # else Bolt answers before the work is done, and a crash loses it
    )
    Commands(desk, answering).register(bolt)
    Buttons(desk, answering).register(bolt)
    SilenceModal(desk, answering.changes).register(bolt)
    Leftovers(desk).register(bolt)  # last: Bolt takes the first listener that matches
    return bolt


def routes(bolt: AsyncApp) -> list[web.RouteDef]:
    """The door over HTTP; Socket Mode needs none."""

    async def receive(request: web.Request) -> web.Response:
        try:
            asked = await to_bolt_request(request)
        except (LookupError, UnicodeDecodeError):
            raise web.HTTPBadRequest(text="not UTF-8") from None
        return await to_aiohttp_response(await bolt.async_dispatch(asked))

    return [web.post(PATH, receive)]
