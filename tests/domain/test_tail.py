"""Tails: how far the next peak may go, learned from few peaks and many."""

import math
import random

import pytest

from bot.domain.sizing.tail import LEAST_CLAIM, Peak, fit


def peaks(*mib: float) -> list[Peak]:
    return [Peak(one) for one in mib]


@pytest.mark.parametrize(
    "seen",
    [pytest.param([], id="none"), pytest.param([Peak(0.0), Peak(math.nan), Peak(-3.0)], id="nonsense")],
)
def test_no_peak_makes_no_tail(seen: list[Peak]) -> None:
    assert fit(seen) is None


def test_one_peak_has_the_tail_of_the_prior() -> None:
    one = fit(peaks(100))
    assert one is not None
    assert one.gamma == pytest.approx(0.10)
    assert one.raised(100, 0.03) == pytest.approx(100 * (1 / 0.03) ** 0.1)


def test_equal_peaks_shorten_the_tail_and_scattered_ones_lengthen_it() -> None:
    calm, wild = fit(peaks(*[100] * 40)), fit(peaks(*[100 * 1.3**i for i in range(20)]))
    assert calm is not None
    assert wild is not None
    assert calm.gamma < 0.03
    assert wild.gamma > 0.5
    assert wild.keep(0.001) / wild.record_mib > calm.keep(0.001) / calm.record_mib


def test_a_kill_lengthens_the_tail_where_a_peak_of_that_size_does_not() -> None:
    usual = [100.0, 110, 120, 130, 140, 150, 160]
    killed = fit([*peaks(*usual), Peak(200.0, is_censored=True)])
    seen = fit(peaks(*usual, 200.0))
    assert killed is not None
    assert seen is not None
    assert killed.gamma > seen.gamma


@pytest.mark.parametrize(
    ("mib", "least", "most"),
    [
        pytest.param(50, 1.0, 1.0, id="below all"),
        pytest.param(140, 6 / 11, 6 / 11, id="below half of them"),
        pytest.param(190, 1 / 11, 1 / 11, id="the record: the next is as likely as any to be the largest"),
        pytest.param(220, 0.005, 0.05, id="above the record"),
        pytest.param(9000, LEAST_CLAIM, LEAST_CLAIM, id="never better than one in 2,000"),
    ],
)
def test_the_probability_of_a_larger_peak(mib: float, least: float, most: float) -> None:
    tail = fit(peaks(*range(100, 200, 10)))
    assert tail is not None
    assert least <= tail.exceeds(mib) <= most


def test_kept_sizes_grow_with_caution_and_never_come_nearer_than_five_percent() -> None:
    tail = fit(peaks(*[100] * 500))
    assert tail is not None
    assert tail.keep(0.01) == pytest.approx(105)
    few = fit(peaks(90, 100, 95))
    assert few is not None
    assert few.keep(0.1) < few.keep(0.01) < few.keep(0.001)


def test_predictions_hold_on_peaks_that_it_never_saw() -> None:
    chance = random.Random(11)
    passed = predicted = 0.0
    for _ in range(400):
        workload = [100 * (1 - chance.random()) ** -0.1 for _ in range(21)]
        tail = fit(peaks(*workload[:-1]))
        assert tail is not None
        size = 1.1 * tail.record_mib
        predicted += tail.exceeds(size)
        passed += workload[-1] > size
    assert passed == pytest.approx(predicted, rel=0.6)
