"""Fixtures: a death in the sandbox's ECS as the bot reads it, and all that is then collected on it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from bot.aws.calls import Calls
from bot.aws.evidence.collecting import Collected, Collector
from bot.aws.evidence.insights import Insights
from bot.aws.message import read_message
from bot.domain.diagnosis.evidence import Source
from bot.domain.kills.death import Death
from bot.domain.kills.verdict import Verdict
from sandbox.aws import scenarios
from sandbox.aws.world import World
from sandbox.clock import ManualClock
from sandbox.wire import Entry, WireLog


@dataclass
class Inquiry:
    """What a test of the readers needs: the world, its clock, and a collector that is new to it."""

    world: World
    clock: ManualClock
    calls: Calls
    wire: WireLog
    seen: int = 0
    queries_at_once: int = 4
    limit_s: float = 8
    events: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Nothing is kept yet."""
        self.world.ecs.emit = self.events.append
        self.anew()

    def anew(self) -> None:
        """Another collector, which knows nothing of the first one."""
        insights = Insights(self.queries_at_once, limit_s=self.limit_s, sleep=self.clock.advance)
        self.collector = Collector(
            self.calls,
            insights,
            clock=self.clock.now,
            history=timedelta(hours=24),
            limit_s=self.limit_s,
        )

    def asked(self, action: str) -> int:
        """How often AWS was asked this since `begin`."""
        return sum(entry.kind == f"aws {action}" for entry in self._entries())

    def queries(self) -> list[str]:
        """The texts of all Logs Insights queries since `begin`."""
        asked = [entry.request for entry in self._entries() if entry.kind == "aws logs:StartQuery"]
        return [one["queryString"] for one in asked]

    def begin(self) -> None:
        """Count calls from now on."""
        self.seen = max((entry.id for entry in self.wire.entries()), default=0)

    def _entries(self) -> list[Entry]:
        return [entry for entry in self.wire.entries() if entry.id > self.seen]

    async def kill(self, scenario: Callable[[World], object] = scenarios.kill) -> Death:
        """Let something be killed; the worst death of the last event that tells of one."""
        scenario(self.world)
        await self.clock.advance(4)
        told = [read_message(json.dumps(event), now=self.clock.now()) for event in reversed(self.events)]
        deaths = [death for one in told for death in one.deaths if death.verdict is not Verdict.NONE]
        return min(deaths, key=lambda death: death.verdict)

    async def on(self, *deaths: Death) -> Collected:
        """All there is on these deaths, newest first."""
        return await self.collector.collect(deaths)

    async def gaps(self, *deaths: Death) -> dict[Source, tuple[str, str]]:
        """By source why it told nothing, and the permission that lacks."""
        found = await self.on(*deaths)
        return {gap.source: (gap.why, gap.permission) for gap in found.evidence.gaps}


@pytest.fixture
def inquiry(world: World, calls: Calls, wire: WireLog) -> Inquiry:
    """Everything is quiet yet."""
    assert isinstance(world.clock, ManualClock)
    return Inquiry(world, world.clock, calls, wire)
