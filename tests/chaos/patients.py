"""Patients: services and a schedule that are resized again and again while the processes that do it die."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from functools import cached_property

from sqlalchemy import Connection, Engine, create_engine

from bot.domain.plan.plan import Change, ContainerChange, Plan, Target, TargetKind
from bot.domain.resize.audit import Deed, Entry
from bot.domain.resize.decision import Outcome
from bot.domain.resize.resize import Resize, ResizePhase, Spec
from bot.domain.subject.group_key import OwnerKind
from bot.domain.subject.subject import Subject
from bot.store import audit_trail, resize_decisions, resizes
from bot.store.engines import store_url
from bot.store.resize_decisions import Will
from sandbox.aws.arns import ACCOUNT, REGION
from sandbox.aws.curves import Curve
from sandbox.aws.workloads import CLUSTER, Part, Workload, run
from sandbox.sandbox import Sandbox
from tests.chaos.swift_clock import SwiftClock

ALICE, BOB = "U0ALICE", "U0BOB"
SIZES = (1024, 2048)
_JOB, _SCHEDULE = "nightly-report", "nightly-report-eu"
_LASTS, _LONELY_LASTS = timedelta(days=7), timedelta(minutes=2)


class Fate(StrEnum):
    """What people do about a request."""

    AGREED = "needs nobody else"
    APPROVED = "a second person agrees, at some time"
    LONELY = "needs a second person, and there is none"
    UNDONE = "somebody has it rolled back"


@dataclass
class Patients:
    """All of them. Everything here happens while no process lives: nobody else has the store."""

    sandbox: Sandbox
    clock: SwiftClock
    url: str
    count: int
    dice: random.Random
    fates: dict[int, Fate] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Nothing else runs in the cluster, which would only take time."""
        ecs = self.sandbox.world.ecs
        ecs.services.clear()
        ecs.tasks.clear()
        for number in range(self.count):
            part = Part("app", None, Curve("steady", 200, 200))
            run(ecs, Workload(f"ward-{number:02}", 512, SIZES[0], (part,)))
        self.at_first = self.revisions()

    @property
    def names(self) -> list[str]:
        """The services, and the family that a schedule runs."""
        return [*(f"ward-{number:02}" for number in range(self.count)), _JOB]

    def revisions(self) -> list[str]:
        """The ARNs of all revisions of theirs."""
        return [arn for name in self.names for arn in self.sandbox.world.ecs.definitions.arns(name)]

    def runs(self, name: str) -> str:
        """The ARN of the revision that the service, or the schedule, names."""
        if name == _JOB:
            target = self.sandbox.world.scheduler.schedules[_SCHEDULE]["Target"]
            return str(target["EcsParameters"]["TaskDefinitionArn"])
        return str(self.sandbox.world.ecs.services[CLUSTER, name].primary.definition["taskDefinitionArn"])

    def between_lives(self, *, asks_more: bool) -> int:
        """People do as they are fated, and ask for more where nothing is under way; how many are unfinished then."""
        with self._store() as conn:
            for one in resizes.all_unfinished(conn, limit=500):
                self._decide(conn, one)
            busy = {one.spec.plan.target.subject.name for one in resizes.all_unfinished(conn, limit=500)}
            asked = [name for name in self.names if name not in busy] if asks_more else []
            for name in asked:
                self._ask(conn, name)
            return len(busy) + len(asked)

    def found(self) -> list[Resize]:
        """All resizes, in their order."""
        with self._store() as conn:
            return resizes.recent(conn, limit=10_000)[::-1]

    def trail(self, resize_id: int) -> list[Entry]:
        """What the audit trail says of one."""
        with self._store() as conn:
            return audit_trail.of_resize(conn, resize_id)

    def waiting_for_answers(self) -> set[int]:
        """The entries that say that AWS would be called, and nothing came after them."""
        with self._store() as conn:
            trails = [
                audit_trail.of_resize(conn, one.spec.id) for one in resizes.all_unfinished(conn, limit=500)
            ]
        return {trail[-1].id for trail in trails if trail and trail[-1].deed is Deed.CALLED}

    def _decide(self, conn: Connection, one: Resize) -> None:
        fate, phase = self.fates[one.spec.id], one.status.phase
        if self.dice.random() < 0.5:
            return
        will = Will(resize_id=one.spec.id, by=BOB, at=self.clock.now())
        if fate is Fate.APPROVED and phase is ResizePhase.AWAITING:
            assert resize_decisions.approve(conn, will, one.spec.plan.hash).outcome is Outcome.DONE
        if fate is Fate.UNDONE and phase.has_changed_aws and phase is not ResizePhase.ROLLING_BACK:
            assert resize_decisions.ask_rollback(conn, will).outcome is Outcome.DONE

    def _ask(self, conn: Connection, name: str) -> None:
        fate = Fate.UNDONE if name == _JOB else self.dice.choice(list(Fate))
        now = self.clock.now()
        spec = Spec(
            id=0,
            plan=self._plan(name),
            incident_id=None,
            requested_by=ALICE,
            requested_at=now,
            reason="a plague",
            needs_approval=("changes need a second person",) if fate in (Fate.APPROVED, Fate.LONELY) else (),
            expires_at=now + (_LONELY_LASTS if fate is Fate.LONELY else _LASTS),
            watch_s=30.0,
        )
        made = resizes.request(conn, spec, f"V-{name}-{now.timestamp()}", now).resize
        assert made is not None
        self.fates[made.spec.id] = fate

    def _plan(self, name: str) -> Plan:
        """From the one size to the other."""
        now = self.sandbox.world.ecs.definitions.find(self.runs(name))
        old, cpu, is_job = int(now["memory"]), int(now["cpu"]), name == _JOB
        change = Change(
            revision_arn=now["taskDefinitionArn"],
            containers=(
                ContainerChange(
                    name=now["containerDefinitions"][0]["name"], old_memory_mib=None, new_memory_mib=None
                ),
            ),
            task_memory_mib=(old, SIZES[1] if old == SIZES[0] else SIZES[0]),
            cpu=(cpu, cpu),
        )
        owner = OwnerKind.FAMILY if is_job else OwnerKind.SERVICE
        target = Target(
            kind=TargetKind.SCHEDULE if is_job else TargetKind.SERVICE,
            subject=Subject(ACCOUNT, REGION, CLUSTER, owner, name),
            pins=(f"schedule default/{_SCHEDULE}",) if is_job else (),
        )
        return Plan(target=target, container=change.containers[0].name, change=change)

    @cached_property
    def _engine(self) -> Engine:
        return create_engine(store_url(self.url))

    @contextmanager
    def _store(self) -> Iterator[Connection]:
        with self._engine.begin() as conn:
            yield conn
        self._engine.dispose()
