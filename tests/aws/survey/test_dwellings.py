"""One container that is stuck among healthy siblings, at the wire: found by one query a cluster, and what lacks is said."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.aws.evidence.insights import Insights
from bot.aws.survey import dwellings
from bot.aws.survey.dwellings import Dwellings
from bot.domain.inspection.dwelling import Dwelling, at_limit
from bot.domain.inspection.running import Running
from sandbox.aws.curves import Curve
from sandbox.aws.services import Service
from sandbox.aws.workloads import CLUSTER, Part, Workload, run
from tests.aws.survey.conftest import View

STUCK = Part("app", 512, Curve("plateau", 300, 900, 3600, runtime="reclaim"))
CALM = Part("agent", None, Curve("steady", 90, 90))


def begin(view: View) -> None:
    """A task of 2 GiB of which nobody sees that one of its containers hangs at 512 MiB."""
    run(view.world.ecs, Workload("crowd", 512, 2048, (STUCK, CALM), desired=2, age_s=4 * 3600))


async def look(
    view: View, running: Sequence[Running], at_once: int = 2
) -> tuple[dict[str, Sequence[Dwelling]], list[str]]:
    """What is known of each service."""
    insights = Insights(at_once, sleep=view.clock.advance)
    found, gaps = await Dwellings(view.calls, insights).of(running, now=view.now())
    return {subject.name: told for subject, told in found.items()}, gaps


async def test_a_stuck_container_is_found_where_its_service_looks_calm(view: View) -> None:
    begin(view)
    fleet = await view.fleet()
    crowd = next(one for one in fleet.running if one.subject.name == "crowd")
    histories, _ = await view.histories(fleet, days=1)
    calm = next(one for one in histories if one.running.subject.name == "crowd")
    peak = calm.peak(view.now() - timedelta(days=1))
    assert peak is not None
    assert calm.share(peak) < 0.5, "the service's own figure tells nothing"
    found, gaps = await look(view, fleet.running)
    assert gaps == []
    assert len(found["crowd"]) == 4, "two tasks of two containers"
    stuck = at_limit(crowd.definition, found["crowd"])
    assert stuck is not None
    assert stuck.limit_mib == 512
    assert view.asked("logs:StartQuery") == 1
    healthy = [one for one in fleet.running if one.subject.name in found.keys() - {"crowd"}]
    assert healthy
    assert not any(at_limit(one.definition, found[one.subject.name]) for one in healthy)


async def beside(view: View) -> Sequence[Running]:
    """A second service that runs the same family, and is calm; those of that family."""
    begin(view)
    crowd = view.world.ecs.services[CLUSTER, "crowd"]
    other = Service("crowd-calm", CLUSTER, 1, view.now())
    other.curves = {"app": Curve("steady", 200, 200), "agent": CALM.curve}
    deployment = other.begin(crowd.primary.definition, view.now())
    view.world.ecs.services[CLUSTER, other.name] = other
    task = view.world.ecs.new_task(CLUSTER, deployment.definition, f"service:{other.name}", deployment.id)
    view.world.ecs.run(task)
    for _ in range(20):
        view.world.ecs.advance(30)
        await view.clock.advance(30)
    return [one for one in (await view.fleet()).running if one.definition.family == "crowd"]


async def test_of_two_services_of_one_family_the_stuck_one_is_told(view: View) -> None:
    running = await beside(view)
    found, _ = await look(view, running)
    stuck = {one.subject.name: at_limit(one.definition, found[one.subject.name]) for one in running}
    assert stuck.keys() == {"crowd", "crowd-calm"}
    assert stuck["crowd"] is not None
    assert stuck["crowd-calm"] is None


async def test_records_of_old_name_no_service_and_then_neither_is_told(view: View) -> None:
    running = await beside(view)
    row = {"TaskDefinitionFamily": "crowd", "TaskId": "a1", "ContainerName": "app"}
    full = row | {"low": "510", "peak": "512", "minutes": "9"}
    assert dwellings._by_subject(running, [full]) == {}
    (told,) = dwellings._by_subject(running, [full | {"ServiceName": "crowd"}])
    assert told.name == "crowd"


@pytest.mark.parametrize(
    ("at_once", "denied", "is_on", "said"),
    [
        pytest.param(0, False, True, "", id="switched off"),
        pytest.param(2, False, False, "", id="no Container Insights there"),
        pytest.param(
            2,
            True,
            True,
            "single containers in prod: not allowed: the role needs logs:StartQuery",
            id="not allowed",
        ),
    ],
)
async def test_what_cannot_be_asked(view: View, at_once: int, denied: bool, is_on: bool, said: str) -> None:
    begin(view)
    running = (await view.fleet(CLUSTER)).running
    if denied:
        view.world.faults.deny("logs:StartQuery")
    if not is_on:
        view.world.ecs.insights_off.add(CLUSTER)
    found, gaps = await look(view, running, at_once)
    assert found == {}
    assert "".join(gaps).startswith(said)
    assert bool(gaps) == bool(said)


async def test_where_the_services_own_figure_tells_as_much_nothing_is_asked(view: View) -> None:
    begin(view)
    alone = [
        one
        for one in (await view.fleet()).running
        if one.desired_count == 1 == len(one.definition.containers)
    ]
    assert alone
    assert await look(view, alone) == ({}, [])
    assert view.asked("logs:StartQuery") == 0
