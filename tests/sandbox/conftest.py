"""Fixtures: the sandbox's AWS on its own port, a bot's door that writes down what it gets, and boto3."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from aiohttp import web
from botocore.config import Config

from sandbox.aws.arns import REGION
from sandbox.aws.endpoint import ACCESS_KEY_ID, SECRET_ACCESS_KEY
from sandbox.aws.world import World
from sandbox.clock import ManualClock
from sandbox.wire import WireLog


@dataclass
class Letterbox:
    """What SNS brought, and what is answered: a status per delivery in turn, 200 when they run out."""

    url: str
    bodies: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    challenge: str = ""
    before_answer: Callable[[], Awaitable[None]] | None = None

    async def receive(self, request: web.Request) -> web.Response:
        """Take one delivery."""
        self.bodies.append(await request.text())
        self.headers.append(dict(request.headers))
        if self.before_answer:
            await self.before_answer()
        if self.challenge and "Authorization" not in request.headers:
            return web.Response(status=401, headers={"WWW-Authenticate": self.challenge})
        return web.Response(status=self.answers.pop(0) if self.answers else 200)


async def _serve(routes: list[web.RouteDef]) -> tuple[web.AppRunner, str]:
    app = web.Application()
    app.add_routes(routes)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0]
    return runner, f"http://{host}:{port}"


@pytest.fixture
def clock() -> ManualClock:
    """A clock that the test moves."""
    return ManualClock()


@pytest.fixture
def wire(clock: ManualClock) -> WireLog:
    """The wire log of this test's world."""
    return WireLog(clock)


@pytest.fixture
async def world(clock: ManualClock, wire: WireLog) -> AsyncIterator[World]:
    """The sandbox's AWS, served on a port of its own."""
    world = World(clock, wire)
    runner, world.url = await _serve(world.routes())
    await world.start()
    yield world
    await world.close()
    await runner.cleanup()


@pytest.fixture
async def letterbox() -> AsyncIterator[Letterbox]:
    """An endpoint that SNS can deliver to."""
    box = Letterbox("")
    runner, origin = await _serve([web.post("/sns", box.receive)])
    box.url = f"{origin}/sns"
    yield box
    await runner.cleanup()


@pytest.fixture
def aws(world: World) -> Callable[[str], Any]:
    """boto3 clients that talk to the world; their calls belong into a thread."""

    def client(service: str, **credentials: str) -> Any:
        keys = {"aws_access_key_id": ACCESS_KEY_ID, "aws_secret_access_key": SECRET_ACCESS_KEY} | credentials
        once = Config(retries={"total_max_attempts": 1, "mode": "standard"})
        return boto3.client(service, endpoint_url=f"{world.url}/aws", region_name=REGION, config=once, **keys)

    return client
