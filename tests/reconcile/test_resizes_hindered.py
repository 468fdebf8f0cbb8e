"""Resizes that something stands in the way of: each has an explained outcome, and nothing is changed by accident."""

from datetime import timedelta

import pytest

from bot.domain.policy.freeze import Freeze
from bot.domain.policy.policy import Policy
from bot.domain.resize.decision import Outcome
from bot.domain.resize.resize import ResizePhase
from bot.store import freezes, resize_decisions
from bot.store.resize_decisions import Will
from sandbox.aws.curves import Curve
from sandbox.aws.sizes import request_of
from tests.reconcile.cloud import Cloud
from tests.reconcile.resizing import APPROVER, ASKER, Workshop, service

ONE_STORE = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
ARN = "arn:aws:ecs:eu-west-1:123456789012:task-definition/"


@pytest.fixture
def shop(aws: Cloud) -> Workshop:
    return Workshop(aws=aws)


@ONE_STORE
async def test_codedeploys_service_is_refused_and_nothing_registered(shop: Workshop) -> None:
    plan = await shop.plan(service("storefront"), "web", "2G")
    assert not plan.can_be_done
    assert "CODE_DEPLOY" in plan.refusals[0]
    assert shop.revisions("storefront") == 1


@ONE_STORE
async def test_what_finds_no_room_is_told_and_goes_back_when_somebody_asks(shop: Workshop) -> None:
    machines = shop.aws.world.instances.machines
    machines[:] = [one for one in machines if one.id == shop.aws.task_of("notifications").machine]
    resize_id = await shop.agreed(await shop.plan(service("notifications"), "sender", "3700M"))
    stuck = await shop.live(resize_id, lambda one: one.status.is_stuck)
    assert stuck.status.phase is ResizePhase.DEPLOYING
    assert "unable to place a task" in stuck.status.trouble
    assert stuck.status.trouble in stuck.status.words
    will = Will(resize_id=resize_id, by=APPROVER, at=shop.aws.stage.clock())
    await shop.aws.stage.db.write(resize_decisions.ask_rollback, will)
    await shop.to(resize_id, ResizePhase.ROLLED_BACK)
    assert shop.asked["ecs:StopServiceDeployment"] == 1
    assert shop.service("notifications").primary.definition["revision"] == 1


@ONE_STORE
async def test_a_deployment_that_the_circuit_breaker_takes_back_is_told_in_its_words(shop: Workshop) -> None:
    resize_id = await shop.agreed(await shop.plan(service("checkout-api"), "api", "2G"))
    await shop.to(resize_id, ResizePhase.DEPLOYING)
    line = "no such module"
    curves = shop.service("checkout-api").curves
    healthy, curves["api"] = curves["api"], Curve("threads", 100, 100, 5, fatal_line=line, exit_code=1)
    await shop.live(resize_id, lambda one: "rolling it back" in one.status.words)
    curves["api"] = healthy
    done = await shop.to(resize_id, ResizePhase.ROLLED_BACK)
    assert done.status.rollback_by == "ECS"
    assert "circuit breaker" in done.status.words
    assert shop.service("checkout-api").primary.definition["revision"] == 1


async def test_a_service_that_is_deleted_meanwhile_ends_it(shop: Workshop) -> None:
    resize_id = await shop.agreed(await shop.plan(service("checkout-api"), "api", "2G"))
    shop.service("checkout-api").status = "DRAINING"
    done = await shop.to_end(resize_id)
    assert done.status.phase is ResizePhase.CANCELLED
    assert "deleted" in done.status.words
    assert shop.revisions("checkout-api") == 1


@ONE_STORE
async def test_who_deploys_meanwhile_is_not_overrun(shop: Workshop) -> None:
    resize_id = await shop.agreed(await shop.plan(service("checkout-api"), "api", "2G"))
    await shop.to(resize_id, ResizePhase.REGISTERING)
    ecs = shop.aws.world.ecs
    asked = request_of(shop.service("checkout-api").primary.definition)
    shop.aws.world.rollouts.deploy(
        shop.service("checkout-api"), ecs.definitions.register(asked, shop.aws.stage.clock(), "somebody")
    )
    done = await shop.to_end(resize_id)
    assert done.status.phase is ResizePhase.FAILED
    assert "Somebody deployed checkout-api:3" in done.status.words
    assert shop.asked["ecs:UpdateService"] == 0


@ONE_STORE
async def test_throttling_is_waited_out(shop: Workshop) -> None:
    resize_id = await shop.agreed(await shop.plan(service("checkout-api"), "api", "2G"))
    for action in ("RegisterTaskDefinition", "UpdateService", "DescribeServices"):
        shop.aws.world.faults.throttle(f"ecs:{action}", times=3)
    await shop.to(resize_id, ResizePhase.WATCHING)
    assert shop.revisions("checkout-api") == 2


@pytest.mark.parametrize(
    ("action", "told", "revisions"),
    [
        pytest.param("ecs:RegisterTaskDefinition", "Not registered", 1, id="it may not register"),
        pytest.param("ecs:UpdateService", "Not deployed", 2, id="it may not update the service"),
    ],
)
@ONE_STORE
async def test_a_permission_that_lacks_is_named_and_it_ends(
    shop: Workshop, action: str, told: str, revisions: int
) -> None:
    resize_id = await shop.agreed(await shop.plan(service("checkout-api"), "api", "2G"))
    shop.aws.world.faults.deny(action)
    done = await shop.to_end(resize_id)
    assert done.status.phase is ResizePhase.FAILED
    assert told in done.status.words
    assert action in done.status.words
    assert shop.revisions("checkout-api") == revisions


@ONE_STORE
async def test_what_may_not_be_looked_at_says_so_and_goes_on_when_it_may(shop: Workshop) -> None:
    resize_id = await shop.agreed(await shop.plan(service("checkout-api"), "api", "2G"))
    shop.aws.world.faults.deny("ecs:DescribeServices")
    blind = await shop.live(resize_id, lambda one: bool(one.status.trouble))
    assert "the role needs ecs:DescribeServices" in blind.status.trouble
    shop.aws.world.faults.clear()
    seen = await shop.to(resize_id, ResizePhase.WATCHING)
    assert seen.status.trouble == ""


@ONE_STORE
async def test_what_can_never_be_looked_at_ends_though(shop: Workshop) -> None:
    resize_id = await shop.agreed(await shop.plan(service("checkout-api"), "api", "2G"))
    shop.aws.world.faults.deny("ecs:DescribeServices")
    done = await shop.to_end(resize_id, 5 * 3600)
    assert done.status.phase is ResizePhase.EXPIRED
    assert shop.revisions("checkout-api") == 1


@ONE_STORE
async def test_a_freeze_and_a_closed_window_are_waited_for(shop: Workshop) -> None:
    clock, db = shop.aws.stage.clock, shop.aws.stage.db
    resize_id = await shop.agreed(
        await shop.plan(service("checkout-api"), "api", "2G"),
        expires_at=clock() + timedelta(hours=9),
    )
    frozen = await db.write(
        freezes.freeze, Freeze(id=0, frozen_by=APPROVER, frozen_at=clock(), reason="sale")
    )
    held = await shop.live(resize_id, lambda one: "Waiting" in one.status.words)
    assert "sale" in held.status.words
    await db.write(freezes.thaw, frozen.id, APPROVER, clock())
    shop.under(Policy(windows=("Sat 04:00-05:00",)))
    held = await shop.live(resize_id, lambda one: "Sat 04:00" in one.status.words)
    assert shop.revisions("checkout-api") == 1
    await shop.to(resize_id, ResizePhase.WATCHING)
    assert clock().hour == 4


@ONE_STORE
async def test_the_kill_switch_stops_everything_even_on_the_way(shop: Workshop) -> None:
    resize_id = await shop.agreed(await shop.plan(service("checkout-api"), "api", "2G"))
    await shop.to(resize_id, ResizePhase.REGISTERING)
    shop.under(Policy(read_only=True))
    held = await shop.live(resize_id, lambda one: "OOM_READ_ONLY" in one.status.words)
    assert shop.asked["ecs:UpdateService"] == 0
    assert not held.status.phase.is_final


@ONE_STORE
async def test_what_nobody_agrees_to_expires_and_nothing_is_done(shop: Workshop) -> None:
    plan = await shop.plan(service("checkout-api"), "api", "2G")
    resize_id = await shop.agreed(plan, needs_approval=("production",))
    before = shop.asked.total()
    done = await shop.to_end(resize_id)
    assert done.status.phase is ResizePhase.EXPIRED
    assert shop.asked.total() == before


@ONE_STORE
async def test_an_agreement_that_the_asker_gave_is_none(shop: Workshop) -> None:
    plan = await shop.plan(service("checkout-api"), "api", "2G")
    resize_id = await shop.agreed(plan, needs_approval=("production",))
    will = Will(resize_id=resize_id, by=ASKER, at=shop.aws.stage.clock())
    decision = await shop.aws.stage.db.write(resize_decisions.approve, will, plan.hash)
    assert decision.outcome is Outcome.OWN
    await shop.to_end(resize_id)
    assert shop.revisions("checkout-api") == 1
