"""Unseen series: whatever was measured, a size is finite, legal, above the limit and the peaks; or there is none."""

import math
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.aws import fargate
from bot.domain.aws.task_definition import TaskDefinition
from bot.domain.diagnosis.diagnosis import Pattern, Recommendation
from bot.domain.diagnosis.series import LEAST_USE_MIB, MOST_USE_MIB, Sample, Series, SeriesSource
from bot.domain.diagnosis.shape import FEWEST_SAMPLES, classify
from bot.domain.sizing.calibration import MOST_CLAIM, Alike, Calibration, Outcome
from bot.domain.sizing.shrink import Steady, shrink
from bot.domain.sizing.sizing import Abstains, Case, recommend
from bot.domain.sizing.tail import LEAST_CLAIM, Peak, fit
from tests.domain.memories import END
from tests.domain.revisions import app, on_ec2, on_fargate

FEW = settings(max_examples=40, deadline=None)
SPOILT = st.sampled_from([math.nan, math.inf, -math.inf, -1.0, 0.0, 5e-324, 1e308])
MIB = st.floats(0.1, 4096) | SPOILT
NEAR = st.sampled_from([1000.0, 770.0, 2950.0])  # the limits below
STEPS = st.sampled_from([20.0, 60.0, 300.0])
DEFINITIONS = st.sampled_from(
    [
        (on_fargate(1024, 256), 1024),
        (on_fargate(8192, 1024, app(3000, 1000)), 3000),
        (on_ec2(app(777, 300)), 777),
    ]
)


@st.composite
def series(draw: st.DrawFn) -> Series:
    """Readings of one to three levels that may grow, some spoilt, some lost, at any step, its start known or not."""
    step, count = draw(STEPS), draw(st.integers(0, 300))
    levels = draw(st.lists(MIB | NEAR, min_size=1, max_size=3))
    growth, noise = draw(st.sampled_from([0.0, 0.3, 2.0, 15.0])), draw(st.sampled_from([0.0, 0.02, 0.3]))
    lost = draw(st.sets(st.integers(0, 299), max_size=60))
    spoilt = draw(st.dictionaries(st.integers(0, 299), SPOILT, max_size=5))
    samples = []
    for before in set(range(count)) - lost:
        level = levels[before * len(levels) // count]
        mib = level * (1 + noise * math.sin(2.3 * before)) - growth * before
        samples.append(Sample(END - timedelta(seconds=step * before), spoilt.get(before, mib)))
    started_h = draw(st.none() | st.floats(0, 48))
    return Series(
        samples=tuple(samples),
        step_s=step,
        source=SeriesSource.CONTAINER_INSIGHTS,
        of="container app",
        started_at=None if started_h is None else END - timedelta(hours=started_h),
        ended_at=END,
        was_killed=True,
    )


def is_sane(value: float | None) -> bool:
    return value is None or (math.isfinite(value) and value >= 0)


@FEW
@given(series(), st.floats(0.5, 4096))
def test_a_shape_is_made_of_finite_figures(measured: Series, limit_mib: float) -> None:
    found = classify(measured, limit_mib, now=END)
    assert is_sane(found.rho)
    assert is_sane(found.slope_mib_per_h)
    assert found.floor_mib is None or 0 <= found.floor_mib <= limit_mib
    assert found.why
    assert not {"nan", "inf"} & set(found.why.split())
    if len(measured.samples) < FEWEST_SAMPLES:
        assert found.pattern is Pattern.UNKNOWN


@FEW
@given(series(), DEFINITIONS, st.lists(st.builds(Peak, MIB, st.booleans()), max_size=6), st.booleans())
def test_a_size_is_legal_and_above_what_was_seen(
    measured: Series, given_size: tuple[TaskDefinition, int], peaks: list[Peak], is_repeat: bool
) -> None:
    definition, limit_mib = given_size
    shape = classify(measured, limit_mib, now=END)
    case = Case(
        definition=definition,
        container="app",
        limit_mib=limit_mib,
        shape=shape,
        peaks=peaks,
        is_repeat=is_repeat,
    )
    found = recommend(case)
    if isinstance(found, Abstains):
        assert found.why
        return
    check(found, definition, limit_mib)
    if (
        shape.pattern is not Pattern.LEAK
    ):  # of others memory is the cure, up to four times the limit in one step
        seen = [one.mib for one in peaks if 0 < one.mib <= 3 * limit_mib]
        assert found.chosen.memory_mib > max(seen, default=0.0)


def check(found: Recommendation, definition: TaskDefinition, limit_mib: int) -> None:
    """Each of the three can be bought, is more than there was, and is the likelier to be enough the larger it is."""
    sizes = [one.memory_mib for one in found.options]
    assert sizes == sorted(sizes)
    assert all(limit_mib < size <= 4 * limit_mib for size in sizes)
    for one in found.options:
        if definition.is_fargate:
            assert fargate.Size(one.cpu or 0, one.task_mib or 0) in fargate.sizes()
        else:
            assert one.memory_mib % 64 == 0
        assert is_sane(one.next_oom_s)
    likely = [one.enough for one in found.options if one.enough is not None]
    assert likely == sorted(likely)
    assert all(0 <= one <= MOST_CLAIM for one in likely)


@pytest.mark.parametrize("measured", [0, 1, 2])
def test_two_samples_and_two_runs_are_nothing_to_size_from(measured: int) -> None:
    samples = tuple(Sample(END - timedelta(minutes=i), 1000.0) for i in range(measured))
    short = Series(
        samples=samples, step_s=60, source=SeriesSource.ENHANCED, of="container app", was_killed=True
    )
    shape = classify(short, 1024, now=END)
    case = Case(
        definition=on_fargate(1024, 256),
        container="app",
        limit_mib=1024,
        shape=shape,
        peaks=[Peak(1000.0)] * 2,
    )
    found = recommend(case)
    assert isinstance(found, Abstains)
    assert "fewer than three memory samples" in found.why


@FEW
@given(st.lists(st.builds(Peak, MIB, st.booleans()), max_size=40), st.floats(0.1, 1e4))
def test_a_tail_is_monotone_and_bounded(peaks: list[Peak], size: float) -> None:
    tail = fit(peaks)
    if tail is None:
        assert not any(LEAST_USE_MIB <= one.mib <= MOST_USE_MIB for one in peaks)
        return
    assert LEAST_CLAIM <= tail.exceeds(size * 2) <= tail.exceeds(size) <= 1
    assert tail.record_mib < tail.keep(0.1) <= tail.keep(0.01) <= tail.keep(0.001)
    assert size < tail.raised(size, 0.1) <= tail.raised(size, 0.01)


OUTCOMES = st.builds(
    Outcome,
    pattern=st.sampled_from(Pattern),
    climbs=st.booleans(),
    multiplier=st.floats(0, 9),
    held=st.booleans(),
)


@FEW
@given(st.lists(OUTCOMES, max_size=60), st.sampled_from(Alike), st.floats(0, 9), st.floats(0, 9))
def test_a_claim_is_monotone_and_moves_as_far_as_was_seen(
    outcomes: list[Outcome], alike: Alike, one: float, other: float
) -> None:
    taught = Calibration(tuple(outcomes))
    low, high = sorted((one, other))
    assert 0 <= taught.enough(low, alike) <= taught.enough(high, alike) <= MOST_CLAIM
    failed = Outcome(pattern=Pattern.CHRONIC, climbs=alike is not Alike.CREEP, multiplier=1.5, held=False)
    held = Outcome(pattern=Pattern.CHRONIC, climbs=alike is not Alike.CREEP, multiplier=1.5, held=True)
    worse, better = Calibration((*outcomes, failed)), Calibration((*outcomes, held))
    assert worse.enough(high, alike) <= taught.enough(high, alike) <= better.enough(high, alike)
    assert better.enough(high, alike) - worse.enough(high, alike) <= 0.2


@FEW
@given(st.lists(st.floats(1, 4096), min_size=7, max_size=60), st.sampled_from([1.0, 6.0, 24.0]))
def test_a_smaller_size_keeps_above_every_peak(peaks_mib: list[float], stretch_h: float) -> None:
    steady = Steady(
        definition=on_fargate(8192, 1024),
        container="app",
        limit_mib=8192,
        peaks=[Peak(mib) for mib in peaks_mib],
        stretch_h=stretch_h,
    )
    found = shrink(steady)
    if isinstance(found, Abstains):
        assert found.why
        return
    assert 1.15 * max(peaks_mib) <= found.option.memory_mib < 8192
    assert fargate.Size(found.option.cpu or 0, found.option.task_mib or 0) in fargate.sizes()
    assert 0 < found.kill_within_30_days < 1


def test_a_long_life_is_looked_at_whole() -> None:
    """A month, read every five minutes: a leak that takes all of it is still one."""
    count = 30 * 24 * 12
    samples = tuple(
        Sample(END - timedelta(minutes=5 * (count - i)), 300 + 700 * i / count) for i in range(count + 1)
    )
    month = Series(
        samples=samples,
        step_s=300,
        source=SeriesSource.ENHANCED,
        of="container app",
        ended_at=END,
        was_killed=True,
    )
    found = classify(month, 1000, now=END)
    assert found.pattern is Pattern.LEAK
    assert found.slope_mib_per_h == pytest.approx(700 / 720, rel=0.02)
