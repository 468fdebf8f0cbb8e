"""Running: the whole bot on its ground, doors before loops at the end, the reverse at the start."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from bot.composition.doors import build_desk, build_sns_door
from bot.composition.ground import Ground, clock
from bot.composition.loops import build_loops
from bot.reconcile import leases
from handlers import slack
from handlers.health import Health
from handlers.patience import LIMITS, Patience

LAST_PASS_S = 5.0  # with SHUTDOWN_SECONDS it fits into the 30 s that ECS gives a stopping task


@asynccontextmanager
async def running(ground: Ground) -> AsyncIterator[web.Application]:
    """The whole bot with its loops running. At the end the doors close first, then the loops finish their pass."""
    desk, door, settings, patience = build_desk(ground), build_sns_door(ground), ground.settings, Patience()
    answering = slack.build_answering(desk)
    loops = build_loops(ground, answering.shared)
    people = slack.SlackDoor(settings.as_slack_keys(), desk, answering, ground.session)
    emulator = settings.sns_emulator_origin
    warning = {"warning": f"SNS messages of {emulator} are believed"} if emulator else {}
    health = Health(
        ground.db,
        ground.registry,
        loops=lambda: {loop.name: loop.is_alive() for loop in loops},
        remarks=lambda: people.remarks() | warning,
        clock=clock,
    )
    application = web.Application(middlewares=[patience.wait], **LIMITS)
    application.add_routes([*door.routes(), *people.routes(), *health.routes()])
    application.on_shutdown.extend([door.close, patience.end])
    await leases.take_over(ground.db)
    for loop in loops:
        loop.start()
    people.open()
    try:
        yield application
    finally:
        await people.close(LAST_PASS_S)
        await asyncio.gather(*(loop.stop(LAST_PASS_S) for loop in loops))
        await leases.release(ground.db, ground.worker)
