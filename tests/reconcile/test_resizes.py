"""Resizes: from the agreed plan to its proof, its rollback, or an end in words, over the real wire."""

from collections.abc import Callable

import pytest

from bot.domain.policy.policy import Policy
from bot.domain.resize.resize import ResizePhase
from bot.store import resize_decisions, resizes
from bot.store.resize_decisions import Will
from sandbox.aws import scenarios
from sandbox.aws.curves import Curve
from sandbox.aws.sizes import request_of
from sandbox.aws.world import World
from tests.reconcile.cloud import Cloud
from tests.reconcile.resizing import APPROVER, ASKER, Workshop, family, job, service

ONE_STORE = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
Scenario = Callable[[World], object] | None
ARN = "arn:aws:ecs:eu-west-1:123456789012:task-definition/"


@pytest.fixture
def shop(aws: Cloud) -> Workshop:
    return Workshop(aws=aws)


async def test_a_service_gets_the_planned_size_and_it_is_proven(shop: Workshop) -> None:
    resize_id = await shop.agreed(await shop.plan(service("checkout-api"), "api", "2G"))
    scenarios.kill(shop.aws.world)  # a spike of 1,180 MiB, as before
    watching = await shop.to(resize_id, ResizePhase.WATCHING)
    assert "got it" in str(scenarios.kill(shop.aws.world))
    done = await shop.to(resize_id, ResizePhase.PROVEN)
    now = shop.service("checkout-api").primary.definition
    assert now["memory"] == "2048"
    assert now["taskDefinitionArn"] == watching.status.new_revision_arn == f"{ARN}checkout-api:2"
    assert done.status.peak_mib is not None
    share = done.status.peak_mib / 2048
    assert 0.1 < share < 0.9  # a spike between two minutes is not seen, as with Container Insights
    assert done.status.words == f"No OOM in 15 min, peak {100 * share:.0f} % (minute samples): enough."
    assert shop.asked["ecs:RegisterTaskDefinition"] == shop.asked["ecs:UpdateService"] == 1
    assert [one for one in await shop.deeds(resize_id) if "AWS" in one] == [
        "called AWS: Register the planned revision of checkout-api.",
        f"AWS answered: Registered as {ARN}checkout-api:2.",
        "called AWS: Set checkout-api from checkout-api:1 to checkout-api:2.",
        "AWS answered: Done.",
    ]


@ONE_STORE
async def test_the_new_revision_says_who_asked_who_agreed_and_why(shop: Workshop) -> None:
    plan = await shop.plan(service("checkout-api"), "api", "2G")
    resize_id = await shop.agreed(plan, needs_approval=("production",))
    will = Will(resize_id=resize_id, by=APPROVER, at=shop.aws.stage.clock())
    await shop.aws.stage.db.write(resize_decisions.approve, will, plan.hash)
    done = await shop.to(resize_id, ResizePhase.WATCHING)
    tags = {
        one["key"]: one["value"] for one in shop.aws.world.ecs.definitions.tags(done.status.new_revision_arn)
    }
    assert tags == {
        "team": "payments",
        "oomguard:resize": f"{resize_id}-{plan.hash[:12]}",
        "oomguard:requested-by": ASKER,
        "oomguard:approved-by": APPROVER,
        "oomguard:reason": "it was killed again again",
    }


@ONE_STORE
async def test_without_tags_a_revision_is_found_again_by_what_is_in_it(shop: Workshop) -> None:
    shop.under(Policy(tags_revisions=False))
    resize_id = await shop.agreed(await shop.plan(service("checkout-api"), "api", "2G"))
    done = await shop.to(resize_id, ResizePhase.WATCHING)
    tags = shop.aws.world.ecs.definitions.tags(done.status.new_revision_arn)
    assert [one["key"] for one in tags] == ["team"]


@ONE_STORE
async def test_what_leaks_is_killed_again_and_said_to_be_not_enough(shop: Workshop) -> None:
    scenarios.leak(shop.aws.world)
    resize_id = await shop.agreed(await shop.plan(service("ledger-worker"), "worker", "2G"))
    await shop.to(resize_id, ResizePhase.WATCHING)
    shop.service("ledger-worker").curves["worker"] = Curve("leak", 320, 3000, 100)
    done = await shop.watch(resize_id)
    assert done.status.phase is ResizePhase.NOT_ENOUGH
    assert "Killed again on ledger-worker:2" in done.status.words
    assert shop.service("ledger-worker").primary.definition["memory"] == "2048"


@ONE_STORE
async def test_where_the_policy_says_so_what_is_not_enough_is_rolled_back(shop: Workshop) -> None:
    resize_id = await shop.agreed(await shop.plan(service("ledger-worker"), "worker", "2G"), rolls_back=True)
    await shop.to(resize_id, ResizePhase.WATCHING)
    shop.service("ledger-worker").curves["worker"] = Curve("leak", 320, 3000, 100)
    done = await shop.watch(resize_id)
    assert done.status.phase is ResizePhase.ROLLED_BACK
    assert done.status.rollback_by == "policy"
    assert shop.service("ledger-worker").primary.definition["taskDefinitionArn"] == f"{ARN}ledger-worker:1"
    assert shop.revisions("ledger-worker") == 2


def tag_is_deleted(world: World) -> None:
    task = next(one for one in world.ecs.tasks.values() if one.service == "checkout-api")
    world.ecs.registry.untag(task.container("api").image)


@ONE_STORE
@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(None, scenarios.retagged, id="its tag was pushed over"),
        pytest.param(None, tag_is_deleted, id="its tag is gone"),
        pytest.param(scenarios.retagged, None, id="it was pushed over before, so the resize pinned what ran"),
    ],
)
async def test_a_policy_does_not_ship_other_code_and_a_person_may(
    shop: Workshop, before: Scenario, after: Scenario
) -> None:
    if before:
        before(shop.aws.world)
    plan = await shop.plan(service("checkout-api"), "api", "2G", pin_images=before is not None)
    resize_id = await shop.agreed(plan, rolls_back=True)
    await shop.to(resize_id, ResizePhase.WATCHING)
    if after:
        after(shop.aws.world)
    shop.service("checkout-api").curves["api"] = Curve("leak", 320, 3000, 100)
    done = await shop.watch(resize_id)
    assert done.status.phase is ResizePhase.NOT_ENOUGH
    assert done.status.words.startswith("Killed again on checkout-api:2")
    assert "with checkout-api:1, api would get other code" in done.status.words
    assert shop.service("checkout-api").primary.definition["taskDefinitionArn"] == f"{ARN}checkout-api:2"
    will = Will(resize_id=resize_id, by=APPROVER, at=shop.aws.stage.clock())
    await shop.aws.stage.db.write(resize_decisions.ask_rollback, will)
    await shop.to(resize_id, ResizePhase.ROLLING_BACK)
    await shop.live(resize_id, lambda _: shop.asked["ecs:UpdateService"] == 2)
    assert shop.service("checkout-api").primary.definition["taskDefinitionArn"] == f"{ARN}checkout-api:1"


def is_kept_elsewhere(aws: Cloud) -> None:
    (arn,) = aws.world.ecs.definitions.arns("checkout-api")
    aws.world.ecs.definitions.find(arn)["containerDefinitions"][0]["image"] = "ghcr.io/shop/checkout:1"


def may_not_be_looked_at(aws: Cloud) -> None:
    aws.world.faults.deny("ecr:DescribeImages")


@ONE_STORE
@pytest.mark.parametrize(
    "hidden",
    [
        pytest.param(is_kept_elsewhere, id="its image is not in ECR"),
        pytest.param(may_not_be_looked_at, id="ECR may not be asked"),
    ],
)
async def test_a_policy_asks_a_person_where_nobody_knows_what_the_tag_means(
    aws: Cloud, shop: Workshop, hidden: Callable[[Cloud], None]
) -> None:
    hidden(aws)
    resize_id = await shop.agreed(await shop.plan(service("checkout-api"), "api", "2G"), rolls_back=True)
    await shop.to(resize_id, ResizePhase.WATCHING)
    shop.service("checkout-api").curves["api"] = Curve("leak", 320, 3000, 100)
    done = await shop.watch(resize_id)
    assert done.status.phase is ResizePhase.NOT_ENOUGH
    assert "whether api would get other code with checkout-api:1 cannot be known" in done.status.words
    assert shop.service("checkout-api").primary.definition["taskDefinitionArn"] == f"{ARN}checkout-api:2"
    assert shop.asked["ecs:UpdateService"] == 1


@ONE_STORE
async def test_a_jvm_gets_its_heap_together_with_the_memory(shop: Workshop) -> None:
    plan = await shop.plan(service("search"), "search", "4G", knobs=frozenset({"JAVA_TOOL_OPTIONS"}))
    assert plan.change is not None
    [(_, knob)] = plan.change.knobs
    await shop.to(await shop.agreed(plan), ResizePhase.WATCHING)
    definition = shop.service("search").primary.definition
    assert definition["memory"] == "4096"
    assert definition["containerDefinitions"][0]["environment"] == [
        {"name": "JAVA_TOOL_OPTIONS", "value": knob.new}
    ]
    assert "-Xmx1536m" not in knob.new
    assert "-XX:+ExitOnOutOfMemoryError" in knob.new


@ONE_STORE
async def test_what_pins_the_revision_is_moved_and_all_else_of_it_stays(shop: Workshop) -> None:
    world = shop.aws.world
    world.rules.add("month-end", "prod", "nightly-report:1")
    world.rules.targets["month-end"]["1"]["Input"] = '{"containerOverrides": []}'
    world.scheduler.schedules["nightly-report-eu"] |= {"State": "DISABLED", "Description": "only in May"}
    rule, schedule = (
        dict(world.rules.targets["month-end"]["1"]),
        dict(world.scheduler.schedules["nightly-report-eu"]),
    )
    plan = await shop.plan(family("nightly-report"), "report", "3G")
    assert plan.target.pins == ("rule month-end/1", "schedule default/nightly-report-eu")
    assert "rule nightly-report, target 1" in " ".join(note.words for note in plan.notes)
    done = await shop.to(await shop.agreed(plan), ResizePhase.WATCHING)
    new = done.status.new_revision_arn
    assert new == f"{ARN}nightly-report:2"
    rule["EcsParameters"] = rule["EcsParameters"] | {"TaskDefinitionArn": new}
    assert world.rules.targets["month-end"]["1"] == rule
    schedule["Target"] = schedule["Target"] | {
        "EcsParameters": schedule["Target"]["EcsParameters"] | {"TaskDefinitionArn": new}
    }
    found = world.scheduler.schedules["nightly-report-eu"]
    assert found | {"LastModificationDate": 0} == schedule | {"LastModificationDate": 0}
    assert world.rules.targets["nightly-report"]["1"]["EcsParameters"]["TaskDefinitionArn"].endswith(
        "nightly-report"
    )


@ONE_STORE
async def test_moved_pins_go_back_when_a_person_asks(shop: Workshop) -> None:
    plan = await shop.plan(family("nightly-report"), "report", "3G")
    resize_id = await shop.agreed(plan)
    await shop.to(resize_id, ResizePhase.WATCHING)
    will = Will(resize_id=resize_id, by=APPROVER, at=shop.aws.stage.clock(), why="it is May")
    await shop.aws.stage.db.write(resize_decisions.ask_rollback, will)
    done = await shop.to(resize_id, ResizePhase.ROLLED_BACK)
    target = shop.aws.world.scheduler.schedules["nightly-report-eu"]["Target"]
    assert target["EcsParameters"]["TaskDefinitionArn"] == f"{ARN}nightly-report:1"
    assert done.status.rollback_by == APPROVER


@ONE_STORE
async def test_a_family_that_nothing_pins_gets_a_revision_and_people_are_told_how_to_use_it(
    shop: Workshop,
) -> None:
    del shop.aws.world.scheduler.schedules["nightly-report-eu"]
    plan = await shop.plan(family("nightly-report"), "report", "3G")
    assert plan.next_steps
    await shop.to(await shop.agreed(plan), ResizePhase.WATCHING)
    assert shop.aws.world.ecs.definitions.find("nightly-report")["memory"] == "3072"


@ONE_STORE
async def test_a_batch_job_gets_a_further_revision(shop: Workshop) -> None:
    plan = await shop.plan(job("genome-align"), "default", "20G")
    assert plan.can_be_done, plan.refusals
    done = await shop.to(await shop.agreed(plan), ResizePhase.WATCHING)
    assert done.status.new_revision_arn.endswith("job-definition/genome-align:8")
    found = await shop.facts(job("genome-align"))
    assert found.definition.containers[0].memory_mib == 20480
    assert found.described["tags"]["oomguard:requested-by"] == ASKER


@ONE_STORE
async def test_a_tag_that_was_pushed_over_is_told_and_the_digest_that_runs_can_be_pinned(
    shop: Workshop,
) -> None:
    running = shop.aws.task_of("checkout-api").container("api").digest
    scenarios.retagged(shop.aws.world)
    warned = await shop.plan(service("checkout-api"), "api", "2G")
    assert "image.moved" in {note.rule for note in warned.notes}
    plan = await shop.plan(service("checkout-api"), "api", "2G", pin_images=True)
    await shop.to(await shop.agreed(plan), ResizePhase.WATCHING)
    assert (
        shop.service("checkout-api")
        .primary.definition["containerDefinitions"][0]["image"]
        .endswith(f"@{running}")
    )
    assert {
        task.container("api").digest for task in shop.aws.world.ecs.tasks_of(shop.service("checkout-api"))
    } == {running}


@ONE_STORE
async def test_sizing_down_tells_the_probability_of_a_kill_by_what_it_used(shop: Workshop) -> None:
    plan = await shop.plan(service("ledger-worker"), "worker", "512M")
    assert "shrink.risk" in {note.rule for note in plan.notes}
    assert plan.enough is not None
    larger = await shop.plan(service("ledger-worker"), "worker", "2G")
    await shop.to(await shop.agreed(larger), ResizePhase.WATCHING)
    again = await shop.plan(service("ledger-worker"), "worker", "1G")
    assert "shrink.blind" in {note.rule for note in again.notes}  # the figures so far are of another size


@ONE_STORE
async def test_a_tag_that_is_pushed_over_after_the_plan_stops_it_before_anything_is_written(
    shop: Workshop,
) -> None:
    resize_id = await shop.agreed(await shop.plan(service("checkout-api"), "api", "2G"))
    scenarios.retagged(shop.aws.world)
    ended = await shop.to(resize_id, ResizePhase.CANCELLED)
    assert "other code by now" in ended.status.words
    assert shop.revisions("checkout-api") == 1


@ONE_STORE
async def test_a_kill_is_seen_at_once_and_not_at_the_next_look(shop: Workshop) -> None:
    resize_id = await shop.agreed(await shop.plan(service("checkout-api"), "api", "2G"))
    await shop.to(resize_id, ResizePhase.WATCHING)
    await shop.resizes.one_pass()
    assert float(await shop.resizes.one_pass()) > 10
    task = shop.aws.world.ecs.tasks_of(shop.service("checkout-api"))[0]
    shop.aws.world.ecs.kill(task, task.container("api"))
    await shop.aws.stage.clock.sleep(4)
    await shop.hear()
    await shop.resizes.one_pass()
    assert (await shop.get(resize_id)).status.phase is ResizePhase.NOT_ENOUGH


@ONE_STORE
async def test_a_later_deployment_that_brings_the_old_memory_back_is_told(shop: Workshop) -> None:
    resize_id = await shop.agreed(await shop.plan(service("checkout-api"), "api", "2G"))
    await shop.to(resize_id, ResizePhase.PROVEN)
    ecs, of = shop.aws.world.ecs, shop.service("checkout-api")
    asked = request_of(of.primary.definition) | {"memory": "1024"}
    shop.aws.world.rollouts.deploy(of, ecs.definitions.register(asked, shop.aws.stage.clock(), "terraform"))
    told = await shop.live(resize_id, lambda one: one.status.regressed_at is not None)
    assert "checkout-api:3 brought the old memory back" in told.status.words
    assert await shop.aws.stage.db.read(resizes.next_due) is None
