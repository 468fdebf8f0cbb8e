"""Amounts of memory, as people type them."""

import pytest

from bot.domain.plan import amount
from bot.domain.plan.amount import Amount, AmountKind, BadAmount


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        pytest.param("", Amount(AmountKind.AUTO), id="nothing typed: as recommended"),
        pytest.param("AUTO", Amount(AmountKind.AUTO), id="auto in capitals"),
        pytest.param("+512M", Amount(AmountKind.MORE, 512), id="more"),
        pytest.param("-1GiB", Amount(AmountKind.MORE, -1024), id="less, in GiB"),
        pytest.param("1.5x", Amount(AmountKind.FACTOR, 1.5), id="a factor"),
        pytest.param("2G", Amount(AmountKind.SIZE, 2048), id="a size in GiB"),
        pytest.param("1536", Amount(AmountKind.SIZE, 1536), id="a bare number is MiB"),
        pytest.param(" 0.5 gb ", Amount(AmountKind.SIZE, 512), id="blanks and halves"),
    ],
)
def test_parse(typed: str, wanted: Amount) -> None:
    assert amount.parse(typed) == wanted


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("lots", id="a word"),
        pytest.param("2T", id="a unit that nobody means"),
        pytest.param("0x", id="nothing at all"),
        pytest.param("1000x", id="absurdly much"),
        pytest.param("+1.5x", id="a signed factor"),
        pytest.param("٢G", id="digits of another script"),
        pytest.param("9" * 40, id="a number without end"),
        pytest.param("1e3", id="an exponent"),
    ],
)
def test_no_amount(typed: str) -> None:
    assert not amount.is_amount(typed)
    with pytest.raises(BadAmount):
        amount.parse(typed)


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [("auto", 1536), ("+1", 1025), ("1.001x", 1026), ("-512M", 512), ("2g", 2048)],
)
def test_of(typed: str, wanted: int) -> None:
    assert amount.parse(typed).of(1024, 1536) == wanted


@pytest.mark.parametrize(
    ("typed", "recommended"),
    [
        pytest.param("auto", None, id="nothing is recommended"),
        pytest.param("-1024M", 1536, id="nothing would be left"),
        pytest.param("999999999G", 1536, id="no machine has as much"),
    ],
)
def test_of_nothing_sensible(typed: str, recommended: int | None) -> None:
    with pytest.raises(BadAmount):
        amount.parse(typed).of(1024, recommended)
