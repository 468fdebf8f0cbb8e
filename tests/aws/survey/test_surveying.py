"""The survey: everything that runs is found, in few calls; what may not be looked at is said; AWS is not hurried."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.aws.accounts import Place
from bot.aws.evidence.site import Site
from bot.aws.survey import worker_lines
from bot.domain.inspection.worker_kill import worker_kills
from bot.domain.subject.group_key import OwnerKind
from sandbox.aws import kinds
from sandbox.aws.arns import REGION
from tests.aws.survey.conftest import View


async def test_every_service_with_the_revision_that_it_uses(view: View) -> None:
    for number in range(25):
        kinds.begin(view.world.ecs, list(kinds.KINDS)[number % 13])
    fleet = await view.fleet()
    names = {one.subject.name for one in fleet.running}
    assert {"checkout-api", "kind-host", "kind-silent"} <= names
    assert fleet.gaps == ()
    by_name = {one.subject.name: one for one in fleet.running}
    host, stuck = by_name["kind-host"], by_name["kind-stuck"]
    assert (host.on_fargate, host.limit_mib, host.reserved_mib) == (False, None, 512)
    assert (stuck.on_fargate, stuck.limit_mib, stuck.desired_count) == (True, 1024, 1)
    assert view.asked("ecs:DescribeServices") <= len(names) // 10 + 1
    definitions = view.asked("ecs:DescribeTaskDefinition")
    assert definitions <= len(names)


async def test_histories_of_many_come_in_few_calls(view: View) -> None:
    fleet = await view.fleet()
    histories, gaps = await view.histories(fleet, days=2)
    assert gaps == []
    assert view.asked("cloudwatch:GetMetricData") == 2  # by the hour, and the last minutes
    checkout = next(one for one in histories if one.running.subject.name == "checkout-api")
    assert len(checkout.hours) == 48
    peak = checkout.peak(view.now() - timedelta(days=2))
    assert peak is not None
    assert 0 < checkout.share(peak) <= 1


@pytest.mark.parametrize(
    ("action", "gap"),
    [
        pytest.param("ecs:ListClusters", "the role needs ecs:ListClusters", id="clusters"),
        pytest.param("ecs:ListServices", "the role needs ecs:ListServices", id="services"),
        pytest.param("ecs:DescribeServices", "the role needs ecs:DescribeServices", id="their state"),
        pytest.param("ecs:DescribeTaskDefinition", "needs ecs:DescribeTaskDefinition", id="revisions"),
    ],
)
async def test_a_permission_that_lacks_is_told_once(view: View, action: str, gap: str) -> None:
    view.world.faults.deny(action)
    fleet = await view.fleet()
    assert [gap in one for one in fleet.gaps] == [True]
    assert fleet.running == ()


@pytest.mark.parametrize(
    ("where", "cluster", "found"),
    [
        pytest.param({"clusters": ("prod",)}, "", True, id="a cluster that is watched"),
        pytest.param({"clusters": ("pord",)}, "", False, id="a watched one that is not there"),
        pytest.param({}, "prod", True, id="a cluster that was asked for"),
        pytest.param(
            {}, f"arn:aws:ecs:{REGION}:123456789012:cluster/prod", True, id="a cluster's ARN of this account"
        ),
        pytest.param({}, "arn:aws:ecs:eu-north-1:123456789012:cluster/prod", False, id="of another region"),
        pytest.param(
            {"places": (Place("999999999999", REGION),), "has_role": lambda _: False}, "", False, id="no role"
        ),
    ],
)
async def test_where_it_looks(view: View, where: dict[str, Any], cluster: str, found: bool) -> None:
    fleet = await view.fleet(cluster, **where)
    assert bool(fleet.running) is found


async def test_a_throttled_call_is_made_again_after_a_rest(view: View) -> None:
    view.world.faults.throttle("ecs:DescribeServices", times=3)  # as often as boto3 itself tries
    fleet = await view.fleet()
    assert (bool(fleet.running), fleet.gaps) == (True, ())


async def test_calls_keep_their_distance(view: View) -> None:
    """Half of what AWS refills in a second, and less."""
    pacing, site = view.pacing(), Site(view.calls, "", REGION)
    started = view.clock.time()
    asked = (pacing.ask(site, "ecs", "list_clusters") for _ in range(11))
    await asyncio.gather(*asked)
    assert view.clock.time() - started == pytest.approx(1.0)


async def test_standalone_tasks_are_counted_by_family(view: View) -> None:
    fleet = await view.fleet(with_tasks=True)
    kinds_there = {one.subject.kind for one in fleet.running}
    assert OwnerKind.SERVICE in kinds_there
    assert view.asked("ecs:ListTasks") >= 1
    assert view.asked("ecs:DescribeTasks") >= 1


async def test_lines_of_killed_workers_and_no_others(view: View) -> None:
    kinds.begin(view.world.ecs, "silent")
    silent, calm = await view.service("kind-silent"), await view.service("checkout-api")
    since = view.now() - timedelta(hours=24)
    found = await worker_lines.search(view.calls, view.pacing(), silent, since, view.now())
    assert len(worker_kills(found.lines)) > 10
    assert (found.is_cut, found.gaps, found.forbidden) == (False, [], [])
    assert len({one.task for one in found.lines}) == 1
    quiet = await worker_lines.search(view.calls, view.pacing(), calm, since, view.now())
    assert worker_kills(quiet.lines) == []
