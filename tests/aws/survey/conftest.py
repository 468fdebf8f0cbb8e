"""Fixtures: a surveyor and its helpers before the sandbox's AWS, on a clock that stands still."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.aws.accounts import Place
from bot.aws.calls import Calls
from bot.aws.survey.histories import Histories
from bot.aws.survey.pacing import Pacing
from bot.aws.survey.surveying import Surveyor, Where, Wish
from bot.domain.inspection.history import History
from bot.domain.inspection.running import Fleet, Running
from sandbox.aws.arns import REGION
from sandbox.aws.world import World
from sandbox.clock import ManualClock
from sandbox.wire import WireLog


@dataclass
class View:
    """What a test of the survey needs."""

    world: World
    clock: ManualClock
    calls: Calls
    wire: WireLog

    def pacing(self) -> Pacing:
        """One whose sleeps move the clock."""
        return Pacing(sleep=self.clock.advance, clock=self.clock.time)

    async def fleet(self, cluster: str = "", *, with_tasks: bool = False, **where: Any) -> Fleet:
        """All that runs."""
        whole: dict[str, Any] = {"places": (Place("", REGION),), "has_role": lambda _: True} | where
        surveyor = Surveyor(self.calls, Where(**whole))
        return await surveyor.fleet(self.pacing(), Wish(cluster=cluster, with_tasks=with_tasks))

    async def service(self, name: str) -> Running:
        """One service of the fleet."""
        return next(one for one in (await self.fleet()).running if one.subject.name == name)

    async def histories(self, fleet: Fleet, days: int = 14) -> tuple[list[History], list[str]]:
        """How full they were."""
        histories = Histories(self.calls, self.pacing())
        return await histories.of(fleet.running, now=self.now(), back=timedelta(days=days))

    def now(self) -> datetime:
        """The world's moment."""
        return self.clock.now()

    def asked(self, action: str) -> int:
        """How often AWS was asked this."""
        return sum(entry.kind == f"aws {action}" for entry in self.wire.entries())


@pytest.fixture
def view(world: World, calls: Calls, wire: WireLog) -> View:
    """Everything is quiet yet."""
    assert isinstance(world.clock, ManualClock)
    return View(world, world.clock, calls, wire)
