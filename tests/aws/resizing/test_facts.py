"""Facts: everything that a plan rests on is read from AWS's own answers, and what cannot be read is told."""

from datetime import datetime

import pytest

from bot.aws.calls import AwsTrouble, Calls
from bot.aws.evidence.pricing import PriceList
from bot.aws.resizing import facts
from bot.aws.resizing.facts import NothingThere, Sources
from bot.domain.plan.plan import TargetKind
from bot.domain.plan.resize_facts import Facts
from bot.domain.subject.group_key import OwnerKind
from bot.domain.subject.subject import Subject
from bot.domain.telling.language import speaking
from bot.language.catalogs import language
from sandbox.aws import scenarios
from sandbox.aws.arns import ACCOUNT, REGION
from sandbox.aws.sizes import request_of
from sandbox.aws.world import World


def subject(name: str, kind: OwnerKind = OwnerKind.SERVICE, cluster: str = "prod") -> Subject:
    return Subject(ACCOUNT, REGION, cluster, kind, name)


async def read(calls: Calls, about: Subject) -> Facts:
    now = datetime.fromisoformat("2026-03-02T09:00:00+00:00")
    return await facts.read(Sources(calls=calls, prices=PriceList(calls, clock=lambda: now)), about)


async def test_a_service_with_all_that_hangs_on_it(world: World, calls: Calls) -> None:
    running = (
        next(one for one in world.ecs.tasks.values() if one.service == "checkout-api").container("api").digest
    )
    found = await read(calls, subject("checkout-api"))
    assert found.definition.memory_mib == 1024
    assert {"key": "team", "value": "payments"} in found.described["tags"]
    assert found.service is not None
    assert (found.service.desired_count, found.service.scales_on_memory) == (2, True)
    assert found.images["api"].running_digest == running
    assert (found.images["api"].has_moved, set(found.kept_digests)) == (False, {running})
    assert found.prices is not None
    assert found.owner == "Terraform (judging by the role terraform)"
    assert (found.gaps, found.deployment_words, found.is_gone, found.is_express) == ((), "", False, False)


async def test_a_stack_owns_it(calls: Calls) -> None:
    assert (await read(calls, subject("search"))).owner == "CloudFormation stack search-prod"


async def test_a_deployment_under_way_is_told(world: World, calls: Calls) -> None:
    scenarios.resize(world)
    found = await read(calls, subject("ledger-worker"))
    assert found.service is not None
    assert found.service.is_deploying
    assert found.deployment_words == "A deployment of ledger-worker:2 is under way: 0 of 1 tasks run."


async def test_what_is_found_is_told_in_the_language_of_whoever_asks(world: World, calls: Calls) -> None:
    scenarios.resize(world)
    with speaking(language("zh-CN")):
        found = await read(calls, subject("ledger-worker"))
        with pytest.raises(NothingThere, match="集群 prod 中没有（或已不再有）服务 nobody。"):
            await read(calls, subject("nobody"))
    assert found.deployment_words == "ledger-worker:2 的部署正在进行：1 个任务中有 0 个在运行。"


async def test_on_ec2_the_largest_instance_and_the_most_room_are_known(calls: Calls) -> None:
    found = await read(calls, subject("notifications"))
    assert found.host is not None
    assert (found.host.registered_mib, found.host.largest_free_mib) == (3767, 3767)


async def test_what_the_registry_has_forgotten_cannot_be_pinned(world: World, calls: Calls) -> None:
    scenarios.retagged(world)
    digest = next(iter((await read(calls, subject("checkout-api"))).kept_digests))
    registry = world.ecs.registry
    for digests in registry._digests.values():  # a lifecycle policy removed the untagged image
        digests.pop(digest, None)
    found = await read(calls, subject("checkout-api"))
    assert found.images["api"].has_moved
    assert found.kept_digests == frozenset()


async def test_who_names_the_family_is_told_apart_from_what_pins_a_revision(
    world: World, calls: Calls
) -> None:
    world.rules.add("month-end", "prod", "nightly-report:1")
    world.rules.add("other-cluster", "test", "nightly-report:1")
    world.rules.targets["nightly-report"]["1"]["Input"] = (
        '{"containerOverrides": [{"name": "report", "memory": 9}]}'
    )
    world.rules.targets["month-end"]["1"]["Input"] = "no JSON"
    found = await read(calls, subject("nightly-report", OwnerKind.FAMILY))
    assert found.target.kind is TargetKind.RULE
    assert found.target.pins == ("rule month-end/1", "schedule default/nightly-report-eu")
    assert found.unpinned == found.overrides == ("rule nightly-report, target 1",)


async def test_rules_of_other_event_buses_are_looked_at_as_well(world: World, calls: Calls) -> None:
    world.rules.add("order-placed", "prod", "nightly-report:1", bus="orders")
    world.rules.add("order-paid", "prod", "nightly-report", bus="orders")
    found = await read(calls, subject("nightly-report", OwnerKind.FAMILY))
    assert found.target.pins == ("rule order-placed/1 on orders", "schedule default/nightly-report-eu")
    assert found.unpinned == ("rule nightly-report, target 1", "rule order-paid, target 1, on bus orders")


async def test_event_buses_that_are_too_many_to_look_at_are_a_gap(world: World, calls: Calls) -> None:
    for number in range(32):
        world.rules.add("order-placed", "prod", "nightly-report:1", bus=f"orders-{number:02}")
    found = await read(calls, subject("nightly-report", OwnerKind.FAMILY))
    assert sum(1 for one in found.target.pins if " on orders-" in one) == 30
    assert found.gaps == (
        "2 event buses were not looked at, as 30 others were: their rules may name this task as well.",
    )


async def test_the_newest_revision_that_anything_pins_is_the_one(world: World, calls: Calls) -> None:
    asked = request_of(world.ecs.definitions.find("nightly-report"))
    for _ in range(2):
        world.ecs.definitions.register(asked, world.clock.now(), "alice")
    world.rules.add("month-end", "prod", "nightly-report:2")
    found = await read(calls, subject("nightly-report", OwnerKind.FAMILY))
    assert (found.definition.revision, found.target.pins) == (2, ("rule month-end/1",))


async def test_a_job_definition_is_read_as_one_container(calls: Calls) -> None:
    found = await read(calls, subject("genome-align", OwnerKind.JOB, "genomics"))
    assert found.target.kind is TargetKind.JOB
    assert [(one.name, one.memory_mib) for one in found.definition.containers] == [("default", 15000)]


@pytest.mark.parametrize(
    ("action", "what"),
    [
        pytest.param("events:ListRuleNamesByTarget", "rules of EventBridge", id="rules"),
        pytest.param("events:ListEventBuses", "rules of other event buses", id="event buses"),
        pytest.param("scheduler:ListSchedules", "schedules of EventBridge", id="schedules"),
        pytest.param("ecs:ListTasks", "what runs now", id="running tasks"),
        pytest.param("ecr:DescribeImages", "image tags", id="the registry"),
        pytest.param("application-autoscaling:DescribeScalingPolicies", "autoscaling", id="autoscaling"),
        pytest.param("cloudformation:DescribeStackResources", "CloudFormation", id="stacks"),
    ],
)
async def test_a_source_that_is_denied_is_a_gap_that_names_the_permission(
    world: World, calls: Calls, action: str, what: str
) -> None:
    world.faults.deny(action)
    [gap] = (await read(calls, subject("checkout-api"))).gaps
    assert gap.startswith("Not looked at: ")
    assert what in gap
    assert f"the role needs {action}" in gap


@pytest.mark.parametrize(
    "about",
    [
        pytest.param(subject("nobody"), id="no such service"),
        pytest.param(subject("nobody", OwnerKind.FAMILY), id="no such family"),
        pytest.param(subject("nobody", OwnerKind.JOB, "genomics"), id="no such job definition"),
        pytest.param(subject("1b2c", OwnerKind.TASK), id="a task that ECS has forgotten"),
    ],
)
async def test_where_there_is_nothing_that_is_said(calls: Calls, about: Subject) -> None:
    with pytest.raises(NothingThere):
        await read(calls, about)


async def test_without_its_definition_there_is_no_plan(world: World, calls: Calls) -> None:
    world.faults.deny("ecs:DescribeTaskDefinition")
    with pytest.raises(AwsTrouble, match="ecs:DescribeTaskDefinition"):
        await read(calls, subject("checkout-api"))
