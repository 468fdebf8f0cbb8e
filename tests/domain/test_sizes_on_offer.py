"""Sizes on offer: what ECS accepts, near today's size and the recommended one, and words for the others."""

from dataclasses import replace

import pytest

from bot.domain.aws import fargate
from bot.domain.diagnosis.evidence import Host
from bot.domain.plan.resize_facts import Facts
from bot.domain.plan.sizes_on_offer import MOST, Offer, Shelf, offer
from bot.domain.sizing.tail import Peak
from tests.domain.revisions import app, on_ec2, on_fargate, sidecar
from tests.domain.wishes import diagnosis, facts, planned

MACHINE = Host(instance_id="i-1", registered_mib=3900, remaining_mib=1000, largest_free_mib=1000)
ADVISED = facts(
    on_fargate(2048, 512, app(1024), sidecar(512)),
    diagnosis=diagnosis((1280, 2048, 0.5), (1536, 2048, 0.75), (3072, 4096, 0.9)),
)
PLACES = [
    pytest.param(facts(), id="Fargate, alone in its task"),
    pytest.param(facts(on_fargate(1024, 256, app())), id="Fargate, no limit of its own"),
    pytest.param(facts(on_fargate(65536, 16384, app(50000))), id="Fargate, a giant"),
    pytest.param(facts(on_fargate(4096, 1024, app(), is_windows=True)), id="Fargate, Windows"),
    pytest.param(facts(on_ec2(app(700)), host=MACHINE), id="EC2"),
    pytest.param(facts(on_ec2(app(None, 256))), id="EC2, soft only"),
    pytest.param(ADVISED, id="with a recommendation"),
]


def sizes(found: Offer, shelf: Shelf) -> list[int]:
    """The sizes on a shelf."""
    return [one.mib for one in found.choices if one.shelf is shelf]


@pytest.mark.parametrize("given", PLACES)
def test_whatever_is_offered_can_be_planned_as_it_was_shown(given: Facts) -> None:
    found = offer(given, "app")
    assert 5 < len(found.choices) <= MOST
    for one in found.choices:
        plan = planned(given, one.typed)
        assert plan.can_be_done
        assert plan.change is not None
        shown = (one.option.task_mib, one.option.cpu, one.option.monthly_usd, one.option.enough)
        assert shown == (plan.change.task_memory_mib[1], plan.change.cpu[1], plan.monthly_usd, plan.enough)


@pytest.mark.parametrize("given", PLACES)
def test_shelves_are_in_order_and_no_size_is_there_twice(given: Facts) -> None:
    found = offer(given, "app")
    order = list(Shelf)
    assert found.aim is not None
    assert found.choices == tuple(sorted(found.choices, key=lambda one: (order.index(one.shelf), one.mib)))
    assert len({one.mib for one in found.choices} | {found.aim.mib}) == len(found.choices) + 1


def test_every_task_size_with_no_less_cpu_is_there() -> None:
    found = offer(facts(on_fargate(1024, 1024, app())), "app")
    sold = {size.memory_mib for size in fargate.sizes() if size.cpu >= 1024}
    assert {one.mib for one in found.choices} == sold - {1024}


def test_the_recommended_one_is_marked_and_says_how_likely_it_is_enough() -> None:
    found = offer(ADVISED, "app")
    assert sizes(found, Shelf.RECOMMENDED) == [1536]
    assert found.choices[0].option.enough == 0.75
    assert {1280, 3072} <= {one.mib for one in found.choices}


def test_what_fills_the_task_is_offered_for_it_costs_no_more() -> None:
    found = offer(facts(on_fargate(2048, 512, app(1024), sidecar(512))), "app")
    assert 2048 - 512 in sizes(found, Shelf.LARGER)
    assert 4096 - 512 in sizes(found, Shelf.LARGER)


def test_the_least_size_that_its_history_allows_is_among_the_smaller_ones() -> None:
    peaks = tuple(Peak(300 + day) for day in range(14))
    without = offer(facts(on_ec2(app(2048))), "app")
    found = offer(facts(on_ec2(app(2048)), peaks=peaks), "app")
    (added,) = {*sizes(found, Shelf.SMALLER)} - {*sizes(without, Shelf.SMALLER)}
    assert 313 < added < 512
    assert all(one.option.enough is not None for one in found.choices if one.shelf is Shelf.SMALLER)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        pytest.param(facts(), "With 0.25 vCPU Fargate sells 512 to 2,048 MiB", id="more needs more CPU"),
        pytest.param(
            facts(on_ec2(app(700)), host=MACHINE), "offers 3,900 MiB", id="larger than the instances"
        ),
        pytest.param(facts(on_ec2(app())), "sets no memory for app", id="nothing to resize"),
        pytest.param(
            facts(replace(on_fargate(1024, 256, app(1024)), cpu=None)),
            "CPU is not known",
            id="a task without CPU",
        ),
    ],
)
def test_why_there_are_no_others(given: Facts, words: str) -> None:
    assert words in " ".join(offer(given, "app").others)


def test_a_container_that_is_not_there() -> None:
    found = offer(facts(), "web")
    assert (found.aim, found.choices) == (None, ())
    assert "no container web" in found.others[0]
