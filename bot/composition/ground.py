"""The ground: what everything else stands on: the store of the process; settings, threads, connections of a shift."""

import os
import secrets
import socket
from collections.abc import AsyncIterator
from concurrent.futures import Executor
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import aiohttp

from bot.aws.accounts import Accounts
from bot.aws.callers import Callers
from bot.aws.calls import Calls
from bot.aws.traced_calls import TracedCalls
from bot.composition.meters import Meters
from bot.configuration.in_force import InForce
from bot.domain.routing.known_tags import KnownTags
from bot.domain.routing.route import Routes
from bot.language.tongues import Tongues
from bot.reconcile.pace import Pace
from bot.settings import Settings
from bot.store.database import Database
from bot.store.letterbox import LetterBox
from bot.tracing.tracer import UNTRACED, Tracer
from handlers.locales import Locales

_AWS_CALLS_AT_ONCE = 32
_PATIENCE = aiohttp.ClientTimeout(total=10)  # Bolt's and slack_sdk's own does not hold for a shared session


def clock() -> datetime:
    """The one clock of the process: aware UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What stays as it is from the start of a process to its stop."""

    db: Database
    letter_box: LetterBox
    tracer: Tracer
    pace: Pace  # what Slack asked to wait for holds for the next shift, too
    in_force: InForce
    meters: Meters
    emulates_sns: bool  # whether AWS's API of SNS is where SNS_EMULATOR_ORIGIN says


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What everything else of a shift stands on."""

    settings: Settings
    accounts: Accounts
    db: Database
    letter_box: LetterBox
    pace: Pace
    calls: Calls
    session: aiohttp.ClientSession
    meters: Meters
    worker: str
    tracer: Tracer
    tongues: Tongues
    in_force: InForce
    known_tags: KnownTags
    routes: Routes  # they look at the tags that are known by then


@asynccontextmanager
async def opened(settings: Settings, tracer: Tracer, *, emulates_sns: bool) -> AsyncIterator[Base]:
    """Open the store, and close it in the end. Dies early if it is not ready."""
    db = Database.open(settings.database_url)
    try:
        await db.check()
        in_force = InForce(since=clock())
        yield Base(
            db=db,
            letter_box=LetterBox(db),
            tracer=tracer,
            pace=Pace.over(db, clock),
            in_force=in_force,
            meters=Meters.begin(in_force),
            emulates_sns=emulates_sns,
        )
    finally:
        await db.close()
        await tracer.close()


@asynccontextmanager
async def standing(base: Base, settings: Settings) -> AsyncIterator[Ground]:
    """Open threads and connections; close them in reverse."""
    accounts, known = settings.as_accounts(), KnownTags()
    routes = replace(settings.as_routes(), tags_of=known.of) if settings.owner_tags else settings.as_routes()
    sns_endpoint = settings.sns_emulator_origin if base.emulates_sns else None
    pool = Callers(_AWS_CALLS_AT_ONCE)
    try:
        async with aiohttp.ClientSession(timeout=_PATIENCE) as session:
            yield Ground(
                settings=settings,
                accounts=accounts,
                db=base.db,
                letter_box=base.letter_box,
                pace=base.pace,
                calls=_calls(base.tracer, pool, accounts, sns_endpoint),
                session=session,
                meters=base.meters,
                worker=f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}",
                tracer=base.tracer,
                in_force=base.in_force,
                tongues=Tongues(
                    routes, Locales.over(settings.as_slack_keys(), session).of, settings.operator_channel
                ),
                known_tags=known,
                routes=routes,
            )
    finally:
        pool.shutdown()


def _calls(tracer: Tracer, pool: Executor, accounts: Accounts, sns_endpoint: str | None) -> Calls:
    if tracer is UNTRACED:
        return Calls(pool, accounts, sns_emulator=sns_endpoint, clock=clock)
    return TracedCalls(tracer, pool, accounts, sns_emulator=sns_endpoint, clock=clock)
