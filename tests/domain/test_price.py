"""Prices: what a size costs a month, and what nobody knows."""

from datetime import date

import pytest

from bot.domain.aws.fargate import Size
from bot.domain.aws.price import Prices, Rate, fallback, monthly

QUARTER = Size(256, 512)


@pytest.mark.parametrize(
    ("region", "is_arm", "is_windows", "usd"),
    [
        pytest.param("us-east-1", False, False, 9.01, id="the published example"),
        pytest.param("us-east-1", True, False, 7.21, id="ARM is a fifth cheaper"),
        pytest.param("eu-central-1", False, False, 9.01 * 1.15, id="Frankfurt, by its factor"),
        pytest.param("us-east-1", False, True, None, id="Windows has licences on top"),
        pytest.param("mars-north-1", False, False, None, id="a region that the table does not know"),
    ],
)
def test_a_month_of_one_task(region: str, is_arm: bool, is_windows: bool, usd: float | None) -> None:
    cost = monthly(QUARTER, fallback(region), 1, is_arm=is_arm, is_windows=is_windows)
    assert cost == (None if usd is None else pytest.approx(usd, abs=0.01))


def test_it_is_paid_by_the_task() -> None:
    prices = fallback("eu-west-1")
    one = monthly(QUARTER, prices, 1)
    assert one is not None
    assert monthly(QUARTER, prices, 7) == pytest.approx(7 * one)
    assert monthly(QUARTER, prices, 0) == 0


def test_prices_tell_whence_they_are() -> None:
    asked = Prices(region="eu-west-1", as_of=date(2026, 11, 2), x86=Rate(0.04, 0.004), arm=None)
    assert asked.note == "AWS on-demand prices for eu-west-1, 2026-11-02"
    assert asked.rate(is_arm=True) is None
    assert "built-in" in fallback("eu-west-1").note
    assert "AWS was not asked" in fallback("eu-west-1").note
