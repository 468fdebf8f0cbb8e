"""A workshop: resizes planned from what the sandbox's AWS shows, and carried out, on a clock that the test moves."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from bot.aws.evidence.insights import Insights
from bot.aws.evidence.pricing import PriceList
from bot.aws.resizing import facts
from bot.aws.resizing.facts import Sources
from bot.aws.resizing.peaks import Peaks
from bot.domain.plan import amount, planning
from bot.domain.plan.plan import Plan
from bot.domain.plan.resize_facts import Facts, Wish
from bot.domain.policy.policy import Policy
from bot.domain.resize.resize import Resize, ResizePhase, Spec
from bot.domain.subject.group_key import OwnerKind
from bot.domain.subject.subject import Subject
from bot.reconcile.resizes import Resizes
from bot.store import audit_trail, resizes
from sandbox.aws.arns import ACCOUNT, REGION
from sandbox.aws.services import Service
from tests.reconcile.cloud import Cloud

ASKER, APPROVER = "U0ALICE", "U0BOB"
WATCH_S = 900.0


def service(name: str) -> Subject:
    """A service of the sandbox's cluster."""
    return Subject(ACCOUNT, REGION, "prod", OwnerKind.SERVICE, name)


def family(name: str) -> Subject:
    """What a schedule runs there."""
    return Subject(ACCOUNT, REGION, "prod", OwnerKind.FAMILY, name)


def job(name: str) -> Subject:
    """A Batch job definition."""
    return Subject(ACCOUNT, REGION, "genomics", OwnerKind.JOB, name)


@dataclass(kw_only=True)
class Workshop:
    """Plans and carries out."""

    aws: Cloud
    policy: Policy = field(default_factory=Policy)
    worker: str = "worker-1"
    asked: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """Count what AWS is asked, and how."""
        self.aws.wire.listeners.append(lambda entry: self.asked.update([entry.kind.removeprefix("aws ")]))
        self.anew()

    def anew(self) -> None:
        """A process that has just started."""
        stage = self.aws.stage
        peaks = Peaks(Insights(4, sleep=stage.clock.sleep), stage.clock)
        bench = replace(stage.bench, worker=self.worker)
        self.resizes = Resizes(bench, self.aws.calls, peaks, self.policy)

    def under(self, policy: Policy) -> None:
        """A process that has just started under another policy."""
        self.policy = policy
        self.anew()

    async def facts(self, subject: Subject) -> Facts:
        """All that a plan for it rests on."""
        prices = PriceList(self.aws.calls, clock=self.aws.stage.clock)
        return await facts.read(
            Sources(calls=self.aws.calls, prices=prices, clock=self.aws.stage.clock), subject
        )

    async def plan(self, subject: Subject, container: str, wanted: str, **wish: Any) -> Plan:
        """What a person sees who asks for so much."""
        found = await self.facts(subject)
        asked = Wish(amount=amount.parse(wanted), **wish)
        return planning.plan(found, container, asked, now=self.aws.stage.clock())

    async def agreed(self, plan: Plan, **changes: Any) -> int:
        """A person confirmed the plan; the resize's id."""
        now = self.aws.stage.clock()
        spec = Spec(
            id=0,
            plan=plan,
            incident_id=None,
            requested_by=ASKER,
            requested_at=now,
            reason="it was killed <again> & again",
            needs_approval=(),
            expires_at=now + timedelta(hours=1),
            watch_s=WATCH_S,
        )
        decision = await self.aws.stage.db.write(resizes.request, replace(spec, **changes), "", now)
        assert decision.resize is not None, decision
        return decision.resize.spec.id

    async def get(self, resize_id: int) -> Resize:
        """As it stands."""
        found = await self.aws.stage.db.read(resizes.get, resize_id)
        assert found is not None
        return found

    async def live(
        self, resize_id: int, until: Callable[[Resize], bool], most_s: float = 7200, *, patient: bool = False
    ) -> Resize:
        """Let the process run until the resize stands so; no longer than so many seconds, which is a failure unless `patient`."""
        clock = self.aws.stage.clock
        end = clock() + timedelta(seconds=most_s)
        while not until(found := await self.get(resize_id)):
            if patient and clock() >= end:
                return found
            assert clock() < end, f"still {found.status.phase}: {found.status.words} ({found.status.trouble})"
            worked = await self.resizes.one_pass()
            if worked is not True:
                await clock.sleep(min(worked or 0.5, 15.0))
        return found

    async def to(self, resize_id: int, phase: ResizePhase, most_s: float = 7200) -> Resize:
        """Let it run until that phase; fails where it ends in another one."""
        found = await self.live(
            resize_id, lambda one: one.status.phase is phase or one.status.phase.is_final, most_s
        )
        assert found.status.phase is phase, found.status
        return found

    async def to_end(self, resize_id: int, most_s: float = 7200) -> Resize:
        """Let it run until it ends, whichever way."""
        return await self.live(resize_id, lambda one: one.status.phase.is_final, most_s)

    async def deeds(self, resize_id: int) -> list[str]:
        """The audit trail in short."""
        entries = await self.aws.stage.db.read(audit_trail.of_resize, resize_id)
        return [f"{entry.deed.value}: {entry.words}" for entry in entries]

    async def hear(self) -> None:
        """The bot is told of every task that stopped so far."""
        told, self.aws.events[:] = list(self.aws.events), []
        for event in told:
            if event["detail"].get("lastStatus") == "STOPPED":
                await self.aws.tell(json.dumps(event))

    async def watch(self, resize_id: int, most_s: float = 7200) -> Resize:
        """Let it run to its end while the bot hears of every kill."""
        clock = self.aws.stage.clock
        end = clock() + timedelta(seconds=most_s)
        while not (found := await self.get(resize_id)).status.phase.is_final and clock() < end:
            await self.live(
                resize_id, lambda one: one.status.phase.is_final or clock() >= end, 30, patient=True
            )
            await self.hear()
        return found

    def service(self, name: str) -> Service:
        """The service as ECS has it."""
        return self.aws.world.ecs.services["prod", name]

    def revisions(self, name: str) -> int:
        """How many revisions the family has."""
        return len(self.aws.world.ecs.definitions.arns(name))
