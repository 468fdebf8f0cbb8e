"""The ground: what everything else of a process stands on: settings, store, threads, connections."""

import os
import secrets
import socket
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import aiohttp
from prometheus_client import CollectorRegistry

from bot.aws.accounts import Accounts
from bot.aws.calls import Calls
from bot.aws.traced_calls import TracedCalls
from bot.settings import Settings
from bot.store.database import Database
from bot.tracing.tracer import UNTRACED, Tracer

_AWS_CALLS_AT_ONCE = 32
_PATIENCE = aiohttp.ClientTimeout(total=10)  # Bolt's and slack_sdk's own does not hold for a shared session


def clock() -> datetime:
    """The one clock of the process: aware UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What everything else stands on."""

    settings: Settings
    accounts: Accounts
    db: Database
    calls: Calls
    session: aiohttp.ClientSession
    registry: CollectorRegistry
    worker: str
    tracer: Tracer


@asynccontextmanager
async def standing(
    settings: Settings, *, sns_endpoint: str | None, tracer: Tracer = UNTRACED
) -> AsyncIterator[Ground]:
    """Open store, threads and connections; close them in reverse. Dies early if the store is not ready."""
    db = Database.open(settings.database_url)
    accounts = settings.as_accounts()
    pool = ThreadPoolExecutor(_AWS_CALLS_AT_ONCE, thread_name_prefix="aws")
    try:
        await db.check()
        async with aiohttp.ClientSession(timeout=_PATIENCE) as session:
            yield Ground(
                settings=settings,
                accounts=accounts,
                db=db,
                calls=_calls(tracer, pool, accounts, sns_endpoint),
                session=session,
                registry=CollectorRegistry(),
                worker=f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}",
                tracer=tracer,
            )
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        await db.close()
        await tracer.close()


def _calls(tracer: Tracer, pool: ThreadPoolExecutor, accounts: Accounts, sns_endpoint: str | None) -> Calls:
    if tracer is UNTRACED:
        return Calls(pool, accounts, sns_emulator=sns_endpoint, clock=clock)
    return TracedCalls(tracer, pool, accounts, sns_emulator=sns_endpoint, clock=clock)
