"""Slack: where commands, clicks and forms come in: signed, at one address, or down a socket that we keep open."""

import aiohttp
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.telling.language import ENGLISH, speaking
from bot.slack.keys import SlackKeys
from handlers.answer_buttons import AnswerButtons
from handlers.answering import Answering
from handlers.buttons import Buttons
from handlers.changes import Changes
from handlers.channels import Channels
from handlers.commands import Commands
from handlers.desk import Desk
from handlers.drilling import Drilling
from handlers.home import Home
from handlers.leftovers import Leftovers
from handlers.looking import Looking
from handlers.mentions import Mentions
from handlers.readings import Readings
from handlers.resize_buttons import ResizeButtons
from handlers.resize_desk import build_resize_desk
from handlers.resize_modal import ResizeModal
from handlers.resize_words import ResizeAnswers
from handlers.sighting import Sighting
from handlers.silence_modal import SilenceModal
from handlers.slack_signature import Signatures
from handlers.slack_socket import SlackSocket
from handlers.tongue import Tongue

PATH = "/slack/events"
SLACK_TIMEOUT_S = 2
SOCKET_ONLY = (
    "Slack reaches this bot through Socket Mode: it has no SLACK_SIGNING_SECRET to check requests with.\n"
)
NOT_SIGNED = "The request is not signed by Slack.\n"


class SlackDoor:
    """All of Slack's ways in."""

    def __init__(
        self, keys: SlackKeys, desk: Desk, answering: Answering, session: aiohttp.ClientSession
    ) -> None:
        """Needs a running event loop. `session` carries what is asked of Slack."""
        self._signatures = Signatures(keys.signing_secrets)
        self._bolt = build_bolt(
            token=keys.bot_token,
            base_url=keys.api_url,
            desk=desk,
            answering=answering,
        )
        self._bolt.client.session = session
        self._socket = SlackSocket(self._bolt, keys.app_token) if keys.app_token else None

    def routes(self) -> list[web.RouteDef]:
        """The door over HTTP."""
        return routes(self._bolt, self._signatures)

    def remarks(self) -> dict[str, str]:
        """What /readyz tells of the socket, where there is one."""
        return {"slack_socket": self._socket.state} if self._socket else {}

    def open(self) -> None:
        """Begin to keep the socket open."""
        if self._socket:
            self._socket.open()

    async def close(self, within_s: float) -> None:
        """Hang up, after what is under way there or after so many seconds."""
        if self._socket:
            await self._socket.close(within_s)


def build_answering(desk: Desk) -> Answering:
    """What answers words; the reconciler that posts shared answers takes its `shared`."""
    resizes = ResizeAnswers(build_resize_desk(desk))
    return Answering(Readings(desk), Changes(desk), Looking(desk), Drilling(desk), resizes)


def build_bolt(*, token: str, base_url: str, desk: Desk, answering: Answering) -> AsyncApp:
    """Bolt with all doors for people; whoever dispatches to it has checked who calls.

    `base_url` is Slack's API address, with a slash at its end. For kept-open connections set `client.session`.
    """
    # Without retry handlers: the default one sends a POST twice whose connection broke.
    client = AsyncWebClient(token=token, base_url=base_url, timeout=SLACK_TIMEOUT_S, retry_handlers=[])
    bolt = AsyncApp(
        client=client,
        request_verification_enabled=False,  # the door has done it, with more than one secret
        process_before_response=True,  # else Bolt answers before the work is done, and a crash loses it
    )
    Tongue(desk).register(bolt)
    Home(desk).register(bolt)
    Sighting(desk).register(bolt)
    resize_modal = ResizeModal(answering.resizes.resize_desk)
    resize_modal.register(bolt)
    ResizeButtons(answering.resizes).register(bolt)
    Commands(desk, answering, resize_modal).register(bolt)
    Buttons(desk, answering).register(bolt)
    AnswerButtons(desk, answering, resize_modal).register(bolt)
    Mentions(desk, answering).register(bolt)
    SilenceModal(desk, answering.changes).register(bolt)
    Channels(desk).register(bolt)
    Leftovers(desk).register(bolt)  # last: Bolt takes the first listener that matches
    return bolt


def routes(bolt: AsyncApp, signatures: Signatures) -> list[web.RouteDef]:
    """The door over HTTP. Where there is no secret to check signatures with, it only says so."""

    async def receive(request: web.Request) -> web.Response:
        if not signatures:
            raise web.HTTPNotFound(text=SOCKET_ONLY)
        if not signatures.can_be(request.headers):
            raise web.HTTPUnauthorized(text=NOT_SIGNED)
        try:
            asked = await to_bolt_request(request)
        except (LookupError, UnicodeDecodeError):
            raise web.HTTPBadRequest(text="not UTF-8") from None
        if not signatures.are_on(asked.raw_body, request.headers):
            raise web.HTTPUnauthorized(text=NOT_SIGNED)
        with speaking(ENGLISH):  # aiohttp may serve the connection's next request in the same task
            return await to_aiohttp_response(await bolt.async_dispatch(asked))

    return [web.post(PATH, receive)]
