"""Batch jobs at the wire: an attempt dies of its memory, is looked into, and gets what a service's task would get."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from bot.aws.evidence.on_demand import LogTails
from bot.aws.evidence.pricing import PriceList
from bot.aws.message import read_message
from bot.aws.resizing import facts
from bot.aws.resizing.facts import Sources
from bot.domain.alert.resizable import advised_mib
from bot.domain.diagnosis.diagnosis import Culprit, Diagnosis, Pattern
from bot.domain.diagnosis.evidence import JobState
from bot.domain.kills.death import Death
from bot.domain.plan.sizes_on_offer import Shelf, offer
from bot.domain.subject.subject import Subject
from sandbox.aws.batch import job_changed
from sandbox.aws.curves import Curve
from sandbox.aws.job_attempts import CLUSTER
from sandbox.aws.tasks import Task
from sandbox.aws.workloads import Part, Workload, definition
from tests.aws.evidence.every_kind import Theatre, theatre

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
]

Json = dict[str, Any]
JAVA = [{"name": "JAVA_TOOL_OPTIONS", "value": "-Xmx3g -Dapi.token=hunter2"}]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage() -> AsyncIterator[Theatre]:
    """One world for all tests."""
    async with theatre() as it:
        yield it


def sized(mib: int, vcpu: str = "1", **more: Any) -> Json:
    """The properties of a container."""
    sizes = [{"type": "MEMORY", "value": str(mib)}, {"type": "VCPU", "value": vcpu}]
    return {"image": "etl:1", "resourceRequirements": sizes} | more


def of_several(*containers: Json) -> Json:
    """The properties of a job of several containers."""
    return {"ecsProperties": {"taskProperties": [{"containers": list(containers)}]}}


def registered(stage: Theatre, name: str, properties: Json, **more: Any) -> Json:
    """A further revision; `properties` are those of its container, or of several."""
    inner = properties if "ecsProperties" in properties else {"containerProperties": properties}
    asked = {"jobDefinitionName": name, "type": "container"} | inner | more
    stage.world.job_definitions.register(asked)
    return stage.world.job_definitions.newest(name)


def died(stage: Theatre, revision: Json, **how: Any) -> list[Death]:
    """The deaths of a job's attempts, newest first."""
    stage.begin()
    job = stage.world.batch.fail(revision, **how)
    now = stage.clock.now()
    told = read_message(json.dumps(job_changed(job, now)), now=now)
    kills = [death for death in told.deaths if death.verdict.is_kill]
    return sorted(kills, key=lambda one: one.died_at, reverse=True)


def size_of(found: Diagnosis) -> int | None:
    """The best size that was found, MiB."""
    return found.recommendation.chosen.memory_mib if found.recommendation else None


async def test_a_killed_job_is_told_as_well_as_a_service(stage: Theatre) -> None:
    found = await stage.diagnosis(*died(stage, stage.world.job_definitions.newest("genome-align")))
    assert (found.pattern, found.culprit, found.helps) == (Pattern.UNKNOWN, Culprit.CONTAINER, True)
    assert found.culprit_why == "It reached its limit of 15,000 MiB."
    assert found.changes == (
        "Image of default: genome-align:1.9 → genome-align:2.0.",
        "Environment of default, added: INDEX_IN_MEMORY.",
    )
    assert found.owner == "Terraform (judging by a tag)"
    assert found.warnings == ("Batch does not try it again: submit the job anew once it has more memory.",)
    assert found.gaps == ("Memory history: Container Insights is off in cluster " + CLUSTER + ".",)
    sizes = found.recommendation
    assert sizes is not None
    assert [one.memory_mib for one in sizes.options] == [18944, 21312, 23744]
    assert sizes.chosen.enough == pytest.approx(0.72, abs=0.02)
    assert any(reason.startswith("Of 1,308 kills of any shape, 1.42 times") for reason in sizes.reasons)
    assert any(reason.startswith("Batch starts an instance with 21,312 MiB free") for reason in sizes.reasons)


@pytest.mark.parametrize(
    ("name", "properties", "more", "size"),
    [
        pytest.param("on-fargate", sized(2048), {"platformCapabilities": ["FARGATE"]}, 3072, id="what Fargate sells"),
        pytest.param("one-vcpu", sized(8192), {"platformCapabilities": ["FARGATE"]}, 12288, id="more than its vCPU sells"),
        pytest.param("on-ec2", sized(4000), {}, 5696, id="steps of 64 MiB on EC2"),
        pytest.param("of-old", {"image": "etl:1", "memory": 2000, "vcpus": 1}, {}, 2880, id="sizes in deprecated members"),
        pytest.param("of-two", of_several(sized(1000, name="load"), sized(256, name="ship")), {}, 1472, id="the first of two containers"),
    ],
)  # fmt: skip
async def test_its_sizes_are_what_batch_accepts_and_what_the_form_offers_first(
    stage: Theatre, name: str, properties: Json, more: Json, size: int
) -> None:
    (death,) = died(stage, registered(stage, name, properties, **more))
    found = await stage.diagnosis(death)
    assert (size_of(found), advised_mib(found), found.culprit) == (size, size, Culprit.CONTAINER)
    assert not [told for told in found.warnings if "overrode" in told]
    sources = Sources(
        calls=stage.calls, prices=PriceList(stage.calls, clock=stage.clock.now), clock=stage.clock.now
    )
    seen = await facts.read(sources, Subject.of(death.group_key), found)
    first = [one for one in offer(seen, death.container).choices if one.shelf is Shelf.RECOMMENDED]
    assert [one.mib for one in first] == [size]


async def test_a_heap_larger_than_the_job_is_the_first_thing_to_mend(stage: Theatre) -> None:
    properties = sized(2048, environment=JAVA, command=["java", "-jar", "etl.jar"])
    found = await stage.diagnosis(*died(stage, registered(stage, "java", properties)))
    assert found.findings[0].rule == "knob.jvm.heap"
    assert found.findings[0].paste == "-Xmx1536m"
    assert found.recommendation is not None
    assert [one.variable for one in found.recommendation.knobs] == ["JAVA_TOOL_OPTIONS"]
    assert "hunter2" not in repr(found)


async def test_attempts_of_one_length_climbed_and_say_nothing_of_a_repeat(stage: Theatre) -> None:
    revision = registered(stage, "retried", sized(4000), retryStrategy={"attempts": 3})
    found = await stage.diagnosis(*died(stage, revision, attempts=3))
    assert (found.pattern, size_of(found)) == (Pattern.RAMP, 8000)
    assert found.warnings[0].startswith("It was attempt 3 of 3, and Batch tries no further one")
    assert found.recommendation is not None
    assert not [reason for reason in found.recommendation.reasons if "killed again" in reason]


async def test_who_waits_for_the_next_attempt_is_told_that_it_has_no_more_memory(stage: Theatre) -> None:
    revision = registered(stage, "to-be-retried", sized(4000), retryStrategy={"attempts": 3})
    deaths = died(stage, revision, attempts=2)
    assert (await stage.collected(*deaths)).evidence.job == JobState(
        status="RUNNABLE", attempt=2, most_attempts=3
    )
    found = await stage.diagnosis(*deaths)
    assert found.warnings == ("It was attempt 2 of 3: Batch tries it again with the same memory.",)


async def test_a_size_that_was_given_at_submission_is_what_counts(stage: Theatre) -> None:
    revision = registered(stage, "overridden", sized(4000))
    found = await stage.diagnosis(*died(stage, revision, memory_mib=2000))
    assert (found.limit_mib, size_of(found)) == (2000, 2880)
    assert any(told.startswith("This run overrode the limit: 2,000 MiB") for told in found.warnings)
    assert found.recommendation is not None
    assert "a run that overrides it keeps it" in found.recommendation.caveat


OWN_GROUP = {
    "logDriver": "awslogs",
    "options": {"awslogs-group": "/ecs/etl", "awslogs-stream-prefix": "nightly"},
}


@pytest.mark.parametrize(
    ("name", "properties", "told"),
    [
        pytest.param("log-usual", sized(4000), "reading the reference", id="where Batch puts all lines"),
        pytest.param("log-own", sized(4000, logConfiguration=OWN_GROUP), "reading the reference", id="a group and prefix of its own"),
        pytest.param("log-two", of_several(sized(900, name="load"), sized(256, name="ship")), "reading the reference", id="one of two containers"),
        pytest.param("log-else", sized(4000, logConfiguration={"logDriver": "splunk"}), "the log driver splunk", id="elsewhere"),
    ],
)  # fmt: skip
async def test_its_last_lines_are_found(stage: Theatre, name: str, properties: Json, told: str) -> None:
    (death,) = died(stage, registered(stage, name, properties))
    evidence = (await stage.collected(death)).evidence
    assert told in str([*(one.text for one in evidence.log_lines), *(one.why for one in evidence.gaps)])
    assert told in str(await LogTails(stage.calls).of(death))


@pytest.mark.parametrize(
    ("action", "gap"),
    [
        pytest.param("batch:DescribeJobDefinitions", "Job definition: not allowed: the role needs batch:DescribeJobDefinitions (needs batch:DescribeJobDefinitions).", id="its definition"),
        pytest.param("batch:DescribeJobs", "Batch job: not allowed: the role needs batch:DescribeJobs (needs batch:DescribeJobs).", id="the job"),
    ],
)  # fmt: skip
async def test_a_permission_that_lacks_is_named_and_the_lines_are_read_all_the_same(
    stage: Theatre, action: str, gap: str
) -> None:
    deaths = died(stage, stage.world.job_definitions.newest("genome-align"))
    stage.world.faults.deny(action)
    collected = await stage.collected(*deaths)
    assert collected.evidence.log_lines
    found = await stage.diagnosis(*deaths)
    assert gap in found.gaps
    assert (size_of(found) is None) is (action == "batch:DescribeJobDefinitions")
    assert not isinstance(await LogTails(stage.calls).of(deaths[0]), str)


async def test_a_job_that_batch_has_forgotten_is_told_so(stage: Theatre) -> None:
    deaths = died(stage, stage.world.job_definitions.newest("genome-align"))
    stage.world.batch.jobs.clear()
    found = await stage.diagnosis(*deaths)
    assert "Batch job: Batch tells nothing of this job any more." in found.gaps
    assert size_of(found) == 21312


async def test_a_stack_that_made_the_job_definition_is_named(stage: Theatre) -> None:
    revision = registered(stage, "of-a-stack", sized(4000))
    stage.world.stacks.owners[revision["jobDefinitionArn"]] = "nightly-etl"
    found = await stage.diagnosis(*died(stage, revision))
    assert found.owner == "CloudFormation stack nightly-etl"


async def test_where_insights_sees_the_cluster_of_batch_its_earlier_runs_decide(stage: Theatre) -> None:
    revision = registered(stage, "measured", sized(2000))
    stage.begin()
    part = Part("default", 2000, Curve("cron", 700, 1900, 1200))
    behind = definition(Workload("measured-behind", 512, 2048, (part,), desired=0))
    made = stage.world.ecs.definitions.register(behind, stage.clock.now(), "batch")
    stage.world.ecs.clusters.append(CLUSTER)
    stage.world.ecs.curves["measured-behind"] = part.curve
    try:
        *_, last = [await ran(stage, made) for _ in range(4)]
        job = stage.world.batch.fail(revision)
        job["container"]["taskArn"] = job["attempts"][0]["container"]["taskArn"] = last.arn
        told = read_message(json.dumps(job_changed(job, stage.clock.now())), now=stage.clock.now())
        found = await stage.diagnosis(*told.deaths)
    finally:
        stage.world.ecs.clusters.remove(CLUSTER)
    assert found.gaps == ()
    assert found.peak_mib == pytest.approx(1600, rel=0.05)
    assert found.recommendation is not None
    assert any(
        reason.startswith("4 runs peaked at 2,000 MiB at most") for reason in found.recommendation.reasons
    )


async def ran(stage: Theatre, made: Json) -> Task:
    """A run of a quarter of an hour."""
    task = stage.world.ecs.new_task(CLUSTER, made, "family:measured-behind", "batch")
    stage.world.ecs.run(task)
    for _ in range(30):
        stage.world.ecs.advance(30)
        await stage.clock.advance(30)
    stage.world.ecs.end_container(task, task.containers[0], 0, None)
    await stage.clock.advance(10)
    return task
