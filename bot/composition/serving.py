"""Serving: one process from its start to its stop."""

import asyncio
import signal

import structlog
from aiohttp import web

from bot.composition.ground import standing
from bot.composition.running import running
from bot.settings import Settings
from bot.tracing.tracer import UNTRACED, Tracer

log = structlog.get_logger("app")

_EMULATOR_ADVICE = "It is believed INSTEAD of AWS. Unset SNS_EMULATOR_ORIGIN in production."


async def serve_until_stopped(
    settings: Settings, *, sns_endpoint: str | None, tracer: Tracer = UNTRACED
) -> None:
    """Serve until SIGTERM or SIGINT; requests in flight finish.

    Raises SchemaOutdated or StoreUnavailable where the store is not ready, ValueError where the address is taken.
    """
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with (
        standing(settings, sns_endpoint=sns_endpoint, tracer=tracer) as ground,
        running(ground) as application,
    ):
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=settings.shutdown_seconds)
        await runner.setup()
        try:
            await listen(runner, settings)
            await stop.wait()
            log.info("stopping")
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
