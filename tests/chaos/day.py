"""A bad day: ingest and projection for real, processes killed at random, Slack and the database in trouble."""

import asyncio
import contextlib
import json
import random
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from bot.store import migrate
from sandbox.aws.envelopes import Seal
from sandbox.aws.sns import TOPIC_ARN
from sandbox.sandbox import Sandbox
from sandbox.slack import faults
from sandbox.slack.conversation import Channel
from sandbox.slack.people import BOT_USER
from tests.chaos.audit import broken_promises
from tests.chaos.bots import Bots, bare_environment
from tests.chaos.plan import Plan, make_plan
from tests.chaos.sns import Sender

FAULTS = (
    lambda dice: faults.ratelimited(dice.randint(1, 3)),
    lambda _: faults.http(503),
    lambda _: faults.html(),
    lambda dice: faults.slow(dice.uniform(0.2, 2)),
    lambda _: faults.dropped(after=True),
    lambda _: faults.dropped(after=False),
    lambda _: faults.refused("internal_error"),
)


@dataclass(frozen=True, kw_only=True)
class Size:
    """How bad a day: seconds of havoc, and how much of everything."""

    services: int
    channels: int
    kills: int
    bots: int
    havoc_s: float
    kill_every_s: float
    settle_s: float
    cut_database: bool = False


@dataclass
class Day:
    """What happened, for the table and the audit."""

    plan: Plan
    promises_broken: list[str]
    killed: int
    attempts: int
    slack_calls: Counter[str] = field(default_factory=Counter)
    rate_limited: int = 0
    settled_s: float = 0.0
    exit_codes: list[int | None] = field(default_factory=list)


async def live(size: Size, url: str, dice: random.Random) -> Day:
    """Live through one day on the (empty) store at `url`."""
    migrate.upgrade(url)
    plan = make_plan(size.services, size.kills, dice)
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="oom-guard-chaos-")))
        sandbox = await stack.enter_async_context(Sandbox())
        channels = open_channels(sandbox, size.channels)
        bots = Bots.of(_environment(sandbox, url, channels), size.bots, folder)
        stack.push_async_callback(bots.stop)
        await bots.start()
        sender = Sender(Seal(sandbox.world.sns.signer, "2", sandbox.url), bots.doors, dice)
        havoc = asyncio.create_task(_havoc(size, sandbox, bots, url, dice))
        await sender.send_all(plan.reports, at_once=64, over_s=size.havoc_s)
        await havoc
        sandbox.faults.clear()
        ended = time.monotonic()
        broken = await _settle(plan, url, channels, size.settle_s)
        settled = time.monotonic() - ended
        codes = await bots.stop()
        broken += [f"SNS was refused: {why}" for why in sender.refused]
        broken += [f"a bot ended with {code}" for code in codes if code != 0]
        calls = Counter(entry.kind for entry in sandbox.wire.entries() if entry.direction == "in")
        limited = sum(entry.status == 429 for entry in sandbox.wire.entries())
        return Day(plan, broken, bots.killed, sender.attempts, calls, limited, settled, codes)


def open_channels(sandbox: Sandbox, count: int) -> list[Channel]:
    """Public channels of which the bot is a member."""
    made = [
        Channel(id=f"C0CHAOS{number:02d}", name=f"chaos-{number}", members=[BOT_USER])
        for number in range(count)
    ]
    sandbox.slack.workspace.channels.update({channel.id: channel for channel in made})
    return made


def _environment(sandbox: Sandbox, url: str, channels: list[Channel]) -> dict[str, str]:
    routes = [
        {"name": f"service-*{number}", "channel": channels[number % len(channels)].id} for number in range(10)
    ]
    settings = sandbox.environment(0, url)
    return bare_environment() | settings | {"ROUTES": json.dumps(routes), "SNS_TOPIC_ARNS": TOPIC_ARN}


async def _havoc(size: Size, sandbox: Sandbox, bots: Bots, url: str, dice: random.Random) -> None:
    """Until the time is over: kill a process, disturb Slack, now and then cut the database's connections."""
    end = time.monotonic() + size.havoc_s
    while time.monotonic() < end:
        await asyncio.sleep(dice.uniform(0.5, 1.5) * size.kill_every_s)
        for method in ("chat.postMessage", "chat.update", "conversations.history"):
            sandbox.faults.next(method, dice.choice(FAULTS)(dice))
        await bots.kill_one(dice)
        if size.cut_database and dice.random() < 0.3:
            await asyncio.to_thread(cut_connections, url)


def cut_connections(url: str) -> None:
    """What a restarting PostgreSQL does to its clients."""
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with psycopg.connect(
        url.replace("postgresql+psycopg://", "postgresql://"), autocommit=True
    ) as connection:
        connection.execute(others.encode())


async def _settle(plan: Plan, url: str, channels: list[Channel], patience_s: float) -> list[str]:
    """Wait until nothing is broken any more, or patience ends; what is broken then."""
    deadline = time.monotonic() + patience_s
    while True:
        broken = await asyncio.to_thread(broken_promises, plan, url, roots(channels))
        if not broken or time.monotonic() > deadline:
            return broken
        await asyncio.sleep(0.5)


def roots(channels: list[Channel]) -> list[Any]:
    """Messages in the channels themselves."""
    return [
        one
        for channel in channels
        for one in channel.messages.values()
        if one.thread_ts in (None, one.ts) and not one.deleted
    ]
