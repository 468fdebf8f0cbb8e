"""Waste: what would do with less, sorted by savings; what nobody can judge is left alone, and counted."""

import pytest

from bot.domain.aws.price import fallback
from bot.domain.inspection.history import History, daily_peaks
from bot.domain.inspection.waste import waste
from tests.domain.inspection.fleets import NOON, history, running
from tests.domain.revisions import app, on_ec2, on_fargate, sidecar

PRICES = {"eu-west-1": fallback("eu-west-1")}
IDLE = [18.0 + hour % 24 / 10 for hour in range(14 * 24)]
BIG, HUGE = on_fargate(4096, 1024), on_fargate(16384, 4096)


def test_the_largest_savings_come_first_and_are_added_up() -> None:
    histories = [
        history(running(BIG, name="big"), hours=IDLE),
        history(running(HUGE, name="huge", desired_count=3), hours=IDLE),
    ]
    found = waste(histories, killed=(), prices=PRICES, now=NOON)
    assert [one.running.subject.name for one in found.savings] == ["huge", "big"]
    assert found.monthly_usd == pytest.approx(sum(one.monthly_usd for one in found.savings))
    assert all(one.monthly_usd > 0 for one in found.savings)
    assert all(0 < one.shrunk.kill_within_30_days < 0.1 for one in found.savings)
    assert found.price_notes


def test_on_machines_it_frees_memory_and_saves_no_money() -> None:
    found = waste([history(running(on_ec2(app(4096))), hours=IDLE)], killed=(), prices=PRICES, now=NOON)
    assert (found.monthly_usd, found.price_notes) == (0, ())
    assert found.frees_mib > 2000


@pytest.mark.parametrize(
    ("told", "why"),
    [
        pytest.param(history(running(BIG)), "no data", id="no data is no waste"),
        pytest.param(history(running(BIG), hours=IDLE[:100]), "less than a week of data", id="too young"),
        pytest.param(history(running(BIG, desired_count=0), hours=IDLE), "no task is wanted now", id="off"),
        pytest.param(
            history(running(on_ec2(app(None, 512))), hours=IDLE), "no hard limit", id="without a limit"
        ),
        pytest.param(
            history(running(on_fargate(4096, 1024, app(2048), sidecar(512))), hours=IDLE),
            "several containers share its figures",
            id="nobody knows whose memory it is",
        ),
        pytest.param(history(running(BIG), hours=[80.0] * 336), "well sized", id="it needs what it has"),
    ],
)
def test_what_cannot_be_judged_is_left_alone(told: History, why: str) -> None:
    found = waste([told], killed=(), prices=PRICES, now=NOON)
    assert (found.savings, found.kept) == ((), {why: 1})


def test_who_was_killed_lately_is_left_alone() -> None:
    told = history(running(BIG), hours=IDLE)
    found = waste([told], killed=[told.running.subject], prices=PRICES, now=NOON)
    assert found.kept == {"killed for memory in this time": 1}


def test_a_day_has_one_peak() -> None:
    peaks = daily_peaks(history(running(BIG), hours=IDLE), NOON)
    assert len(peaks) == 14
    assert {round(one.mib) for one in peaks} == {round(4096 * 0.203)}
