"""Autopsies: a container that its own runtime ended for want of memory is told, and no other failure is."""

import json
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from prometheus_client import CollectorRegistry

from bot.aws.evidence.on_demand import LogTails
from bot.aws.message import read_message
from bot.domain.diagnosis.evidence import LogLine
from bot.domain.incident.incident import Incident
from bot.domain.investigation import autopsy
from bot.domain.kills.death import Assessment
from bot.domain.kills.verdict import Confidence, Verdict
from bot.domain.routing.route import KILLS, Route, Routes
from bot.language.tongues import Tongues
from bot.reconcile.autopsies import Autopsies
from bot.reconcile.metrics import Metrics
from bot.store import autopsies, deliveries, incidents
from bot.store.deliveries import Delivery
from bot.store.ledger import Rules
from sandbox.aws.kinds import begin
from sandbox.aws.tasks import Task
from tests.reconcile.cloud import Cloud, Event
from tests.reconcile.scene import Scene

WEEK = timedelta(days=7)
LOOK = "logs:GetLogEvents"
HEAP = "java.lang.OutOfMemoryError: Java heap space"
TRACE = (
    "Traceback (most recent call last):",
    '  File "/app/worker.py", line 31, in <module>',
    'ValueError: invalid literal for int() with base 10: ""',
)


@dataclass
class Morgue:
    """The reconciler of one process, and how the deaths that it looks at are told."""

    aws: Cloud
    examines: bool = True
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)

    @property
    def stage(self) -> Scene:
        """Store, clock and Slack."""
        return self.aws.stage

    def __post_init__(self) -> None:
        """Count for itself alone."""
        self.bench = replace(self.stage.bench, metrics=Metrics(self.registry))

    async def die(self, *lines: str, code: int = 1, service: str = "checkout-api") -> list[Event]:
        """Let a task of the service write these lines and end with the code; ECS's events of it."""
        ecs = self.aws.world.ecs
        mine = (one for one in ecs.tasks.values() if one.service == service and one.status == "RUNNING")
        task = next(mine)
        self.aws.events.clear()
        for line in lines:
            ecs.logs.say(task, task.containers[0], line)
        ecs.end_container(task, task.containers[0], code, None)
        await self.stage.clock.sleep(4)
        return self._of(task)

    async def live(self, kind: str, seconds: float) -> list[Event]:
        """Let a workload of that kind live until its task dies; ECS's events of it."""
        workload = begin(self.aws.world.ecs, kind)
        task = self.aws.task_of(workload.name)
        self.aws.events.clear()
        self.aws.world.ecs.advance(seconds)
        await self.stage.clock.sleep(4)
        return self._of(task)

    def _of(self, task: Task) -> list[Event]:
        ends = [one for one in self.aws.events if one["detail"]["taskArn"] == task.arn]
        return [one for one in ends if one["detail"]["desiredStatus"] == "STOPPED"]

    async def tell(self, event: Event) -> None:
        """Deliver it as an envelope would."""
        await self.record(read_message(json.dumps(event), now=self.stage.clock()))

    async def record(self, assessment: Assessment) -> None:
        """Record what a delivery of its own tells."""
        self.stage.told += 1
        now = self.stage.clock()
        await deliveries.record(
            self.stage.db,
            Delivery("topic", f"message-{self.stage.told}", now),
            assessment,
            now,
            Rules(counts=self.stage.routes.counts, reopen_within=WEEK, examines=self.examines),
        )

    async def passes(self, after: float = 6) -> None:
        """Let `after` seconds go by, then look at all that is due."""
        await self.stage.clock.sleep(after)
        read_log, routes = LogTails(self.aws.calls).of, self.stage.routes
        reconciler = Autopsies(self.bench, read_log, routes=routes, reopen_within=WEEK)
        while await reconciler.one_pass():
            pass

    async def incidents(self) -> list[Incident]:
        """All that are unfinished."""
        return await self.stage.db.read(incidents.unfinished, 9)

    def counted(self, result: str) -> float:
        """How many looks the metrics count with that result."""
        return self.registry.get_sample_value("oomguard_failures_examined_total", {"result": result}) or 0


@pytest.fixture
def morgue(aws: Cloud) -> Morgue:
    """One that has seen nothing yet."""
    return Morgue(aws)


@pytest.mark.parametrize(
    ("kind", "seconds", "code", "says"),
    [
        pytest.param("jvm-heap", 200, 1, "The Java heap is full.", id="the JVM's heap is full"),
        pytest.param("node-heap", 200, 134, "The JavaScript heap is full.", id="Node's heap is full"),
        pytest.param("threads", 200, 1, "Java could not start another thread.", id="no more threads"),
    ],
)
async def test_a_runtime_that_ended_itself_is_a_suspicion_in_its_own_words(
    morgue: Morgue, kind: str, seconds: float, code: int, says: str
) -> None:
    events = await morgue.live(kind, seconds)
    await morgue.tell(events[-1])
    assert await morgue.incidents() == [], "to ECS it is a failure like any other"
    await morgue.passes()
    [kill] = await morgue.aws.kills()
    assert (kill.death.verdict, kill.death.confidence) == (Verdict.SUSPECTED_OOM, Confidence.LIKELY)
    assert kill.death.exit_code == code
    assert kill.death.reason.endswith(says)
    assert morgue.aws.asked(LOOK) == 1
    assert morgue.counted("memory") == 1


async def test_what_a_log_tells_is_kept_in_the_language_of_its_route(morgue: Morgue) -> None:
    tongues = Tongues(Routes(Route(channel="C1", language="zh-CN")))
    morgue.bench = replace(morgue.bench, tongues=tongues)
    await morgue.tell((await morgue.live("jvm-heap", 200))[-1])
    await morgue.passes()
    [kill] = await morgue.aws.kills()
    assert kill.death.reason.endswith("以退出代码 1 结束，其日志显示：Java 堆已满。")


async def test_an_ordinary_failure_opens_nothing(morgue: Morgue) -> None:
    [*_, end] = await morgue.die(*TRACE)
    await morgue.tell(end)
    await morgue.passes()
    assert await morgue.incidents() == []
    assert (morgue.aws.asked(LOOK), morgue.counted("other")) == (1, 1)


@pytest.mark.parametrize(
    ("examines", "code"),
    [
        pytest.param(False, 1, id="switched off"),
        pytest.param(True, 0, id="it ended well"),
        pytest.param(True, 143, id="it obeyed SIGTERM"),
        pytest.param(True, 127, id="its command was not found"),
    ],
)
async def test_what_is_not_looked_at_costs_nothing(aws: Cloud, examines: bool, code: int) -> None:
    morgue = Morgue(aws, examines)
    [*_, end] = await morgue.die(HEAP, code=code)
    await morgue.tell(end)
    await morgue.passes()
    assert aws.asked(LOOK) == 0
    assert await morgue.incidents() == []


async def test_every_stage_of_the_stop_in_any_order_is_one_kill_and_one_look(morgue: Morgue) -> None:
    first, *later = await morgue.die(HEAP)
    assert later, "ECS tells more than one stage"
    await morgue.tell(first)
    await morgue.passes()
    for event in (*later, first, *reversed(later)):
        await morgue.tell(event)
        await morgue.passes()
    [kill] = await morgue.aws.kills()
    assert kill.death.verdict is Verdict.SUSPECTED_OOM
    assert kill.death.task_version == max(one["detail"]["version"] for one in later)
    assert morgue.aws.asked(LOOK) == 1


async def test_later_stages_that_came_before_the_look_lose_nothing(morgue: Morgue) -> None:
    for event in await morgue.die(HEAP):
        await morgue.tell(event)
    await morgue.passes()
    [kill] = await morgue.aws.kills()
    assert kill.death.reason.endswith("The Java heap is full.")
    assert (await morgue.incidents())[0].kill_count == 1


async def test_a_look_that_was_cut_off_is_made_again_and_counted_once(morgue: Morgue) -> None:
    [*_, end] = await morgue.die(HEAP)
    await morgue.tell(end)
    await morgue.stage.clock.sleep(6)
    db, now = morgue.stage.db, morgue.stage.clock()
    [held] = await db.write(autopsies.lease, "killed -9", now, limit=9, lease_for=timedelta(seconds=60))
    finding = autopsy.finding_of([LogLine(now, HEAP)])
    assert held.death is not None
    assert finding is not None
    await morgue.record(autopsy.told_by_log(held.death, finding))  # and died before it could say so
    await morgue.passes(after=30)
    assert morgue.aws.asked(LOOK) == 0, "another still has it"
    await morgue.passes(after=31)
    assert morgue.aws.asked(LOOK) == 1
    assert len(await morgue.aws.kills()) == 1


async def test_a_crash_loop_is_looked_at_once_in_ten_minutes(morgue: Morgue) -> None:
    for _ in range(5):
        [*_, end] = await morgue.die(*TRACE)
        await morgue.tell(end)
        await morgue.passes(after=40)
    assert morgue.aws.asked(LOOK) == 1
    await morgue.passes(after=600)
    assert morgue.aws.asked(LOOK) == 2, "the newest speaks for all that waited"
    await morgue.passes(after=1200)
    assert morgue.aws.asked(LOOK) == 2


async def test_where_memory_was_found_each_death_counts_one_after_the_other(morgue: Morgue) -> None:
    ends = [(await morgue.die(HEAP))[-1] for _ in range(3)]
    for end in ends:
        await morgue.tell(end)
    await morgue.passes()
    assert len(await morgue.aws.kills()) == 1
    for _ in range(2):
        await morgue.passes(after=11)
    assert len(await morgue.aws.kills()) == 3
    assert len(await morgue.incidents()) == 1


@pytest.mark.parametrize("denied", [True, False], ids=["the role may not", "it goes to another driver"])
async def test_where_no_log_can_be_read_nothing_is_said(morgue: Morgue, denied: bool) -> None:
    if denied:
        morgue.aws.world.faults.deny(LOOK)
    else:
        definition = morgue.aws.task_of("checkout-api").definition
        definition["containerDefinitions"][0]["logConfiguration"]["logDriver"] = "splunk"
    for _ in range(3):
        [*_, end] = await morgue.die(HEAP)
        await morgue.tell(end)
        await morgue.passes()
    assert await morgue.incidents() == []
    await morgue.passes(after=61)
    await morgue.passes(after=301)
    await morgue.passes(after=500)
    assert morgue.counted("unread") == 1
    assert morgue.aws.asked(LOOK) == (3 if denied else 0), "a crash loop has one log tried three times"


async def test_a_log_that_aws_was_too_busy_for_is_read_a_minute_later(morgue: Morgue) -> None:
    [*_, end] = await morgue.die(HEAP)
    await morgue.tell(end)
    morgue.aws.world.faults.throttle("logs:*")
    await morgue.passes()
    assert await morgue.incidents() == []
    morgue.aws.world.faults.clear()
    await morgue.passes(after=61)
    assert len(await morgue.aws.kills()) == 1
    assert (morgue.counted("memory"), morgue.counted("unread")) == (1, 0)


async def test_a_route_that_shows_failures_sees_its_incident_change(morgue: Morgue) -> None:
    _show_failures(morgue.stage)
    [*_, end] = await morgue.die(HEAP)
    await morgue.tell(end)
    await morgue.stage.passes()
    [before] = await morgue.incidents()
    assert before.verdict is Verdict.FAILURE
    await morgue.passes()
    await morgue.stage.passes()
    [after] = await morgue.incidents()
    assert (after.id, after.verdict) == (before.id, Verdict.SUSPECTED_OOM)
    again = await morgue.die(HEAP)
    await morgue.tell(again[0])
    await morgue.passes(after=60)
    await morgue.tell(again[-1])
    [after] = await morgue.incidents()
    assert (after.id, after.kill_count) == (before.id, 2), "the next one joins it before its log is read"
    await morgue.stage.passes()
    assert len(morgue.stage.roots()) == 1


async def test_an_ordinary_failure_stays_one_where_a_route_shows_it(morgue: Morgue) -> None:
    _show_failures(morgue.stage)
    [*_, end] = await morgue.die(*TRACE)
    await morgue.tell(end)
    await morgue.passes()
    [incident] = await morgue.incidents()
    assert (incident.verdict, incident.kill_count) == (Verdict.FAILURE, 1)


async def test_a_route_that_wants_no_suspicions_has_none_looked_for(morgue: Morgue) -> None:
    _show_failures(morgue.stage, frozenset({Verdict.OOM, Verdict.FAILURE}))
    [*_, end] = await morgue.die(HEAP)
    await morgue.tell(end)
    await morgue.passes()
    assert morgue.aws.asked(LOOK) == 0


def _show_failures(stage: Scene, verdicts: frozenset[Verdict] = KILLS | {Verdict.FAILURE}) -> None:
    default: Route = stage.routes.default
    stage.routes = Routes(replace(default, verdicts=verdicts))
