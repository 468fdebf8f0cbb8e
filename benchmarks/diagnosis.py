"""Diagnosis: how soon an incident is diagnosed when AWS takes 100 ms a call, and what a storm asks of AWS."""

import asyncio
import json
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any, cast
from unittest.mock import patch

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from prometheus_client import CollectorRegistry
from sqlalchemy import Connection, func, select, update

from benchmarks.plan import Plan
from benchmarks.table import Table
from bot.aws.accounts import Accounts
from bot.aws.calls import Calls
from bot.aws.evidence.collecting import Collector
from bot.aws.evidence.insights import Insights
from bot.aws.evidence.pricing import PriceList
from bot.aws.message import read_message
from bot.language.tongues import Tongues
from bot.reconcile.bench import Bench
from bot.reconcile.examiner import Examiner
from bot.reconcile.investigations import Investigations
from bot.reconcile.metrics import Metrics
from bot.store import deliveries, incidents, migrate
from bot.store.database import Database
from bot.store.deliveries import Delivery
from bot.store.investigation_tables import investigations
from bot.store.ledger import Rules
from bot.store.schema import notices
from bot.tracing.tracer import UNTRACED, Tracer
from sandbox.aws import scenarios
from sandbox.aws.arns import REGION
from sandbox.aws.curves import Curve
from sandbox.aws.endpoint import ACCESS_KEY_ID, SECRET_ACCESS_KEY
from sandbox.aws.lives import Lives
from sandbox.aws.workloads import Part, Workload, run
from sandbox.aws.world import World
from sandbox.clock import SystemClock
from sandbox.wire import WireLog

CALL_S = 0.1
_IDLE_S = 5.0
_SPEED = 20.0  # a task that is killed has stopped within four seconds of its own time
_AT_ONCE = 4  # as the settings have it
_FOR_BOTO3 = ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


@dataclass(frozen=True, slots=True)
class _Reconciler:
    """All that investigations need of a bench: no Slack."""

    db: Database
    metrics: Metrics
    worker: str
    clock: Callable[[], datetime]
    tracer: Tracer = UNTRACED
    tongues: Tongues = field(default_factory=Tongues)


@dataclass(slots=True)
class Scene:
    """A world that takes its time, a store, and what the world was asked."""

    world: World
    db: Database
    reconciler: Investigations
    asked: Counter[str]
    told: list[dict[str, Any]]
    heard: int = 0

    async def hear_of(self, count: int) -> None:
        """Record what ECS tells until so many incidents are open."""
        while len(await self.db.read(incidents.unfinished, 1000)) < count:
            await asyncio.sleep(0.05)
            await self._record()

    async def _record(self) -> None:
        new, self.heard = self.told[self.heard :], len(self.told)
        for number, event in enumerate(new):
            now = datetime.now(UTC)
            assessment = read_message(json.dumps(event), now=now)
            delivery = Delivery("topic", f"{self.heard}/{number}", now)
            await deliveries.record(
                self.db,
                delivery,
                assessment,
                now,
                Rules(counts=lambda death: death.verdict.is_kill, reopen_within=timedelta(days=7)),
            )

    async def fold(self) -> None:
        """Have one storm tell of all of them, as it would of so many."""
        await self.db.write(_fold)

    async def diagnose(self, count: int) -> float:
        """Investigate until so many incidents have a diagnosis: seconds."""
        began = time.perf_counter()
        while await self.db.read(_diagnosed) < count:
            await self.reconciler.one_pass()
        return time.perf_counter() - began


def _fold(conn: Connection) -> None:
    conn.execute(update(notices).values(is_folded=True))


def _diagnosed(conn: Connection) -> int:
    return conn.execute(select(func.count(investigations.c.made_at))).scalar_one()


def diagnosis(plan: Plan) -> Table:
    """Alone, again, and in a storm."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    try:
        return asyncio.run(_diagnosis(plan))
    finally:
        structlog.reset_defaults()


async def _diagnosis(plan: Plan) -> Table:
    table = Table("Diagnosis", ["what", "figure"])
    async with _scene(plan) as scene:
        await scene.reconciler.one_pass()
        await asyncio.sleep(_IDLE_S)
        first, *later = await _one_by_one(scene, ("kill", "sidecar", "suspected"))
        table.add("first incident of a process, s", first.seconds)
        table.add("of these the processor's, which other work on the machine stretches", first.busy_s)
        table.add("later incidents of other services, median s", median(one.seconds for one in later))
        table.add("of these the processor's", median(one.busy_s for one in later))
        table.add("AWS calls of one, median", median(one.calls for one in (first, *later)))
    services = plan.diagnosed_services
    async with _scene(plan) as scene:
        _break_loose(scene.world, services)
        await scene.hear_of(services)
        await scene.fold()
        took_s = await scene.diagnose(services)
        table.add(f"storm of {services} services until the last is diagnosed, s", took_s)
        table.add("AWS calls per incident in the storm", sum(scene.asked.values()) / services)
        for action, number in scene.asked.most_common(4):
            table.add(f"of these {action}", number / services)
    table.notes += [
        f"AWS is the sandbox, {CALL_S * 1000:.0f} ms slower a call, 300 ms a query of Logs Insights.",
        "It runs in the same process: the storm's time is mostly its own computing, and the processor's seconds are its too.",
        f"{_AT_ONCE} incidents side by side, twice as many of the storm, from the recorded kill to the stored diagnosis, which wakes Slack's part.",
        "The process has been idle for a moment before the first incident: then boto3's clients are made.",
    ]
    return table


def _break_loose(world: World, services: int) -> None:
    """So many young services lose their task at once; nothing else lives, or the sandbox would compute for ever."""
    world.ecs.tasks.clear()
    world.ecs.services.clear()
    world.ecs.lives = Lives(world.logs, world.ecs.curve)
    part = Part("app", None, Curve("steady", 200, 200))
    for number in range(services):
        run(world.ecs, Workload(f"storm-{number:03d}", 256, 512, (part,), age_s=1800))
    for task in list(world.ecs.tasks.values()):
        world.ecs.kill(task, task.container("app"))


@dataclass(frozen=True, slots=True)
class Alone:
    """One investigation with nothing beside it: seconds until it is stored, the processor's part of them, AWS calls."""

    seconds: float
    busy_s: float
    calls: int


async def _one_by_one(scene: Scene, names: Sequence[str]) -> list[Alone]:
    acts = {one.name: one.act for one in scenarios.SCENARIOS}
    found = []
    for number, name in enumerate(names, 1):
        acts[name](scene.world)
        await scene.hear_of(number)
        before, busy = sum(scene.asked.values()), time.process_time()
        seconds = await scene.diagnose(number)
        calls = sum(scene.asked.values()) - before
        found.append(Alone(seconds, time.process_time() - busy, calls))
    return found


@asynccontextmanager
async def _scene(plan: Plan) -> AsyncIterator[Scene]:
    asked: Counter[str] = Counter()
    told: list[dict[str, Any]] = []
    clock = SystemClock()
    world = World(clock, WireLog(clock), speed=_SPEED)
    with tempfile.TemporaryDirectory(dir=plan.cache) as folder, ThreadPoolExecutor(32) as pool:
        url = f"sqlite:///{Path(folder) / 'diagnosis.db'}"
        migrate.upgrade(url)
        async with _served(world, asked) as world.url:
            keys = (f"{world.url}/aws", ACCESS_KEY_ID, SECRET_ACCESS_KEY)
            with patch.dict("os.environ", dict(zip(_FOR_BOTO3, keys, strict=True))):
                world.ecs.emit = told.append
                db = Database.open(url)
                try:
                    yield Scene(world, db, _investigations(db, pool), asked, told)
                finally:
                    await db.close()
                    await world.close()


def _investigations(db: Database, pool: ThreadPoolExecutor) -> Investigations:
    def now() -> datetime:
        return datetime.now(UTC)

    calls = Calls(pool, Accounts(home_region=REGION))
    collector = Collector(calls, Insights(4), clock=now, history=timedelta(hours=24))
    examiner = Examiner(db, PriceList(calls, clock=now), clock=now)
    bench = cast("Bench", _Reconciler(db, Metrics(CollectorRegistry()), "benchmark", now))
    return Investigations(bench, collector, examiner.examine, at_once=_AT_ONCE, ready_in=REGION)


@asynccontextmanager
async def _served(world: World, asked: Counter[str]) -> AsyncIterator[str]:
    @web.middleware
    async def take_time(request: web.Request, handler: Handler) -> web.StreamResponse:
        target = request.headers.get("X-Amz-Target", "").rpartition(".")[2]
        form = (await request.read()).decode(errors="replace")
        asked[target or form.partition("Action=")[2].partition("&")[0] or request.path] += 1
        await asyncio.sleep(CALL_S)
        return await handler(request)

    application = web.Application(middlewares=[take_time])
    application.add_routes(world.routes())
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    try:
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()
