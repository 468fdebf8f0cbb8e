"""Killed resizes: the process dies after any call to AWS and after any commit, and the next one finishes what it left.

What was under way is cut off at the moment when its effect is there and its answer is not: that is where kill -9 hurts.
Here it is a task, on a clock that stands still; in tests/chaos/graveyard.py they are processes and real SIGKILLs.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from random import Random

import pytest
import structlog

from bot.aws.resizing import tags
from bot.domain.plan.plan import Change, ContainerChange, Plan, Target, TargetKind
from bot.domain.resize.resize import Resize, ResizePhase
from bot.reconcile import leases
from bot.store import resize_decisions
from bot.store.resize_decisions import Will
from sandbox.wire import Entry
from tests.reconcile.cloud import Cloud
from tests.reconcile.resizing import APPROVER, Workshop, family, service

RUNS = 20
NAME, JOB = "search", "nightly-report"
PIN = f"schedule default/{JOB}-eu"


@dataclass
class Reaper:
    """Kills its victim after so many calls to AWS and commits together, or after so many calls that change AWS."""

    left: int = 0
    changes_left: int = 0
    victim: asyncio.Task[Resize] | None = None

    def lie_in_wait(self, chance: Random) -> None:
        """Choose the moment."""
        is_at_change = chance.random() < 0.5
        self.changes_left = chance.randrange(1, 4) if is_at_change else 0
        self.left = 0 if is_at_change else chance.randrange(1, 60)

    def rest(self) -> None:
        """Kill nobody."""
        self.left = self.changes_left = 0

    def committed(self) -> None:
        """Something was written to the store, and nobody knows it yet."""
        self.left -= 1
        self._strike(self.left)

    def called(self, entry: Entry) -> None:
        """AWS did something; its answer is still to be sent."""
        self.committed()
        if entry.kind.partition(":")[2].startswith(("Register", "Update", "Stop")):
            self.changes_left -= 1
            self._strike(self.changes_left)

    def _strike(self, left: int) -> None:
        if left == 0 and self.victim is not None:
            self.victim.cancel()


@dataclass
class Mortuary:
    """A workshop whose processes die at random."""

    shop: Workshop
    reaper: Reaper
    chance: Random

    async def survive(self, resize_id: int, deaths: int) -> Resize:
        """The resize as it ends, after so many deaths at most."""
        while True:
            self.reaper.rest()
            if deaths:
                self.reaper.lie_in_wait(self.chance)
            self.reaper.victim = asyncio.create_task(self.shop.to_end(resize_id, 3 * 3600))
            try:
                return await self.reaper.victim
            except asyncio.CancelledError:
                deaths -= 1
                await self._begin_anew()

    async def until(self, work: Awaitable[Resize]) -> None:
        """Let it come so far, or die on the way."""
        self.reaper.lie_in_wait(self.chance)
        self.reaper.victim = asyncio.ensure_future(work)
        try:
            await self.reaper.victim
        except asyncio.CancelledError:
            await self._begin_anew()

    async def _begin_anew(self) -> None:
        self.reaper.rest()
        self.shop.worker = f"{self.shop.worker.partition(' ')[0]} {self.chance.random()}"
        self.shop.anew()
        if self.chance.random() < 0.7:
            await leases.take_over(self.shop.aws.stage.db)
        else:
            await self.shop.aws.stage.clock.sleep(181)  # till the dead one's lease has ended


@pytest.fixture
async def mortuary(aws: Cloud, request: pytest.FixtureRequest) -> AsyncIterator[Mortuary]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    reaper = Reaper()
    aws.wire.listeners.append(reaper.called)
    aws.stage.db.on_commit(reaper.committed)
    yield Mortuary(Workshop(aws=aws), reaper, Random(request.node.name))
    structlog.reset_defaults()


def plan_for(shop: Workshop) -> Plan:
    """The service's task from 2 GiB to 4 or back."""
    now = shop.service(NAME).primary.definition
    old = int(now["memory"])
    new = 4096 if old == 2048 else 2048
    change = Change(
        revision_arn=now["taskDefinitionArn"],
        containers=(ContainerChange(name=NAME, old_memory_mib=None, new_memory_mib=None),),
        task_memory_mib=(old, new),
        cpu=(1024, 1024),
    )
    return Plan(target=Target(kind=TargetKind.SERVICE, subject=service(NAME)), container=NAME, change=change)


def plan_for_pin(shop: Workshop) -> Plan:
    """The job's likewise."""
    target = shop.aws.world.scheduler.schedules[f"{JOB}-eu"]["Target"]
    now = shop.aws.world.ecs.definitions.find(target["EcsParameters"]["TaskDefinitionArn"])
    old = int(now["memory"])
    new = 4096 if old == 2048 else 2048
    change = Change(
        revision_arn=now["taskDefinitionArn"],
        containers=(ContainerChange(name="report", old_memory_mib=None, new_memory_mib=None),),
        task_memory_mib=(old, new),
        cpu=(512, 512),
    )
    pinned = Target(kind=TargetKind.SCHEDULE, subject=family(JOB), pins=(PIN,))
    return Plan(target=pinned, container="report", change=change)


def made(shop: Workshop, resize: Resize) -> list[str]:
    """The revisions that bear the mark of this resize."""
    definitions = shop.aws.world.ecs.definitions
    mark = {"key": tags.RESIZE, "value": tags.mark(resize)}
    return [
        arn for family in (NAME, JOB) for arn in definitions.arns(family) if mark in definitions.tags(arn)
    ]


def names_now(shop: Workshop, resize: Resize) -> str:
    """The revision that the target names."""
    if resize.spec.plan.target.kind is TargetKind.SERVICE:
        return str(shop.service(NAME).primary.definition["taskDefinitionArn"])
    target = shop.aws.world.scheduler.schedules[f"{JOB}-eu"]["Target"]
    return str(target["EcsParameters"]["TaskDefinitionArn"])


def check(shop: Workshop, resize: Resize, revisions_before: int) -> None:
    """One revision at most, nothing but it was added, and what it says is true of AWS."""
    mine, change = made(shop, resize), resize.spec.plan.change
    assert change is not None
    assert len(mine) <= 1
    assert shop.revisions(NAME) + shop.revisions(JOB) == revisions_before + len(mine)
    if resize.status.phase is ResizePhase.PROVEN:
        assert [names_now(shop, resize)] == mine
    else:
        assert resize.status.phase in (ResizePhase.ROLLED_BACK, ResizePhase.CANCELLED), resize.status
        assert names_now(shop, resize) == change.revision_arn


def alone(shop: Workshop) -> None:
    """What else there is in the cluster takes time."""
    ecs = shop.aws.world.ecs
    for key in [key for key in ecs.services if key[1] != NAME]:
        del ecs.services[key]
    for arn in [arn for arn, task in ecs.tasks.items() if task.service != NAME]:
        del ecs.tasks[arn]


async def ask_rollback(shop: Workshop, resize_id: int) -> None:
    will = Will(resize_id=resize_id, by=APPROVER, at=shop.aws.stage.clock())
    await shop.aws.stage.db.write(resize_decisions.ask_rollback, will)


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("seed", range(3))
async def test_wherever_it_dies_there_is_one_revision_and_an_end(mortuary: Mortuary, seed: int) -> None:
    shop, chance = mortuary.shop, mortuary.chance
    alone(shop)
    for _ in range(RUNS):
        plan = chance.choice((plan_for, plan_for, plan_for_pin))(shop)
        before = shop.revisions(NAME) + shop.revisions(JOB)
        resize_id = await shop.agreed(plan, watch_s=30.0)
        if plan.target.pins or chance.random() < 0.3:  # of a job nothing is proven before it has run
            phase = chance.choice((ResizePhase.REGISTERING, ResizePhase.DEPLOYING, ResizePhase.WATCHING))
            while not (await shop.get(resize_id)).status.phase.has_changed_aws:
                await mortuary.until(shop.to(resize_id, phase))
            await ask_rollback(shop, resize_id)
        check(shop, await mortuary.survive(resize_id, chance.choice((1, 1, 2, 3))), before)
