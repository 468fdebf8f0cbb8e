"""Serving: one process from its start to its stop."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import structlog
from aiohttp import web

from bot.composition.ending import Ending
from bot.composition.following import Following, say_warnings
from bot.composition.ground import opened
from bot.composition.roster import Roster
from bot.composition.settling import Settling
from bot.configuration.reading import Reading
from bot.configuration.vigil import Renew, Vigil
from bot.settings import Settings
from bot.tracing.tracer import UNTRACED, Tracer
from handlers.patience import LIMITS, Patience

log = structlog.get_logger("app")

_EMULATOR_ADVICE = "It is believed INSTEAD of AWS. Unset SNS_EMULATOR_ORIGIN in production."
_LOOK_EVERY_S = 1.0  # a change counts at the second look that sees it


@dataclass(frozen=True, slots=True)
class Called:
    """What the process is asked for from outside."""

    stop: asyncio.Event = field(default_factory=asyncio.Event)
    reread: asyncio.Event = field(default_factory=asyncio.Event)
    anything: asyncio.Event = field(default_factory=asyncio.Event)

    def listen(self) -> None:
        """SIGTERM and SIGINT stop, SIGHUP reads the settings again."""
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._call, self.stop)
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self._call, self.reread)

    async def wait(self, seconds: float) -> None:
        """Return after so many seconds, or when the process is asked for something."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.anything.wait()
        self.anything.clear()

    def _call(self, what: asyncio.Event) -> None:
        what.set()
        self.anything.set()


async def serve_until_stopped(
    reading: Reading[Settings],
    reread: Callable[[], Reading[Settings]],
    *,
    emulates_sns: bool,
    renew: Renew | None = None,
    tracer: Tracer = UNTRACED,
) -> None:
    """Serve until SIGTERM or SIGINT; requests in flight finish. `reread` reads the settings again, from
    files that `renew` has brought up to date.

    Raises SchemaOutdated or StoreUnavailable where the store is not ready, ValueError where the address is taken.
    """
    settings, called = reading.settings, Called()
    called.listen()
    say_warnings(reading)
    async with opened(settings, tracer, emulates_sns=emulates_sns) as base:
        roster = await Roster.begin(base, settings)
        try:
            async with doors(roster, settings):
                following = Following(base, roster, Vigil(reading.files, reread, renew))
                await follow(following, called, Settling(lambda: roster.shift))
                log.info("stopping")
        finally:
            await roster.end()


async def follow(following: Following, called: Called, settling: Settling) -> None:
    """Work by the settings as they change, until the process is asked to stop."""
    while not called.stop.is_set():
        at_once = called.reread.is_set()
        called.reread.clear()
        await following.look(at_once=at_once)
        settling.look()
        await called.wait(_LOOK_EVERY_S)


@asynccontextmanager
async def doors(roster: Roster, settings: Settings) -> AsyncIterator[None]:
    """Listen while the block lasts; requests in flight finish. Raises ValueError where the address cannot be had."""
    patience = Patience()
    application = web.Application(middlewares=[patience.wait], **LIMITS)
    application.add_routes(roster.porter.routes())

    async def close(_application: web.Application) -> None:
        await roster.close()

    application.on_shutdown.extend([close, patience.end])
    # aiohttp gives a request this time twice: to end by itself, and again once it is told to.
    patience_s = Ending.begin(settings.shutdown_seconds).requests_s / 2
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=patience_s)
    await runner.setup()
    try:
        await listen(runner, settings)
        yield
    finally:
        await runner.cleanup()


async def listen(runner: web.AppRunner, settings: Settings) -> None:
    """Open the doors. Raises ValueError where the address cannot be had."""
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
    except OSError as error:
        raise ValueError(f"cannot listen on {settings.host}:{settings.port}: {error.strerror}") from error
    log.info("serving", address=runner.addresses[0], topics=settings.sns_topic_arns)
    if emulator := settings.sns_emulator_origin:
        log.warning("serving.emulator_is_believed", origin=emulator, advice=_EMULATOR_ADVICE)
