"""Random walks: a resize in a small AWS, with a crash between any two lines and people who interfere.

What must hold on every walk: one revision at most, no write that nobody agreed to, and a final state.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from bot.domain.plan.plan import TargetKind
from bot.domain.resize.ending import no_way_back
from bot.domain.resize.next_step import next_step
from bot.domain.resize.observation import Deployment, Found, Observation, Rollout
from bot.domain.resize.resize import Resize, ResizePhase, Status
from bot.domain.resize.step import (
    Finish,
    MovePin,
    MoveService,
    Register,
    StopDeployment,
    Wait,
    Writing,
    registered,
    unstoppable,
)
from tests.domain.agreed import BOB, MINUTE, NEW, NOW, OLD, OTHER, plan, spec

PINS = ("hourly", "nightly", "weekly")
KINDS = {
    TargetKind.SERVICE: spec(plan=plan(), needs_approval=("production",)),
    TargetKind.SCHEDULE: spec(plan=plan(kind=TargetKind.SCHEDULE, pins=PINS), needs_approval=("production",)),
    TargetKind.FAMILY: spec(plan=plan(kind=TargetKind.FAMILY), needs_approval=("production",)),
}
TROUBLES: tuple[Rollout, ...] = (Rollout.ROLLING_BACK, Rollout.FAILED, Rollout.STOPPED)


@dataclass
class World:
    """AWS, as far as one resize sees it. What is written is seen a little later."""

    chance: random.Random
    kind: TargetKind
    now: datetime = NOW
    registered: list[tuple[datetime, str]] = field(default_factory=list)  # when it is to be seen
    current: str = OLD
    in_flight: list[tuple[datetime, Writing]] = field(default_factory=list)  # sent by who died since
    is_calm: bool = False  # nobody interferes
    pins: dict[str, str] = field(default_factory=lambda: dict.fromkeys(PINS, OLD))
    deployment: Deployment | None = None
    is_deploying: bool = False
    is_gone: bool = False
    kills: int = 0
    held_until: datetime = NOW
    read_only_until: datetime = NOW

    def observe(self) -> Observation:
        found = [arn for since, arn in self.registered if since <= self.now]
        current = self.current
        if self.kind is TargetKind.FAMILY and found:
            current = found[-1]
        return Observation(
            is_gone=self.is_gone,
            current_arn=current,
            pins=dict(self.pins),
            found=Found(arn=found[0]) if found else None,
            deployment=self.deployment,
            is_deploying=self.is_deploying,
            kills=self.kills,
            keeps_size=current != OTHER,
            held="frozen" if self.now < self.held_until else "",
            is_read_only=self.now < self.read_only_until,
        )

    def perform(self, step: Writing) -> None:
        match step:
            case Register():
                late = timedelta(seconds=self.chance.choice([0, 0, 5, 80]))
                self.registered.append((self.now + late, NEW))
            case MoveService(from_arn=old, to_arn=new):
                if self.current == old:
                    self._deploy(new)
            case MovePin(pin=pin, from_arn=old, to_arn=new):
                if self.pins.get(pin) == old:
                    self.pins[pin] = new
            case StopDeployment():
                assert self.deployment is not None
                self.current = OLD
                self.deployment = replace(self.deployment, rollout=Rollout.ROLLING_BACK)

    def _deploy(self, arn: str) -> None:
        self.current, self.is_deploying = arn, True
        if arn == NEW:
            self.deployment = Deployment(id="ecs-svc/2", arn="arn:dep", desired_count=3)

    def live(self) -> None:
        """A little of what happens by itself, or by others."""
        self.now += timedelta(seconds=self.chance.choice([1, 5, 20, 70, 400, 4000]))
        for landed in [one for one in self.in_flight if one[0] <= self.now]:
            self.in_flight.remove(landed)
            self.perform(landed[1])
        if self.deployment is not None and self.is_deploying:
            self._roll(self.deployment)
        elif self.is_deploying and self.chance.random() < 0.3:
            self.is_deploying = False
        if not self.is_calm:
            self._interfere(self.chance.random())

    def _roll(self, deployment: Deployment) -> None:
        if deployment.rollout is Rollout.ROLLING_BACK or self.current == OLD:
            self.deployment = replace(deployment, rollout=Rollout.ROLLED_BACK)
            self.is_deploying, self.current = False, OLD
            return
        running = min(3, deployment.running_count + self.chance.choice([0, 0, 1]))
        rollout: Rollout = Rollout.COMPLETED if running == 3 else deployment.rollout
        if self.chance.random() < 0.05:
            rollout = self.chance.choice(TROUBLES)
        self.is_deploying = rollout in (Rollout.IN_PROGRESS, Rollout.ROLLING_BACK)
        self.deployment = replace(deployment, running_count=running, rollout=rollout)

    def _interfere(self, dice: float) -> None:
        if dice < 0.01:
            self.is_gone = True
        elif dice < 0.03:
            self.current, self.is_deploying = OTHER, False
            self.pins[self.chance.choice(PINS)] = OTHER
        elif dice < 0.05:
            self.current, self.is_deploying = OLD, False
        elif dice < 0.07 and self.registered:
            self.kills += 1
        elif dice < 0.10:
            self.held_until = self.now + 20 * MINUTE
        elif dice < 0.12:
            self.read_only_until = self.now + 10 * MINUTE


@dataclass
class Walk:
    """One resize in it: what the store has, and a worker that may die at any line."""

    chance: random.Random
    world: World
    resize: Resize
    writes: list[tuple[Writing, Status]] = field(default_factory=list)

    def one_pass(self) -> None:
        """As the reconciler does it; each `_lives` is a place where it may be killed."""
        seen = self.world.observe()
        step = next_step(self.resize, seen, self.world.now)
        assert step == next_step(self.resize, seen, self.world.now)
        if not self._lives():
            return
        self._save(step.status)
        if isinstance(step, Wait | Finish) or not self._lives():
            return
        self._ask_back(0.02)  # while the call is in flight
        self.writes.append((step, step.status))
        self._perform(step)

    def _perform(self, step: Writing) -> None:
        if isinstance(step, StopDeployment) and self.chance.random() < 0.3:
            if self.resize.status == step.status:
                self._save(unstoppable(step.status))
            return
        if self.chance.random() < 0.1:
            return  # it never reached AWS
        if self.chance.random() < 0.15 and not isinstance(step, Register):
            late = timedelta(seconds=self.chance.choice([10, 30, 80]))
            self.world.in_flight.append((self.world.now + late, step))
            return
        self.world.perform(step)
        if self._lives() and isinstance(step, Register) and self.resize.status == step.status:
            self._save(registered(step.status, NEW))

    def people(self) -> None:
        phase = self.resize.status.phase
        if phase is ResizePhase.AWAITING and self.chance.random() < 0.4:
            at = self.world.now
            approved = replace(
                self.resize.status, phase=ResizePhase.APPROVED, approved_by=BOB, approved_at=at
            )
            if at < self.resize.spec.expires_at:
                self._save(approved)
        self._ask_back(0.03)

    def _ask_back(self, odds: float) -> None:
        status = self.resize.status
        may = status.phase in (ResizePhase.REGISTERING, ResizePhase.DEPLOYING, ResizePhase.WATCHING)
        if may and not no_way_back(self.resize) and self.chance.random() < odds:
            turned = replace(
                status, phase=ResizePhase.ROLLING_BACK, rollback_by=BOB, progressed_at=self.world.now
            )
            self._save(turned)

    def _save(self, status: Status) -> None:
        self.resize = replace(self.resize, status=status)

    def _lives(self) -> bool:
        return self.chance.random() > 0.15


def walk(seed: int, kind: TargetKind, check: Callable[[Walk], None]) -> Walk:
    chance = random.Random(seed)
    first = Resize(
        spec=replace(KINDS[kind], rolls_back=chance.random() < 0.5),
        status=Status(phase=ResizePhase.AWAITING),
    )
    world = World(chance=chance, kind=kind, is_calm=chance.random() < 0.5)
    one = Walk(chance=chance, world=world, resize=first)
    for _ in range(2000):
        one.people()
        one.one_pass()
        one.world.live()
        check(one)
        if one.resize.status.phase.is_final:
            return one
    pytest.fail(f"walk {seed} is still {one.resize.status}")


def _lawful(one: Walk) -> None:
    assert len(one.world.registered) <= 1
    for step, saved in one.writes:
        assert saved.approved_by == BOB
        if isinstance(step, MoveService | MovePin):
            assert {step.from_arn, step.to_arn} == {OLD, NEW}


@pytest.mark.parametrize("kind", [pytest.param(kind, id=kind.value) for kind in KINDS])
def test_no_walk_breaks_a_law_and_every_walk_ends(kind: TargetKind) -> None:
    ends = set()
    for seed in range(400):
        one = walk(seed, kind, _lawful)
        ends.add(one.resize.status.phase)
        if one.resize.status.phase is ResizePhase.ROLLED_BACK and one.resize.status.rollback_by == BOB:
            assert not [step for _, step in one.world.in_flight if getattr(step, "to_arn", "") == NEW]
            assert one.world.current != NEW
            assert NEW not in one.world.pins.values()
        if not one.writes:
            assert one.world.registered == []
    assert {ResizePhase.PROVEN, ResizePhase.EXPIRED, ResizePhase.FAILED, ResizePhase.CANCELLED} <= ends
    assert kind is TargetKind.FAMILY or ResizePhase.ROLLED_BACK in ends
