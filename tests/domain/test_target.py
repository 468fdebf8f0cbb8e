"""Targets: how much to aim at after each kind of death."""

import pytest

from bot.domain.diagnosis.diagnosis import Pattern
from bot.domain.diagnosis.shape import Shape
from bot.domain.sizing.tail import Peak, Tail, fit
from bot.domain.sizing.target import Rule, keep, ladder, next_kill_s


def shape(pattern: Pattern, rho: float | None = 1.02, **leak: float) -> Shape:
    return Shape(pattern=pattern, why="", rho=rho, **leak)


GROWS = shape(Pattern.LEAK, slope_mib_per_h=9, floor_mib=900)


def runs(*mib: float) -> Tail:
    tail = fit([Peak(one) for one in mib])
    assert tail is not None
    return tail


@pytest.mark.parametrize(
    ("died", "rule", "best"),
    [
        pytest.param(shape(Pattern.CHRONIC), Rule.CREEP, 1250, id="always close to its limit"),
        pytest.param(shape(Pattern.STEP), Rule.CREEP, 1250, id="on a new level"),
        pytest.param(shape(Pattern.STEP, 1.4), Rule.CLIMB, 2000, id="a new level that it climbed from"),
        pytest.param(shape(Pattern.DIURNAL), Rule.CREEP, 1250, id="at the day's maximum"),
        pytest.param(shape(Pattern.STUCK), Rule.CREEP, 1250, id="stuck at it"),
        pytest.param(shape(Pattern.STARTUP), Rule.CREEP, 1250, id="start-up at the limit"),
        pytest.param(shape(Pattern.STARTUP, 2.0), Rule.CLIMB, 2000, id="start-up that shot past it"),
        pytest.param(shape(Pattern.SPIKE, 1.8), Rule.CLIMB, 2000, id="a spike"),
        pytest.param(shape(Pattern.SPIKE, None), Rule.CLIMB, 2000, id="many at once, nothing measured"),
        pytest.param(shape(Pattern.RAMP, 1.1), Rule.CLIMB, 2000, id="a ramp"),
    ],
)
def test_the_shape_decides(died: Shape, rule: Rule, best: float) -> None:
    found = ladder(1000, died, None)
    assert found is not None
    assert (found.rule, found.best) == (rule, best)
    assert list(found.sizes) == sorted(found.sizes)


def test_what_was_killed_again_climbs_whatever_it_looked_like() -> None:
    found = ladder(1000, shape(Pattern.CHRONIC), None, is_repeat=True)
    assert found is not None
    assert (found.rule, found.best) == (Rule.CLIMB, 2000)


@pytest.mark.parametrize(
    ("died", "sizes"),
    [
        pytest.param(
            shape(Pattern.LEAK, slope_mib_per_h=5, floor_mib=990),
            (1250, 990 + 5 * 72 * 1.1, 1.5 * (990 + 5 * 72 * 1.1)),
            id="a slow leak gets its weekend",
        ),
        pytest.param(
            shape(Pattern.LEAK, slope_mib_per_h=100, floor_mib=990),
            (1250, 2000, 990 + 100 * 168 * 1.1),
            id="a fast leak gets twice its limit, no more",
        ),
        pytest.param(
            shape(Pattern.LEAK, slope_mib_per_h=0.5, floor_mib=990),
            (1250, 1250, 1875),
            id="a very slow one gets a creep's",
        ),
        pytest.param(
            shape(Pattern.LEAK, slope_mib_per_h=10, floor_mib=990, lifetime_s=80 * 3600),
            (1250, 1250, 190 + 10 * 168 * 1.1),
            id="the next life starts empty",
        ),
        pytest.param(
            shape(Pattern.LEAK, None, lifetime_s=3600), (1250, 2000, 3000), id="known by lifetimes alone"
        ),
    ],
)
def test_a_leak_is_bridged(died: Shape, sizes: tuple[float, float, float]) -> None:
    found = ladder(1000, died, None)
    assert found is not None
    assert found.rule is Rule.LEAK
    assert found.sizes == pytest.approx(sizes)


@pytest.mark.parametrize(
    ("died", "limit_mib", "hours"),
    [
        pytest.param(
            shape(Pattern.LEAK, slope_mib_per_h=50, floor_mib=1000), 2000, 20, id="from where the floor stood"
        ),
        pytest.param(
            shape(Pattern.LEAK, slope_mib_per_h=50, floor_mib=1000, lifetime_s=16 * 3600),
            2000,
            36,
            id="from its start",
        ),
        pytest.param(shape(Pattern.LEAK, lifetime_s=6 * 3600), 2000, 12, id="by lifetimes: in proportion"),
        pytest.param(shape(Pattern.LEAK), 2000, None, id="a leak of which nothing is known"),
        pytest.param(shape(Pattern.SPIKE), 2000, None, id="no leak"),
    ],
)
def test_when_a_leak_is_killed_again(died: Shape, limit_mib: float, hours: float | None) -> None:
    assert next_kill_s(limit_mib, 1000, died) == (None if hours is None else pytest.approx(hours * 3600))


def test_a_job_is_sized_by_its_own_runs() -> None:
    calm, wild = runs(900, 1000, 950, 980), runs(100, 400, 200, 1000)
    found = [ladder(1000, shape(Pattern.SPIKE, 2.0), tail, is_job=True) for tail in (calm, wild)]
    assert [one and one.rule for one in found] == [Rule.TAIL, Rule.TAIL]
    assert found[0] is not None
    assert found[1] is not None
    assert 1000 < found[0].best < found[1].best


@pytest.mark.parametrize(
    ("died", "tail", "is_job", "rule"),
    [
        pytest.param(
            shape(Pattern.SPIKE, 2.0), runs(900, 1000), True, Rule.CLIMB, id="a job with two runs: its shape"
        ),
        pytest.param(
            GROWS, runs(900, 1000, 950), True, Rule.TAIL, id="a job that grows all its run: its runs"
        ),
        pytest.param(GROWS, runs(900, 1000), True, Rule.CLIMB, id="a job's run ends: it climbs"),
        pytest.param(GROWS, runs(900, 1000, 950), False, Rule.LEAK, id="a service leaks"),
        pytest.param(
            shape(Pattern.SPIKE, 2.0), runs(900, 1000, 950), False, Rule.CLIMB, id="a service: its shape"
        ),
        pytest.param(
            shape(Pattern.UNKNOWN), runs(900, 1000, 950), False, Rule.TAIL, id="no shape: earlier peaks"
        ),
        pytest.param(shape(Pattern.UNKNOWN), runs(900, 1000), False, None, id="neither"),
        pytest.param(
            shape(Pattern.UNKNOWN), None, True, Rule.BLIND, id="a job of which only the limit is known"
        ),
        pytest.param(shape(Pattern.UNKNOWN), None, False, None, id="a service of which nothing is known"),
    ],
)
def test_what_a_size_rests_on(died: Shape, tail: Tail | None, is_job: bool, rule: Rule | None) -> None:
    found = ladder(1000, died, tail, is_job=is_job)
    assert (found and found.rule) == rule


@pytest.mark.parametrize(
    ("died", "is_job", "sizes"),
    [
        pytest.param(shape(Pattern.CHRONIC), False, (1890, 1890, 1890), id="a service"),
        pytest.param(shape(Pattern.SPIKE, 1.8), False, (1890, 2000, 3000), id="one that climbed"),
        pytest.param(shape(Pattern.UNKNOWN), True, (1890, 1890, 1890), id="a job"),
        pytest.param(GROWS, False, (1250, 1612.8, 2563.2), id="a leak fills every size"),
    ],
)
def test_where_somebody_lowered_the_limit_no_size_is_below_what_it_used(
    died: Shape, is_job: bool, sizes: tuple[float, ...]
) -> None:
    found = ladder(1000, died, runs(1750, 1800), is_job=is_job)
    assert found is not None
    assert found.sizes == pytest.approx(sizes)


def test_what_runs_well_keeps_a_margin_and_never_less_than_a_step() -> None:
    assert keep(runs(*[1000] * 200)) == pytest.approx(1050)
    assert keep(runs(3, 4, 5)) == 64
