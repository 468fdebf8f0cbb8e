"""Resizes on a bad day: real bots carry them out and die by SIGKILL, the more likely the worse the moment; then an audit."""

import asyncio
import contextlib
import random
import signal
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, create_engine

from bot.domain.plan.plan import Change, ContainerChange, Plan, Target, TargetKind
from bot.domain.resize.decision import Outcome
from bot.domain.resize.resize import Resize, ResizePhase, Spec
from bot.domain.subject.group_key import OwnerKind
from bot.domain.subject.subject import Subject
from bot.store import migrate, resize_decisions, resizes
from bot.store.engines import store_url
from bot.store.resize_decisions import Will
from sandbox.aws.arns import ACCOUNT, REGION, arn
from sandbox.aws.curves import Curve
from sandbox.aws.workloads import CLUSTER, Part, Workload, run
from sandbox.sandbox import Sandbox
from sandbox.wire import Entry
from tests.chaos.bots import Bots, bare_environment

ALICE, BOB = "U0ALICE", "U0BOB"
WATCH_S, WAITED_FOR_S = 2.0, 5.0
CHANGES = ("RegisterTaskDefinition", "UpdateService", "StopServiceDeployment")
SPEED = 60  # of the sandbox's life


@dataclass(frozen=True, kw_only=True)
class Hardship:
    """How bad: services that are resized, how often a process dies right after it changed AWS, and at any time."""

    services: int
    deaths_at_changes: float  # probability
    most_deaths: int
    patience_s: float
    any_time_every_s: float = 0.0  # 0 for never


@dataclass
class Ward:
    """What is resized, and what became of it. `approved` ones were agreed to by a second person, `lonely` by nobody."""

    sandbox: Sandbox
    url: str
    agreed: list[str] = field(default_factory=list)
    approved: list[str] = field(default_factory=list)
    lonely: list[str] = field(default_factory=list)
    killed: int = 0
    changes: int = 0

    def open(self, count: int) -> None:
        """Services of 1,024 MiB, with requests for 2,048: a third gets a second person, a third waits for one, a third needs none."""
        engine = create_engine(store_url(self.url))
        with engine.begin() as conn:
            for number in range(count):
                name = f"ward-{number:02}"
                part = Part("app", None, Curve("steady", 200, 200))
                run(self.sandbox.world.ecs, Workload(name, 512, 1024, (part,)))
                self._ask(conn, name, (self.approved, self.lonely, self.agreed)[number % 3])
        engine.dispose()

    def _ask(self, conn: Connection, name: str, fate: list[str]) -> None:
        now = datetime.now(UTC)
        lasts_s = WAITED_FOR_S if fate is self.lonely else 3600
        spec = _spec(name, now, needs_two=fate is not self.agreed)
        spec = replace(spec, expires_at=now + timedelta(seconds=lasts_s))
        made = resizes.request(conn, spec, f"V-{name}", now).resize
        assert made is not None
        if fate is self.approved:
            will = Will(resize_id=made.spec.id, by=BOB, at=now)
            assert resize_decisions.approve(conn, will, spec.plan.hash).outcome is Outcome.DONE
        fate.append(name)

    def found(self) -> dict[str, Resize]:
        """By service, as the store has them."""
        engine = create_engine(store_url(self.url))
        try:
            with engine.connect() as conn:
                return {one.spec.plan.target.subject.name: one for one in resizes.recent(conn, limit=500)}
        finally:
            engine.dispose()

    def broken_promises(self) -> list[str]:
        """One sentence each; nothing where all is as promised."""
        return [sentence for name, one in self.found().items() for sentence in self._broken(name, one)]

    def _broken(self, name: str, one: Resize) -> Iterator[str]:
        service = self.sandbox.world.ecs.services[CLUSTER, name]
        revisions, runs = self.revisions(name), service.primary.definition["revision"]
        is_lonely = name in self.lonely
        wanted = (ResizePhase.EXPIRED, 1, 1) if is_lonely else (ResizePhase.PROVEN, 2, 2)
        if one.status.phase is not wanted[0]:
            yield f"{name} is {one.status.phase.value}: {one.status.words}"
        if revisions != wanted[1]:
            yield f"{name} has {revisions} revisions"
        if runs != wanted[2]:
            yield f"{name} runs revision {runs}"

    def revisions(self, name: str) -> int:
        """How many revisions the family has."""
        return len(self.sandbox.world.ecs.definitions.arns(name))


async def live(hardship: Hardship, url: str, dice: random.Random) -> Ward:
    """Carry out all resizes on the (empty) SQLite store at `url`, however often the bot dies; the ward as it is then.

    Where patience ends first, what is unfinished is a broken promise.
    """
    migrate.upgrade(url)
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="oom-guard-chaos-")))
        sandbox = await stack.enter_async_context(Sandbox(speed=SPEED))
        ward = Ward(sandbox, url)
        ward.open(hardship.services)
        bots = Bots.of(bare_environment() | sandbox.environment(0, url), 1, folder)
        stack.push_async_callback(bots.stop)
        sandbox.wire.listeners.append(_reaper(hardship, ward, bots, dice))
        await bots.start()
        waiting = [
            asyncio.create_task(bots.supervise()),
            asyncio.create_task(_any_time(hardship, ward, bots, dice)),
        ]
        stack.callback(lambda: [one.cancel() for one in waiting])
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(hardship.patience_s):
                while await asyncio.to_thread(ward.broken_promises):  # noqa: ASYNC110 -- other processes tell nobody
                    await asyncio.sleep(0.5)
        return ward


def _reaper(hardship: Hardship, ward: Ward, bots: Bots, dice: random.Random) -> Callable[[Entry], None]:
    """Strikes when AWS has changed something and its answer is still to be sent."""

    def hear(entry: Entry) -> None:
        if entry.kind.rpartition(":")[2] not in CHANGES:
            return
        ward.changes += 1
        if ward.killed < hardship.most_deaths and dice.random() < hardship.deaths_at_changes:
            _kill(ward, bots)

    return hear


async def _any_time(hardship: Hardship, ward: Ward, bots: Bots, dice: random.Random) -> None:
    while hardship.any_time_every_s and ward.killed < hardship.most_deaths:
        await asyncio.sleep(dice.uniform(0.5, 1.5) * hardship.any_time_every_s)
        _kill(ward, bots)


def _kill(ward: Ward, bots: Bots) -> None:
    """SIGKILL; whoever supervises it starts another."""
    process = bots.all[0].process
    if process is not None and process.returncode is None:
        process.send_signal(signal.SIGKILL)
        ward.killed += 1


def _spec(name: str, now: datetime, *, needs_two: bool) -> Spec:
    change = Change(
        revision_arn=arn("ecs", f"task-definition/{name}:1"),
        containers=(ContainerChange(name="app", old_memory_mib=None, new_memory_mib=None),),
        task_memory_mib=(1024, 2048),
        cpu=(512, 512),
    )
    subject = Subject(ACCOUNT, REGION, CLUSTER, OwnerKind.SERVICE, name)
    return Spec(
        id=0,
        plan=Plan(target=Target(kind=TargetKind.SERVICE, subject=subject), container="app", change=change),
        incident_id=None,
        requested_by=ALICE,
        requested_at=now,
        reason="a bad day",
        needs_approval=("changes here need a second person",) if needs_two else (),
        expires_at=now,
        watch_s=WATCH_S,
    )
