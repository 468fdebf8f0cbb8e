"""Every kind of workload at the wire: it dies in the sandbox's ECS, is looked into, and gets the right diagnosis."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace

import pytest
import pytest_asyncio

from bot.domain.diagnosis.diagnosis import Culprit, Pattern, Standing
from bot.domain.diagnosis.series import SeriesSource
from bot.domain.kills.death import Death
from sandbox.aws.curves import Curve
from sandbox.aws.sizes import request_of
from sandbox.aws.workloads import CLUSTER, Part, Workload, run
from tests.aws.evidence.every_kind import Theatre, theatre

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
]

GROWS = Curve("leak", 200, 700, 7200)
PARTS = {
    "pushed-over": (Part("app", 768, Curve("steady", 620, 620)), Part("router", None, GROWS)),
    "all-together": (Part("app", None, Curve("steady", 500, 500)), Part("agent", None, Curve("steady", 515, 515))),
    "two-limits": (Part("app", 512, Curve("plateau", 300, 600, 7200)), Part("agent", 256, Curve("steady", 90, 90))),
}  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage() -> AsyncIterator[Theatre]:
    """One world for all rows."""
    async with theatre() as it:
        yield it


@dataclass(frozen=True, kw_only=True)
class Told:
    """What must come out. `size`: the best one, MiB; None for none. `rule`: of one of the findings."""

    pattern: Pattern
    culprit: Culprit
    helps: bool | None
    size: int | None
    rule: str = ""
    why: str = ""  # part of why there is no size, or of the caveat
    standing: Standing | None = None


def _of_kind(name: str, *, is_young: bool = False) -> Callable[[Theatre], object]:
    return lambda stage: stage.kind(name, is_young=is_young)


def _of_parts(name: str, age_s: float = 3600) -> Callable[[Theatre], object]:
    return lambda stage: run(stage.world.ecs, Workload(name, 512, 1024, PARTS[name], age_s=age_s))


def _young_pool(stage: Theatre) -> None:
    run(stage.world.ecs, Workload("kind-of-job", 512, 2048, (Part("job", None, Curve("cron", 700, 2300, 1200)),), desired=0))  # fmt: skip
    stage.start("kind-of-job", "events-rule/nightly")


ROWS = [
    pytest.param("kind-spike", _of_kind("spike"), Told(pattern=Pattern.SPIKE, culprit=Culprit.CONTAINER, helps=True, size=2048), id="a spike between two samples"),
    pytest.param("kind-leak", _of_kind("leak"), Told(pattern=Pattern.LEAK, culprit=Culprit.CONTAINER, helps=None, size=2048, why="does not fix"), id="a leak: memory buys time"),
    pytest.param("kind-start-up", _of_kind("start-up", is_young=True), Told(pattern=Pattern.STARTUP, culprit=Culprit.CONTAINER, helps=True, size=2048), id="too little to start"),
    pytest.param("kind-jvm-xmx-too-high", _of_kind("jvm-xmx-too-high"), Told(pattern=Pattern.STEP, culprit=Culprit.CONTAINER, helps=None, size=3072, rule="knob.jvm.heap"), id="-Xmx above its container: heap and size together"),
    pytest.param("kind-jvm-heap", _of_kind("jvm-heap"), Told(pattern=Pattern.UNKNOWN, culprit=Culprit.RUNTIME, helps=False, size=None, rule="jvm.heap", why="memory alone"), id="a full Java heap: no size"),
    pytest.param("kind-threads", _of_kind("threads"), Told(pattern=Pattern.UNKNOWN, culprit=Culprit.RUNTIME, helps=False, size=None, rule="jvm.threads", why="memory alone"), id="no thread left: no size"),
    pytest.param("kind-node-heap", _of_kind("node-heap"), Told(pattern=Pattern.LEAK, culprit=Culprit.RUNTIME, helps=False, size=None, rule="node.heap", why="memory alone"), id="a full V8 heap: no size"),
    pytest.param("kind-go-no-limit", _of_kind("go-no-limit"), Told(pattern=Pattern.LEAK, culprit=Culprit.CONTAINER, helps=None, size=2048), id="Go without a limit grows like a leak"),
    pytest.param("kind-host", _of_kind("host"), Told(pattern=Pattern.UNKNOWN, culprit=Culprit.HOST, helps=False, size=None, rule="host.reservation", why="host ran out", standing=Standing.CONFIRMED), id="a full host: reserve what it takes"),
    pytest.param("kind-of-job", _young_pool, Told(pattern=Pattern.RAMP, culprit=Culprit.CONTAINER, helps=True, size=4096), id="a job that outgrew its task: no leak"),
    pytest.param("pushed-over", _of_parts("pushed-over"), Told(pattern=Pattern.LEAK, culprit=Culprit.SIDECAR, helps=None, size=2048, why="does not fix"), id="a sidecar that leaks fills the task"),
    pytest.param("all-together", _of_parts("all-together"), Told(pattern=Pattern.CHRONIC, culprit=Culprit.TASK, helps=True, size=2048), id="all containers together, none with a limit"),
    pytest.param("two-limits", _of_parts("two-limits"), Told(pattern=Pattern.LEAK, culprit=Culprit.CONTAINER, helps=None, size=1792), id="its own limit inside a larger task"),
]  # fmt: skip


@pytest.mark.parametrize(("family", "act", "told"), ROWS)
async def test_it_is_diagnosed_rightly(stage: Theatre, family: str, act: Callable[[Theatre], object], told: Told) -> None:  # fmt: skip
    found = await stage.of(family, lambda: act(stage))
    assert (found.pattern, found.culprit, found.helps) == (told.pattern, told.culprit, told.helps)
    assert found.standing is told.standing
    sizes = found.recommendation
    assert (sizes.chosen.memory_mib if sizes else None) == told.size
    assert told.why in (sizes.caveat if sizes else found.no_recommendation_why)
    assert not told.rule or told.rule in {one.rule for one in found.findings}
    assert all(one.evidence for one in found.findings)


async def test_a_deployment_that_broke_it_is_named_with_its_setting(stage: Theatre) -> None:
    service = stage.world.ecs.services[CLUSTER, "search"]

    def deploy() -> None:
        asked = request_of(service.primary.definition)
        asked["containerDefinitions"][0] |= {
            "environment": [{"name": "JAVA_TOOL_OPTIONS", "value": "-Xmx3g -Dapi.token=hunter2"}]
        }
        made = stage.world.ecs.definitions.register(asked, stage.clock.now(), "github-actions")
        service.begin(made, stage.clock.now())
        stage.start("search")

    found = await stage.of("search", deploy)
    assert "Environment of search, changed: JAVA_TOOL_OPTIONS." in found.changes
    assert found.changes[0].startswith("Revision 2 was deployed ")
    assert found.findings[0].paste == "-Xmx1536m"
    assert found.owner == "CloudFormation stack search-prod"
    assert "hunter2" not in repr(found)


async def test_a_raise_in_vain_asks_for_more_than_a_little(stage: Theatre) -> None:
    part = Part("app", None, Curve("plateau", 900, 2100, 600))
    run(stage.world.ecs, Workload("raised", 512, 1024, (part,), age_s=4 * 3600))
    service = stage.world.ecs.services[CLUSTER, "raised"]
    asked = request_of(service.primary.definition) | {"memory": "2048"}

    def raise_it() -> None:
        made = stage.world.ecs.definitions.register(asked, stage.clock.now(), "alice")
        service.begin(made, stage.clock.now())
        stage.start("raised")

    found = await stage.of("raised", raise_it)
    assert "Task memory: 1,024 MiB → 2,048 MiB." in found.changes
    assert found.recommendation is not None
    assert any("after a raise" in reason for reason in found.recommendation.reasons)
    assert found.recommendation.chosen.memory_mib == 4096


async def test_enhanced_metrics_tell_where_the_performance_log_may_not_be_read(stage: Theatre) -> None:
    stage.begin()
    leak = Part("app", None, Curve("leak", 300, 1000, 6 * 3600))
    run(stage.world.ecs, Workload("enhanced", 512, 1024, (leak,), age_s=6 * 3600))
    deaths = await stage.live("enhanced")
    stage.world.faults.deny("logs:StartQuery")
    of_service = await stage.diagnosis(*deaths)
    stage.world.ecs.insights_enhanced.add(CLUSTER)
    try:
        collected = await stage.collected(*deaths)
        found = await stage.diagnosis(*deaths)
    finally:
        stage.world.ecs.insights_enhanced.clear()
    assert collected.evidence.series is not None
    assert collected.evidence.series.source is SeriesSource.ENHANCED
    assert (found.pattern, found.culprit) == (Pattern.LEAK, Culprit.CONTAINER)
    assert found.slope_mib_per_h == pytest.approx(117, rel=0.2)
    assert of_service.gaps == found.gaps
    assert any("needs logs:StartQuery" in gap for gap in found.gaps)


async def test_equal_lifetimes_speak_where_nothing_else_does(stage: Theatre) -> None:
    name = "kind-of-leak"
    run(
        stage.world.ecs,
        Workload(name, 512, 1024, (Part("app", None, Curve("leak", 300, 1100, 3600)),), age_s=0),
    )
    stage.begin()
    for lives in range(1, 4):
        stage.start(name)
        while len(stage.told_of(name)) < lives:
            stage.world.ecs.advance(30)
            await stage.clock.advance(30)
    stage.queries_at_once = 0
    stage.world.faults.deny("cloudwatch:GetMetricData")
    found = await stage.diagnosis(*stage.told_of(name))
    assert (found.pattern, found.culprit) == (Pattern.LEAK, Culprit.CONTAINER)
    assert "3 lives of equal length" in found.pattern_why
    assert found.recommendation is not None
    assert "does not fix" in found.recommendation.caveat
    assert any("Logs Insights is switched off" in gap for gap in found.gaps)


async def test_a_run_that_overrides_its_memory_is_judged_by_what_it_had(stage: Theatre) -> None:
    run(stage.world.ecs, Workload("overridden", 512, 2048, (Part("job", None, Curve("cron", 700, 1500, 1200)),), desired=0))  # fmt: skip
    (death,) = await _dies(stage, "overridden")
    ran = replace(death, limits=replace(death.limits, task_mib=1024))
    found = await stage.diagnosis(ran)
    assert found.limit_mib == 1024
    assert found.warnings[0].startswith("This run overrode the task's memory: 1,024 MiB")
    sizes = found.recommendation
    assert sizes is not None
    assert (
        sizes.caveat
        == "the limit in force, 1,024 MiB, is not the revision's: a run that overrides it keeps it"
    )


async def _dies(stage: Theatre, family: str) -> list[Death]:
    stage.begin()
    task = stage.start(family, "events-rule/nightly")
    stage.world.ecs.advance(600)
    await stage.clock.advance(600)
    stage.world.ecs.kill(task, task.containers[0])
    await stage.clock.advance(10)
    return stage.told_of(family)


async def test_137_without_a_reason_far_from_the_limit_is_no_reason_to_resize(stage: Theatre) -> None:
    name = "kind-steady"
    stage.begin()
    stage.kind("steady")
    (task,) = stage.world.ecs.tasks.values()
    stage.world.ecs.end_container(task, task.containers[0], 137, None)
    await stage.clock.advance(10)
    found = await stage.diagnosis(*stage.told_of(name))
    assert (found.standing, found.culprit, found.helps) == (Standing.UNLIKELY, Culprit.UNKNOWN, False)
    assert found.recommendation is None
