"""A theatre: one sandbox in which workload after workload lives until it dies, and what is then diagnosed of it."""

import json
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from bot.aws.accounts import Accounts
from bot.aws.calls import Calls
from bot.aws.evidence.collecting import Collected, Collector
from bot.aws.evidence.insights import Insights
from bot.aws.message import read_message
from bot.domain.aws.price import fallback
from bot.domain.diagnosis.diagnosis import Diagnosis
from bot.domain.investigation.diagnose import diagnose
from bot.domain.kills.death import Death
from bot.domain.kills.verdict import Verdict
from sandbox.aws.arns import REGION
from sandbox.aws.endpoint import ACCESS_KEY_ID, SECRET_ACCESS_KEY
from sandbox.aws.kinds import KINDS, begin
from sandbox.aws.tasks import Task
from sandbox.aws.workloads import CLUSTER
from sandbox.aws.world import World
from sandbox.clock import ManualClock
from sandbox.wire import WireLog
from tests.sandbox.slack_parts import serve

STEP_S = 30
LONGEST_S = 9 * 3600
_FOR_BOTO3 = ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


@dataclass
class Theatre:
    """A world, and the collector's way into it."""

    world: World
    clock: ManualClock
    calls: Calls
    queries_at_once: int = 4
    events: list[Any] = field(default_factory=list)

    def begin(self) -> None:
        """An empty stage: nothing of an earlier piece runs, is ordered or was told."""
        self.world.ecs.tasks.clear()
        self.world.faults.clear()
        self.world.ecs.loads.clear()
        self.events.clear()
        self.queries_at_once = 4

    def start(self, family: str, started_by: str = "x") -> Task:
        """A new task of a service or family, of its newest revision."""
        service = self.world.ecs.services.get((CLUSTER, family))
        definition = self.world.ecs.definitions.find(family)
        group = f"service:{family}" if service else f"family:{family}"
        by = service.primary.id if service else started_by
        task = self.world.ecs.new_task(CLUSTER, definition, group, by)
        self.world.ecs.run(task)
        return task

    def kind(self, kind: str, *, is_young: bool = False) -> None:
        """The sandbox's workload of that kind; `is_young`: it has just started."""
        if (CLUSTER, KINDS[kind].name) not in self.world.ecs.services:
            begin(self.world.ecs, kind)
        if is_young:
            self.world.ecs.tasks.clear()
            self.world.ecs.judge(self.start(KINDS[kind].name))

    async def live(self, family: str) -> list[Death]:
        """Until something of the family has died: see `told_of`."""
        for _ in range(LONGEST_S // STEP_S):
            if self.told_of(family):
                break
            self.world.ecs.advance(STEP_S)
            self.world.instances.squeeze()
            await self.clock.advance(STEP_S)
        await self.clock.advance(10)
        return self.told_of(family)

    def told_of(self, family: str) -> list[Death]:
        """All deaths of it so far, newest first, of each task the worst."""
        worst: dict[str, Death] = {}
        for event in self.events:
            for death in read_message(json.dumps(event), now=self.clock.now()).deaths:
                known = worst.get(death.task_arn)
                if death.group_key.name != family or death.verdict is Verdict.NONE:
                    continue
                if known is None or death.verdict.severity <= known.verdict.severity:
                    worst[death.task_arn] = death
        return sorted(worst.values(), key=lambda one: one.died_at, reverse=True)

    async def collected(self, *deaths: Death) -> Collected:
        """The evidence on the newest death and its like, with fresh eyes."""
        insights = Insights(self.queries_at_once, sleep=self.clock.advance)
        collector = Collector(self.calls, insights, clock=self.clock.now, history=timedelta(hours=24))
        alike = [death for death in deaths if death.group_key == deaths[0].group_key]
        return await collector.collect(alike)

    async def diagnosis(self, *deaths: Death) -> Diagnosis:
        """What that says."""
        collected = await self.collected(*deaths)
        return diagnose(collected.evidence, fallback(REGION), now=self.clock.now())

    async def of(self, family: str, act: Callable[[], object]) -> Diagnosis:
        """The diagnosis of the first to die once this is done."""
        self.begin()
        act()
        return await self.diagnosis(*await self.live(family))


@asynccontextmanager
async def theatre() -> AsyncIterator[Theatre]:
    """A world of its own, for as many pieces as one likes."""
    clock = ManualClock()
    world = World(clock, WireLog(clock))
    async with serve(world.routes()) as world.url:
        keys = (f"{world.url}/aws", ACCESS_KEY_ID, SECRET_ACCESS_KEY)
        with (
            patch.dict("os.environ", dict(zip(_FOR_BOTO3, keys, strict=True))),
            ThreadPoolExecutor(8) as pool,
        ):
            it = Theatre(world, clock, Calls(pool, Accounts(home_region=REGION)))
            world.ecs.emit = it.events.append
            yield it
            await world.close()
