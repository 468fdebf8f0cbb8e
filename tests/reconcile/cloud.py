"""A cloud: the sandbox's AWS over HTTP, and the reconcilers that reach into it, beside a scene."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.aws.accounts import Accounts
from bot.aws.calls import Calls
from bot.aws.message import read_message
from bot.aws.writing import Subscriptions
from bot.reconcile.confirmations import Confirmations
from bot.reconcile.lookups import Lookups
from bot.store import deliveries, incidents, kills
from bot.store.deliveries import Delivery, Recorded
from bot.store.kills import Kill
from bot.store.ledger import Rules
from sandbox.aws import scenarios
from sandbox.aws.arns import ACCOUNT, REGION
from sandbox.aws.sts import RESIZE_ROLE
from sandbox.aws.tasks import Task
from sandbox.aws.world import World
from sandbox.wire import WireLog
from tests.reconcile.scene import Scene
from tests.sandbox.slack_parts import serve

ACCOUNTS = Accounts(home_region=REGION, resize_role_pattern=RESIZE_ROLE.replace(ACCOUNT, "{account}"))
Event = dict[str, Any]
Pass = Callable[[], Awaitable[bool]]


@dataclass(kw_only=True)
class Cloud:
    """What a test of lookups and confirmations needs. `events` are what ECS told meanwhile."""

    stage: Scene
    world: World
    calls: Calls
    wire: WireLog
    events: list[Event] = field(default_factory=list)

    async def kill(self) -> str:
        """Let ECS kill a task of checkout-api; the ARN of the task, which has stopped."""
        self.events.clear()
        assert scenarios.kill(self.world) is None
        await self.stage.clock.sleep(4)
        return str(self.events[0]["detail"]["taskArn"])

    def task_of(self, service: str) -> Task:
        """A running task of the service."""
        return next(task for task in self.world.ecs.tasks.values() if task.service == service)

    async def tell_in_words(self, task_arn: str) -> Recorded:
        """Deliver what an EventBridge rule with an InputTransformer would say of the task's end."""
        return await self.tell(f"\"Task '{task_arn}' was stopped due to OutOfMemory.\"")

    async def tell(self, message: str) -> Recorded:
        """Deliver a message."""
        self.stage.told += 1
        now = self.stage.clock()
        return await deliveries.record(
            self.stage.db,
            Delivery("topic", f"message-{self.stage.told}", now),
            read_message(message, now=now),
            now,
            Rules(counts=self.stage.routes.counts, reopen_within=timedelta(days=7)),
        )

    async def tell_whole(self) -> Recorded:
        """Deliver ECS's own last event of the task that was killed."""
        return await self.tell(json.dumps(self.events[-1]))

    async def look_up(self, after: float = 0) -> None:
        """Let `after` seconds go by, then look up all that is due."""
        bench, routes = self.stage.bench, self.stage.routes
        lookups = Lookups(bench, self.calls, routes=routes, reopen_within=timedelta(days=7))
        await self._passes(lookups.one_pass, after)

    async def confirm(self, after: float = 0) -> None:
        """Let `after` seconds go by, then confirm all that is due."""
        await self._passes(Confirmations(self.stage.bench, Subscriptions(self.calls)).one_pass, after)

    async def _passes(self, one_pass: Pass, after: float) -> None:
        await self.stage.clock.sleep(after)
        while await one_pass():
            pass

    async def kills(self) -> list[Kill]:
        """All kills that an unfinished incident counts."""
        open_ones = await self.stage.db.read(incidents.unfinished, 100)
        return [kill for one in open_ones for kill in await self.stage.db.read(kills.of_incident, one.id)]

    def asked(self, action: str) -> int:
        """How often AWS was asked this ("ecs:DescribeTasks"), boto3's own retries included."""
        return sum(entry.kind == f"aws {action}" for entry in self.wire.entries())


@asynccontextmanager
async def cloud(
    stage: Scene, point_there: Callable[[str, str], None], keys: tuple[str, str]
) -> AsyncIterator[Cloud]:
    """A world on the scene's clock; `point_there` sets an environment variable for boto3."""
    clock = stage.clock.sandbox
    wire = WireLog(clock)
    world = World(clock, wire)
    async with serve(world.routes()) as world.url:
        point_there("AWS_ENDPOINT_URL", f"{world.url}/aws")
        point_there("AWS_ACCESS_KEY_ID", keys[0])
        point_there("AWS_SECRET_ACCESS_KEY", keys[1])
        await world.start()
        with ThreadPoolExecutor(8) as pool:
            it = Cloud(stage=stage, world=world, calls=Calls(pool, ACCOUNTS, clock=stage.clock), wire=wire)
            world.ecs.emit = it.events.append
            try:
                yield it
            finally:
                await world.close()
