"""Sizing: a kill goes in, three sizes come out, or a reason for none."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.aws import fargate
from bot.domain.aws.price import fallback
from bot.domain.aws.task_definition import Container
from bot.domain.diagnosis.diagnosis import Pattern, Recommendation
from bot.domain.diagnosis.evidence import Host
from bot.domain.diagnosis.shape import Shape
from bot.domain.sizing.calibration import Calibration, Outcome
from bot.domain.sizing.sizing import Abstains, Caps, Case, recommend
from bot.domain.sizing.tail import Peak
from tests.domain.revisions import app, on_ec2, on_fargate, sidecar

CREEP = Shape(pattern=Pattern.CHRONIC, why="it lives close to its limit: 1,000 MiB of 1,024 MiB", rho=1.02)
SPIKE = Shape(pattern=Pattern.SPIKE, why="from 400 MiB to 1,024 MiB within 12 min", rho=2.5)
LEAK = Shape(
    pattern=Pattern.LEAK, why="its floor rose steadily", slope_mib_per_h=40, floor_mib=1000, lifetime_s=72_000
)
START = Shape(pattern=Pattern.STARTUP, why="it died 3 min after its start", lifetime_s=180)
BLIND = Shape(pattern=Pattern.UNKNOWN, why="no memory samples")
PRICES = fallback("us-east-1")


def case(**told: Any) -> Case:
    known: dict[str, Any] = {
        "definition": on_fargate(1024, 512),
        "container": "app",
        "limit_mib": 1024,
        "shape": CREEP,
        "prices": PRICES,
    }
    return Case(**(known | told))


def sized(**told: Any) -> Recommendation:
    found = recommend(case(**told))
    assert isinstance(found, Recommendation), found
    return found


@pytest.mark.parametrize(
    ("told", "sizes", "best"),
    [
        pytest.param({}, [2048, 3072, 4096], 2048, id="creep: the next on sale is enough"),
        pytest.param({"shape": SPIKE}, [2048, 3072, 4096], 2048, id="spike: twice"),
        pytest.param(
            {"definition": on_fargate(4096, 1024), "limit_mib": 4096, "shape": SPIKE},
            [6144, 8192, 12_288],
            8192,
            id="spike of a larger one: half more, twice, three times",
        ),
        pytest.param(
            {"definition": on_fargate(8192, 1024), "limit_mib": 8192},
            [9216, 10_240, 12_288],
            10_240,
            id="creep, new CPU",
        ),
        pytest.param(
            {"definition": on_fargate(512, 256), "limit_mib": 512},
            [1024, 2048],
            1024,
            id="two within 4 times",
        ),
        pytest.param({"caps": Caps(max_mib=2048), "shape": SPIKE}, [2048], 2048, id="the account's maximum"),
        pytest.param({"caps": Caps(factor=3)}, [2048, 3072], 2048, id="the configured factor"),
        pytest.param(
            {"definition": on_fargate(4096, 1024, app(1000)), "limit_mib": 1000, "shape": SPIKE},
            [1536, 2048, 3008],
            2048,
            id="a container's limit inside a large task",
        ),
        pytest.param(
            {"definition": on_ec2(app(1000)), "limit_mib": 1000},
            [1152, 1280, 1536],
            1280,
            id="EC2, steps of 64",
        ),
        pytest.param({"definition": on_ec2(app(32)), "limit_mib": 32}, [64, 128], 64, id="EC2, a tiny one"),
        pytest.param(
            {"definition": on_fargate(120_832, 16_384), "limit_mib": 120_832},
            [122_880, 249_856],
            249_856,
            id="the last",
        ),
    ],
)
def test_three_sizes_around_the_one_to_take(told: dict[str, Any], sizes: list[int], best: int) -> None:
    found = sized(**told)
    assert [option.memory_mib for option in found.options] == sizes
    assert found.chosen.memory_mib == best
    assert found.multiplier * (case(**told).limit_mib or 0) == pytest.approx(best)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        pytest.param(
            {"helps": False, "helps_why": "the heap was full"}, "the heap was full", id="memory is no cure"
        ),
        pytest.param({"helps": False}, "not what it lacks", id="memory is no cure, nobody said why"),
        pytest.param({"shape": BLIND}, "nothing to size from: no memory samples", id="nothing known"),
        pytest.param(
            {"shape": BLIND, "peaks": [Peak(900)] * 2}, "fewer than three earlier runs", id="two earlier runs"
        ),
        pytest.param({"limit_mib": None}, "no hard memory limit", id="soft limits only"),
        pytest.param({"limit_mib": 0}, "no hard memory limit", id="a limit of nothing"),
        pytest.param({"container": "aws-guardduty"}, "not in the revision", id="an injected container"),
        pytest.param(
            {"definition": on_fargate(None, None)}, "size is not known", id="a revision without a size"
        ),
        pytest.param(
            {"definition": on_fargate(249_856, 32_768), "limit_mib": 249_856},
            "sells no larger",
            id="the largest there is",
        ),
        pytest.param({"caps": Caps(max_mib=1024)}, "beyond 1,024 MiB", id="at the account's maximum"),
        pytest.param(
            {
                "definition": on_ec2(app(7936)),
                "limit_mib": 7936,
                "host": Host(instance_id="i", registered_mib=7985, remaining_mib=49),
            },
            "offers 7,985 MiB",
            id="the instance has no more",
        ),
    ],
)
def test_it_abstains_with_the_reason(told: dict[str, Any], why: str) -> None:
    found = recommend(case(**told))
    assert isinstance(found, Abstains)
    assert why in found.why
    assert not found.why.endswith(".")


def test_more_memory_is_more_likely_enough_and_costs_more() -> None:
    options = sized(shape=SPIKE, definition=on_fargate(4096, 1024), limit_mib=4096, desired_count=3).options
    likely, cost = [one.enough or 0 for one in options], [one.monthly_usd or 0 for one in options]
    assert likely == [pytest.approx(0.45), pytest.approx(0.69), pytest.approx(0.9)]
    assert cost == sorted(cost)
    assert cost[0] == pytest.approx(3 * 2 * 0.004445 * 730)
    assert [one.raises_cpu for one in options] == [False, False, True]


def test_where_cpu_must_grow_both_prices_are_shown() -> None:
    found = sized(definition=on_fargate(1024, 256), shape=SPIKE)
    stays, forced = found.options[0], found.options[-1]
    assert (stays.cpu, stays.memory_mib, stays.raises_cpu) == (256, 2048, False)
    assert (forced.cpu, forced.raises_cpu) == (512, True)
    assert (forced.monthly_usd or 0) > 3 * (stays.monthly_usd or 0)


def test_a_container_that_has_room_in_its_task_costs_nothing_more() -> None:
    found = sized(definition=on_fargate(4096, 1024, app(1000, 500)), limit_mib=1000)
    assert (found.chosen.task_mib, found.chosen.reservation_mib, found.chosen.monthly_usd) == (4096, 640, 0.0)
    assert "only the container's limit" in " ".join(found.reasons)


def test_the_task_is_raised_where_its_containers_together_reached_it() -> None:
    found = sized(definition=on_fargate(1024, 512, app(900), sidecar(900)), limit_mib=1024)
    assert (found.chosen.memory_mib, found.chosen.task_mib) == (2048, 2048)
    assert found.multiplier == 2.0


def test_a_leak_tells_what_the_memory_buys() -> None:
    found = sized(shape=LEAK)
    assert found.caveat == "buys about 46 h 12 min, does not fix"
    assert [one.enough for one in found.options] == [None, None, None]
    spans = [one.next_oom_s or 0 for one in found.options]
    assert spans == sorted(spans)
    assert "40 MiB an hour" in " ".join(found.reasons)


def test_a_leak_that_only_lifetimes_show_lasts_in_proportion() -> None:
    found = sized(shape=Shape(pattern=Pattern.LEAK, why="3 lives of equal length", lifetime_s=6 * 3600))
    assert found.chosen.next_oom_s == 12 * 3600


def test_a_job_tells_of_its_runs() -> None:
    runs = [*map(Peak, (800, 850, 820, 900, 880)), Peak(1024, is_censored=True)]
    found = sized(shape=BLIND, peaks=runs, is_job=True, every_s=86_400)
    assert "6 runs peaked at 1,024 MiB at most" in " ".join(found.reasons)
    assert found.price_note == "no monthly price: a job is paid by the run"
    assert found.chosen.monthly_usd is None
    assert (found.chosen.next_oom_s or 0) > 30 * 86_400
    assert (
        0.7 < (found.chosen.enough or 0) <= 0.95
    )  # the killed run is tried again: no better than such kills allow


def test_a_job_that_grows_all_its_run_is_no_leak() -> None:
    found = sized(shape=LEAK, is_job=True)
    assert found.caveat == ""
    assert found.chosen.enough == pytest.approx(0.72)
    assert found.chosen.next_oom_s is None


@pytest.mark.parametrize("died", [CREEP, SPIKE, LEAK], ids=["creep", "climb", "leak"])
@pytest.mark.parametrize(
    "inside",
    [
        pytest.param(lambda _: [app()], id="alone, without a limit"),
        pytest.param(lambda mib: [app(mib, mib // 2)], id="with the task's limit as its own"),
        pytest.param(lambda mib: [app(mib // 2, mib // 4), sidecar(mib // 8)], id="beside a sidecar"),
    ],
)
def test_every_size_that_fargate_sells_grows_to_one_that_it_sells(
    died: Shape, inside: Callable[[int], list[Container]]
) -> None:
    for old in fargate.sizes():
        definition = on_fargate(old.memory_mib, old.cpu, *inside(old.memory_mib))
        limit = definition.containers[0].memory_mib or old.memory_mib
        found = recommend(case(definition=definition, limit_mib=limit, shape=died))
        if isinstance(found, Abstains):
            assert limit == 249_856, found.why
            continue
        assert all(limit < option.memory_mib <= 4 * limit for option in found.options)
        for option in found.options:
            new = fargate.Size(option.cpu or 0, option.task_mib or 0)
            assert new in fargate.sizes()
            assert new.cpu >= old.cpu
            beside = sum(one.memory_mib or 0 for one in definition.containers[1:])
            assert option.memory_mib + beside <= new.memory_mib
            assert (option.reservation_mib or 0) < option.memory_mib


@pytest.mark.parametrize(
    ("told", "note"),
    [
        pytest.param({}, "built-in on-demand prices", id="built-in"),
        pytest.param({"prices": None}, "", id="nobody asked"),
        pytest.param({"prices": fallback("mars-north-1")}, "no price is known", id="unknown region"),
        pytest.param(
            {"definition": on_fargate(2048, 1024, is_windows=True)}, "no price is known", id="Windows"
        ),
        pytest.param({"definition": on_ec2(app(1024))}, "the instances are paid", id="EC2"),
    ],
)
def test_prices_say_whence_they_are(told: dict[str, Any], note: str) -> None:
    found = sized(**told)
    assert note in found.price_note if note else found.price_note == ""
    assert (found.chosen.monthly_usd is None) == (note != "built-in on-demand prices")


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        pytest.param(
            {},
            "Of 746 kills after an hour close to the limit, 2 times the limit was enough in 94 %",
            id="creep",
        ),
        pytest.param(
            {"shape": SPIKE},
            "within half an hour from well below it, 2 times the limit was enough in 69 %, 1.25 times in 31 %",
            id="burst",
        ),
        pytest.param(
            {"shape": replace(SPIKE, rho=1.08)},
            "slowly or from little below it, 2 times the limit was enough in 78 %, 1.25 times in 52 %",
            id="slope",
        ),
        pytest.param(
            {"shape": replace(SPIKE, rho=None)},
            "Of 562 kills that climbed into the limit, 2 times the limit was enough in 72 %",
            id="climb, from where is not known",
        ),
        pytest.param(
            {"shape": SPIKE, "is_repeat": True},
            "Of 562 kills that climbed into the limit, 2 times the limit was enough in 72 %",
            id="killed again, by a burst: as all that climb",
        ),
        pytest.param({"is_repeat": True}, "killed again", id="killed again"),
        pytest.param({"shape": START}, "Look at what it loads at its start", id="start-up"),
        pytest.param({"shape": START}, "Of 1,308 kills of any shape", id="start-up that only its times show"),
        pytest.param(
            {"definition": on_fargate(1024, 512, app(900), sidecar(100)), "limit_mib": 900},
            "the task's 1,024 MiB with it for the 100 MiB of its other containers too",
            id="both limits",
        ),
        pytest.param({"definition": on_ec2(app(1024))}, "free memory is not known", id="no instance known"),
        pytest.param(
            {"definition": on_fargate(2048, 256), "limit_mib": 2048, "shape": SPIKE},
            "Fargate sells 4,096 MiB only with 0.5 vCPU (now 0.25)",
            id="forced CPU",
        ),
        pytest.param(
            {"caps": Caps(factor=1.9), "definition": on_ec2(app(1024)), "shape": SPIKE},
            "2,048 MiB were wanted",
            id="capped",
        ),
    ],
)
def test_reasons_have_numbers(told: dict[str, Any], sentence: str) -> None:
    assert sentence in " ".join(sized(**told).reasons)


def test_an_override_is_told_of() -> None:
    assert "is not the revision's" in sized(limit_mib=1500, shape=SPIKE).caveat


def test_what_the_bot_saw_changes_what_it_claims() -> None:
    bad = Calibration(
        tuple(Outcome(pattern=Pattern.SPIKE, climbs=True, multiplier=2.0, held=False) for _ in range(30))
    )
    naive, taught = sized(shape=SPIKE).options[0], sized(shape=SPIKE, calibration=bad).options[0]
    assert (naive.memory_mib, taught.memory_mib) == (2048, 2048)
    assert (taught.enough or 0) < (naive.enough or 0) / 2
    assert "0 of 30 raises were enough (22 promised)" in " ".join(sized(shape=SPIKE, calibration=bad).reasons)


@pytest.mark.parametrize(
    ("died", "likely"),
    [
        pytest.param(CREEP, 0.94, id="creep"),
        pytest.param(SPIKE, 0.69, id="burst"),
        pytest.param(replace(SPIKE, pattern=Pattern.RAMP), 0.78, id="slope"),
        pytest.param(START, (746 * 0.94 + 562 * 0.72) / 1308, id="a start-up that nobody saw: of any shape"),
        pytest.param(LEAK, None, id="a leak is never enough"),
    ],
)
def test_a_size_has_its_probability(died: Shape, likely: float | None) -> None:
    twice = sized(shape=died).options[0]
    assert (twice.memory_mib, twice.enough) == (2048, None if likely is None else pytest.approx(likely))


def test_what_an_earlier_life_used_under_a_larger_limit_is_the_least() -> None:
    found = sized(definition=on_ec2(app(1024)), peaks=[Peak(1860), Peak(1700), Peak(1024, is_censored=True)])
    assert found.chosen.memory_mib == 1984
    assert "It has peaked at 1,860 MiB under a larger limit: less is not enough." in found.reasons
    assert (found.options[0].memory_mib, found.options[0].enough) == (1856, 0.5)  # one of three was above it


def test_the_host_bounds_the_size() -> None:
    host = Host(instance_id="i", registered_mib=1500, remaining_mib=100, largest_free_mib=1400)
    found = sized(definition=on_ec2(app(1024, 512)), shape=SPIKE, host=host)
    assert all(one.memory_mib <= 1500 for one in found.options)
    assert "1,400 free" in " ".join(found.reasons).replace("1,400 MiB free", "1,400 free")
    roomy = sized(definition=on_ec2(app(1024, 512)), shape=SPIKE, host=replace(host, registered_mib=16_000))
    assert roomy.chosen.memory_mib == 2048
