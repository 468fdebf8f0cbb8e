"""Storm: thousands of kills in a minute against the sandbox's strict Slack; how soon every channel tells the truth."""

import asyncio
import contextlib
import json
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.letters import Place, killed
from benchmarks.plan import Plan
from benchmarks.process import SERVER_CORE, Server, Start, as_in_the_image, free_port, running
from benchmarks.table import Table
from bot.store import migrate
from sandbox.aws.sns import TOPIC_ARN
from sandbox.sandbox import Sandbox
from sandbox.slack.conversation import Channel
from sandbox.slack.people import BOT_USER
from sandbox.wire import Entry

SERVICES, CHANNELS = 200, 10
_SETTLED_S = 5.0  # by then what the first investigation needs is loaded
_UNSHOWN = "SELECT count(*) FROM notices WHERE observed_generation < generation"
_KILLS = "SELECT count(*) FROM kills"
_ROOTS = "SELECT channel, ts FROM notices WHERE ts <> ''"


@dataclass(slots=True)
class Calls:
    """What Slack was asked for: how often each method, and how often it refused."""

    made: Counter[str] = field(default_factory=Counter)
    limited: int = 0
    refused: int = 0

    def hear(self, entry: Entry) -> None:
        """Count one line of the sandbox's wire log."""
        if entry.direction == "in" and entry.kind.startswith(("chat.", "conversations.", "files.")):
            self.made[entry.kind] += 1
            self.limited += entry.status == 429
            self.refused += entry.status != 429 and entry.level == "error"


@dataclass(frozen=True, slots=True)
class Weathered:
    """How the storm went by."""

    calls: Calls
    recorded_s: float  # from the first kill until the store had all of them
    true_s: float | None  # from the first kill until nothing was left to show
    kills: int
    roots: int
    lost_roots: int  # the store names them and Slack has them not
    idle_mib: float  # before the first kill
    peak_mib: float


def storm(plan: Plan) -> Table:
    """One storm."""
    went = asyncio.run(_storm(plan))
    kills, seconds = plan.storm_kills, plan.storm_seconds
    title = (
        f"Storm: {kills:,} kills of {SERVICES} services in {seconds:g} s, {CHANNELS} channels, strict Slack"
    )
    table = Table(title, ["what", "figure", "aim"])
    floor = seconds + SERVICES / CHANNELS
    table.add("kills in the store", went.kills, f"{kills:,}")
    table.add("stored, s after the first kill", f"{went.recorded_s:.0f}", "–")
    for method, count in sorted(went.calls.made.items()):
        table.add(f"calls of {method}", count, "–")
    table.add("429s received", went.calls.limited, "0")
    table.add("other refusals", went.calls.refused, "0")
    shown = f"not within {plan.storm_patience_s:g}" if went.true_s is None else f"{went.true_s:.0f}"
    table.add("every channel tells the truth, s after the first kill", shown, f"≤ {1.5 * floor:.0f}")
    table.add(
        "messages that show something, of them missing in Slack",
        f"{went.roots}, {went.lost_roots}",
        "0 missing",
    )
    table.add("memory before the first kill, MiB", f"{went.idle_mib:.0f}", "< 150")
    table.add("peak memory, MiB", f"{went.peak_mib:.0f}", "< 150")
    table.notes += [
        (
            f"The aim: {floor:.0f} s is the least that one call a second and channel allows where each service has a "
            f"message of its own ({seconds:g} s of storm, then the last state of {SERVICES // CHANNELS} services a channel), "
            "times 1.5. Slack's limits of 50 updates and some 300 posts a minute for the whole workspace, which the "
            "sandbox holds too, would allow less."
        ),
        "The truth is told when the store has every kill and no notice has a newer state than Slack was shown.",
    ]
    return table


async def _storm(plan: Plan) -> Weathered:
    calls = Calls()
    with tempfile.TemporaryDirectory(prefix="oom-guard-storm-") as name:
        file = Path(name) / "storm.db"
        async with Sandbox() as sandbox, _bot(sandbox, file) as server:
            sandbox.wire.listeners.append(calls.hear)
            await asyncio.sleep(min(_SETTLED_S, plan.storm_seconds))
            idle_mib = server.resident_mib()
            began = time.monotonic()
            publishing = asyncio.create_task(_publish(plan, sandbox))
            recorded_s, true_s = await _until_true(plan, file, began)
            await publishing
            roots = _rows(file, _ROOTS)
            lost = sum(not _is_there(sandbox, channel, ts) for channel, ts in roots)
            kills = int(_rows(file, _KILLS)[0][0])
            return Weathered(calls, recorded_s, true_s, kills, len(roots), lost, idle_mib, server.peak_mib())


@contextlib.asynccontextmanager
async def _bot(sandbox: Sandbox, file: Path) -> AsyncIterator[Server]:
    """The bot, subscribed, with a route for each of the channels."""
    routes = []
    for number in range(CHANNELS):
        channel = Channel(id=f"C0STORM{number}", name=f"storm-{number}", members=[BOT_USER], created=0)
        sandbox.slack.workspace.channels[channel.id] = channel
        routes.append({"name": f"bench-*{number}", "channel": channel.id})
    url, port = f"sqlite:///{file}", free_port()
    migrate.upgrade(url)
    settings = {
        **sandbox.environment(port, url),
        "HOST": "127.0.0.1",
        "ROUTES": json.dumps(routes),
        "PATH": "/usr/bin:/bin",
        **as_in_the_image(file.parent),
    }
    start = Start([sys.executable, "app.py", "serve"], settings, cores=frozenset({SERVER_CORE}))
    context = running(start, file.parent, port)
    server = await asyncio.to_thread(context.__enter__)
    try:
        sandbox.subscribe(f"http://127.0.0.1:{port}/sns")
        while not all(one.confirmed for one in sandbox.world.sns.subscriptions()):  # noqa: ASYNC110 -- the sandbox tells nobody
            await asyncio.sleep(0.05)
        yield server
    finally:
        await asyncio.to_thread(context.__exit__, None, None, None)


async def _publish(plan: Plan, sandbox: Sandbox) -> None:
    """Publish the kills at an even rate, the services in turn."""
    began = time.monotonic()
    for number in range(plan.storm_kills):
        at = began + number * plan.storm_seconds / plan.storm_kills
        await asyncio.sleep(max(0.0, at - time.monotonic()))
        event = killed(Place(f"bench-{number % SERVICES:03}"), datetime.now(UTC))
        sandbox.world.sns.publish(TOPIC_ARN, json.dumps(event, separators=(",", ":")))


async def _until_true(plan: Plan, file: Path, began: float) -> tuple[float, float | None]:
    """Seconds until all kills were stored, and until nothing was left to show; None where that took too long."""
    recorded_s = 0.0
    while (passed := time.monotonic() - began) < plan.storm_seconds + plan.storm_patience_s:
        await asyncio.sleep(0.25)
        if (await asyncio.to_thread(_rows, file, _KILLS))[0][0] < plan.storm_kills:
            recorded_s = passed
        elif (await asyncio.to_thread(_rows, file, _UNSHOWN))[0][0] == 0:
            return recorded_s, passed
    return recorded_s, None


def _is_there(sandbox: Sandbox, channel: str, ts: str) -> bool:
    found = sandbox.slack.workspace.channels[channel].messages.get(ts)
    return found is not None and not found.deleted


def _rows(file: Path, query: str) -> list[Any]:
    with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=30)) as connection:
        return connection.execute(query).fetchall()
