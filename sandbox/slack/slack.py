"""Slack: the workspace and all its doors, composed."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from sandbox.clock import Clock
from sandbox.slack.chat import Chat
from sandbox.slack.conversation import Json
from sandbox.slack.courier import Courier
from sandbox.slack.directory import Directory
from sandbox.slack.events import Events
from sandbox.slack.faults import Faults
from sandbox.slack.files import Files
from sandbox.slack.gestures import Gestures
from sandbox.slack.human import Human, Verb, Wires
from sandbox.slack.manifest import Manifest
from sandbox.slack.places import Places
from sandbox.slack.refusal import Nonsense, Refusal
from sandbox.slack.response_url import ResponseUrls
from sandbox.slack.rooms import Rooms
from sandbox.slack.rulebook import Rulebook
from sandbox.slack.snapshot import Snapshot
from sandbox.slack.sockets import Sockets
from sandbox.slack.stream import Stream
from sandbox.slack.triggers import Triggers
from sandbox.slack.uploads import Uploads
from sandbox.slack.views import Views
from sandbox.slack.webapi import WebApi
from sandbox.slack.workspace import Credentials, Workspace
from sandbox.wire import WireLog

WorldVerb = Callable[[str, Json], Awaitable[Json]]


async def _no_world(verb: str, _body: Json) -> Json:
    raise Nonsense(f"There is no world here to {verb}.")


class Slack:
    """One workspace with one app in it. Set `url` (where this server is) and `request_url` (where the app is)."""

    def __init__(self, clock: Clock, wire: WireLog, manifest: Manifest, faults: Faults) -> None:
        """Found the workspace and install the app of that manifest."""
        self.clock, self.wire, self.manifest, self.faults = clock, wire, manifest, faults
        self.credentials = Credentials()
        self.workspace = Workspace(clock, manifest)
        self.stream = Stream()
        self.sockets = Sockets(clock, wire)
        self.triggers = Triggers(clock)
        self.courier = Courier(clock, wire, self.credentials, self.sockets)
        self.events = Events(self.workspace, self.courier, self.credentials)
        self.files = Files()
        self.rulebook = Rulebook(self.files.is_image)
        self.chat = Chat(self.workspace, self.stream, self.rulebook)
        self.uploads = Uploads(self.workspace, self.chat, self.files, self.credentials, wire)
        self.views = Views(self.workspace, self.triggers, self.rulebook)
        self.response_urls = ResponseUrls(self.workspace, self.chat, wire, faults)
        self.api = WebApi(self.workspace, wire, faults, self.credentials)
        self._snapshot = Snapshot(self.workspace, self.views, self.files, wire)
        self._verbs = self._people()
        self.world_verb: WorldVerb = _no_world
        looks = (Rooms(self.workspace, self.events), Directory(self.workspace), self.rulebook)
        nouns = (self.chat, self.views, self.uploads, self.sockets, *looks)
        for noun in nouns:
            self.api.methods |= noun.methods()
        wire.listeners.append(lambda _entry: self.stream.changed())

    def _people(self) -> dict[str, Verb]:
        """What people can do on the page."""
        wires = Wires(
            courier=self.courier,
            events=self.events,
            triggers=self.triggers,
            response_urls=self.response_urls,
            credentials=self.credentials,
        )
        places = Places(self.workspace, self.views, self.response_urls)
        gestures = Gestures(self.workspace, self.views, places, wires)
        return Human(self.workspace, wires).verbs() | gestures.verbs()

    @property
    def url(self) -> str:
        """Where this server is, such as http://127.0.0.1:8765."""
        return self.response_urls.base

    @url.setter
    def url(self, url: str) -> None:
        self.response_urls.base = self.uploads.base = self.sockets.base = url

    @property
    def request_url(self) -> str | None:
        """Where the app listens; None: by Socket Mode only."""
        return self.courier.request_url

    @request_url.setter
    def request_url(self, url: str | None) -> None:
        self.courier.request_url = url

    @property
    def world_snapshot(self) -> Callable[[], Json]:
        """What the snapshot shows of the world outside Slack."""
        return self._snapshot.world

    @world_snapshot.setter
    def world_snapshot(self, world: Callable[[], Json]) -> None:
        self._snapshot.world = world

    async def start(self) -> None:
        """Nothing has to be started; here for the sandbox to call on all its parts alike."""

    async def close(self) -> None:
        """End streams, sockets and what is under way."""
        self.stream.close()
        self.events.close()
        self.uploads.close()
        await self.sockets.close()
        await self.courier.close()

    def snapshot(self, user: str) -> Json:
        """What the page shows to that person."""
        return self._snapshot.of(user)

    def routes(self) -> list[web.RouteDef]:
        """All doors: for the app under /slack, for the page under /page and /human."""
        return [
            web.route("*", "/slack/api/{method}", self.api.handle),
            web.post("/slack/response/{key}", self.response_urls.handle),
            web.post("/slack/upload/{key}", self.uploads.receive),
            web.get("/slack/files/{file}/{name}", self.uploads.download),
            web.get("/slack/socket/{ticket}", self.sockets.handle),
            web.get("/page/file/{file}", self.uploads.show),
            web.get("/page/state", self._state),
            web.get("/page/events", self.stream.handle),
            web.get("/page/wire/{id}", self._entry),
            web.post("/human/{verb}", self._act),
        ]

    async def _state(self, request: web.Request) -> web.Response:
        user = request.query.get("user", "U0ALICE")
        if user not in self.workspace.users:
            raise web.HTTPNotFound
        return web.json_response(self.snapshot(user))

    async def _entry(self, request: web.Request) -> web.Response:
        number = request.match_info["id"]
        entry = self.wire.get(int(number)) if number.isdecimal() else None
        if entry is None:
            raise web.HTTPNotFound
        return web.json_response(entry.full(), dumps=_dumps)

    async def _act(self, request: web.Request) -> web.Response:
        """Let a person do something; errors are sentences for them."""
        verb = request.match_info["verb"]
        try:
            body = await request.json()
            answer = await self.act(verb, body if isinstance(body, dict) else {})
        except Nonsense as nonsense:
            return web.json_response({"ok": False, "error": str(nonsense)})
        except json.JSONDecodeError:
            return web.json_response({"ok": False, "error": "The page sent no JSON."}, status=400)
        return web.json_response({"ok": True} | answer)

    async def act(self, verb: str, body: Json) -> Json:
        """Do one human verb; Nonsense with a sentence if the screen does not offer it."""
        handler = self._verbs.get(verb)
        try:
            return await handler(body) if handler else await self.world_verb(verb, body)
        except Refusal as refusal:
            raise Nonsense(refusal.sentence()) from refusal
        finally:
            self.stream.changed()


def _dumps(value: Any) -> str:
    return json.dumps(value, default=str)
