"""A bad day: ingest and projection for real, processes killed at random, Slack and the database in trouble."""

import asyncio
import contextlib
import json
import random
import signal
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from bot.store import migrate
from sandbox.aws.arns import ACCOUNT
from sandbox.aws.envelopes import Seal
from sandbox.aws.errors import AwsError
from sandbox.aws.sns import TOPIC_ARN
from sandbox.aws.sqs import Queue
from sandbox.sandbox import Sandbox
from sandbox.slack import faults
from sandbox.slack.conversation import Channel
from sandbox.slack.people import BOT_USER
from sandbox.wire import Entry
from tests.chaos.audit import broken_promises
from tests.chaos.bots import Bots, bare_environment
from tests.chaos.clicks import WHO, Clicker, lost
from tests.chaos.plan import Plan, make_plan
from tests.chaos.sns import Sender
from tests.postgres import Postmaster

FAULTS = (
    lambda dice: faults.ratelimited(dice.randint(1, 3)),
    lambda _: faults.http(503),
    lambda _: faults.html(),
    lambda dice: faults.slow(dice.uniform(0.2, 2)),
    lambda _: faults.dropped(after=True),
    lambda _: faults.dropped(after=False),
    lambda _: faults.halved(),
    lambda _: faults.refused("internal_error"),
)
AWS_ACTIONS = ("sqs:ReceiveMessage", "sqs:DeleteMessageBatch", "sqs:*", "ecs:*", "sts:*", "*")
AWS_ERRORS = (
    AwsError("ThrottlingException", "Rate exceeded"),
    AwsError("InternalFailure", "The request processing has failed", 500),
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
    database_every_s: float = 0  # how often the database is in trouble; 0 for never
    hang_every_s: float = 0  # how often a process is stopped for a while; 0 for never


@dataclass
class Day:
    """What happened, for the table and the audit."""

    plan: Plan
    promises_broken: list[str]
    killed: int
    hung: int
    presses: int
    database_troubles: int
    attempts: int
    kept: int
    calls: "Calls"
    settled_s: float


@dataclass
class Calls:
    """What Slack was asked for, and how often it refused because that was too much or because it was told to."""

    made: Counter[str] = field(default_factory=Counter)
    limited: int = 0
    injected: int = 0

    def hear(self, entry: Entry) -> None:
        """Count one line of the sandbox's wire log."""
        if entry.direction == "in" and entry.kind.startswith(("chat.", "conversations.")):
            self.made[entry.kind] += 1
            if entry.status == 429:
                self.limited += 1
                self.injected += "on demand" in entry.note


async def live(size: Size, url: str, dice: random.Random, postmaster: Postmaster | None = None) -> Day:
    """Live through one day on the (empty) store at `url`; `postmaster` runs its server, if it is to be tormented."""
    migrate.upgrade(url)
    plan = make_plan(size.services, size.kills, dice)
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="oom-guard-chaos-")))
        sandbox = await stack.enter_async_context(Sandbox())
        channels = open_channels(sandbox, size.channels)
        calls = Calls()
        sandbox.wire.listeners.append(calls.hear)
        queue = sandbox.world.sqs.create("chaos", {"VisibilityTimeout": "10"})
        bots = Bots.of(_environment(sandbox, url, channels, queue.url), size.bots, folder)
        stack.push_async_callback(bots.stop)
        await bots.start()
        seal = Seal(sandbox.world.sns.signer, "2", sandbox.url)
        sender = Sender(seal, bots.doors, partial(sandbox.world.sqs.send, queue), dice)
        clicker = Clicker(sandbox.slack, bots.doors, dice)
        pressing = asyncio.create_task(clicker.press(channels))
        stack.callback(pressing.cancel)
        havoc = asyncio.create_task(_havoc(size, sandbox, bots, dice))
        troubles = asyncio.create_task(_torment(size, url, postmaster, dice)) if postmaster else None
        hanging = asyncio.create_task(_hang(size, bots, dice))
        sending = asyncio.create_task(sender.send_all(plan.reports, at_once=64, over_s=size.havoc_s))
        await havoc
        troubled = await troubles if troubles else 0
        await hanging
        supervising = asyncio.create_task(bots.supervise())
        stack.callback(supervising.cancel)
        await sending
        sandbox.faults.clear()
        sandbox.world.faults.clear()
        ended = time.monotonic()
        broken = await _settle(plan, url, channels, queue, size.settle_s)
        settled = time.monotonic() - ended
        async with asyncio.timeout(60):
            await clicker.is_taken.wait()
        pressing.cancel()
        broken += await asyncio.to_thread(lost, url, clicker.taken)
        supervising.cancel()
        codes = await bots.stop()
        if bots.revived and postmaster is None:
            broken.append(f"{bots.revived} bots gave up, though their store was there")
        broken += [f"SNS was refused: {why}" for why in sender.refused]
        broken += [f"a bot ended with {code}" for code in codes if code != 0]
        return Day(
            plan,
            broken,
            bots.killed,
            bots.hung,
            len(clicker.taken),
            troubled,
            sender.attempts,
            sender.kept,
            calls,
            settled,
        )


def open_channels(sandbox: Sandbox, count: int) -> list[Channel]:
    """Public channels of which the bot and who presses buttons are members."""
    made = [
        Channel(id=f"C0CHAOS{number:02d}", name=f"chaos-{number}", members=[BOT_USER, WHO])
        for number in range(count)
    ]
    sandbox.slack.workspace.channels.update({channel.id: channel for channel in made})
    return made


def _environment(sandbox: Sandbox, url: str, channels: list[Channel], queue_url: str) -> dict[str, str]:
    routes = [
        {"name": f"service-*{number}", "channel": channels[number % len(channels)].id} for number in range(10)
    ]
    settings = sandbox.environment(0, url) | {"SQS_QUEUE_URLS": queue_url}
    return bare_environment() | settings | {"ROUTES": json.dumps(routes), "SNS_TOPIC_ARNS": TOPIC_ARN}


async def _havoc(size: Size, sandbox: Sandbox, bots: Bots, dice: random.Random) -> None:
    """Until the time is over: kill a process, and disturb Slack and AWS."""
    end = time.monotonic() + size.havoc_s
    while time.monotonic() < end:
        await asyncio.sleep(dice.uniform(0.5, 1.5) * size.kill_every_s)
        for method in ("chat.postMessage", "chat.update", "conversations.history"):
            sandbox.faults.next(method, dice.choice(FAULTS)(dice))
        aws = sandbox.world.faults
        aws.ordered[dice.choice(AWS_ACTIONS)] = (dice.choice(AWS_ERRORS), dice.randint(1, 4))
        aws.hang(ACCOUNT)
        asyncio.get_running_loop().call_later(dice.uniform(0, 3), aws.hanging[ACCOUNT].set)
        await bots.kill_one(dice)


async def _hang(size: Size, bots: Bots, dice: random.Random) -> None:
    """Meanwhile: stop processes for a while, which then go on as if nothing had been."""
    end = time.monotonic() + size.havoc_s
    async with asyncio.TaskGroup() as group:
        while size.hang_every_s and time.monotonic() < end:
            await asyncio.sleep(dice.uniform(0.5, 1.5) * size.hang_every_s)
            group.create_task(bots.hang_one(dice))


async def _torment(size: Size, url: str, postmaster: Postmaster, dice: random.Random) -> int:
    """Meanwhile: cut the database's connections, restart it, or have it crash; how often that was."""
    end, count = time.monotonic() + size.havoc_s, 0
    while time.monotonic() < end:
        await asyncio.sleep(dice.uniform(0.5, 1.5) * size.database_every_s)
        trouble = dice.choice((None, signal.SIGINT, signal.SIGQUIT))
        if trouble is None:
            await asyncio.to_thread(cut_connections, url)
        else:
            await asyncio.to_thread(postmaster.stop, trouble)
            await asyncio.sleep(dice.uniform(0, 2))
            await asyncio.to_thread(postmaster.start)
        count += 1
    return count


def cut_connections(url: str) -> None:
    """What a failing network does to the clients of a PostgreSQL that lives on."""
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with psycopg.connect(
        url.replace("postgresql+psycopg://", "postgresql://"), autocommit=True
    ) as connection:
        connection.execute(others.encode())


async def _settle(
    plan: Plan, url: str, channels: list[Channel], queue: Queue, patience_s: float
) -> list[str]:
    """Wait until nothing is broken any more, or patience ends; what is broken then."""
    deadline = time.monotonic() + patience_s
    while True:
        broken = await asyncio.to_thread(broken_promises, plan, url, roots(channels))
        if queue.messages:
            broken.append(f"{len(queue.messages)} messages are still in the queue")
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
