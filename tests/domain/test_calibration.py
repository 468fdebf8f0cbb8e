"""Calibration: the replay's table, and how the bot's own raises move it."""

import pytest

from bot.domain.diagnosis.diagnosis import Pattern
from bot.domain.sizing.calibration import MOST_CLAIM, UNTAUGHT, Calibration, Outcome


def outcome(*, held: bool, multiplier: float = 2.0, pattern: Pattern = Pattern.SPIKE) -> Outcome:
    return Outcome(pattern=pattern, climbs=pattern is Pattern.SPIKE, multiplier=multiplier, held=held)


@pytest.mark.parametrize(
    ("multiplier", "climbs", "enough"),
    [
        pytest.param(1.25, False, 0.90, id="creep, as replayed"),
        pytest.param(1.25, True, 0.38, id="climb, as replayed"),
        pytest.param(2.25, True, 0.785, id="between two that were replayed"),
        pytest.param(1.0, False, 0.0, id="the limit that was just passed"),
        pytest.param(0.5, True, 0.0, id="less than it"),
        pytest.param(9.0, True, 0.95, id="beyond the last that was replayed"),
        pytest.param(float("nan"), True, 0.0, id="nonsense"),
        pytest.param(1.25, None, (746 * 0.90 + 562 * 0.38) / 1308, id="shape unknown: of all kills"),
    ],
)
def test_the_table(multiplier: float, climbs: bool | None, enough: float) -> None:
    assert UNTAUGHT.enough(multiplier, climbs=climbs) == pytest.approx(enough)


@pytest.mark.parametrize("climbs", [False, True, None])
def test_more_memory_is_never_less_likely_enough(climbs: bool | None) -> None:
    taught = Calibration(tuple(outcome(held=False) for _ in range(9)))
    for calibration in (UNTAUGHT, taught):
        told = [calibration.enough(1 + step / 50, climbs=climbs) for step in range(200)]
        assert told == sorted(told)


@pytest.mark.parametrize(
    ("outcomes", "less", "more"),
    [
        pytest.param([outcome(held=True)], 0.72, 0.75, id="one good raise moves little"),
        pytest.param([outcome(held=False)], 0.65, 0.72, id="one bad raise moves little"),
        pytest.param([outcome(held=True)] * 60, 0.9, 0.95, id="sixty good ones: they hold here"),
        pytest.param([outcome(held=False)] * 20, 0.3, 0.4, id="twenty bad ones: they do not"),
        pytest.param(
            [outcome(held=True)] * 18 + [outcome(held=False)] * 7, 0.71, 0.73, id="as the table promised"
        ),
        pytest.param([outcome(held=False, pattern=Pattern.LEAK)] * 50, 0.72, 0.72, id="leaks tell nothing"),
        pytest.param(
            [outcome(held=False, pattern=Pattern.CHRONIC)] * 50, 0.72, 0.72, id="nor does the other kind"
        ),
        pytest.param([outcome(held=False, multiplier=1.0)] * 50, 0.72, 0.72, id="nor what was no raise"),
    ],
)
def test_own_outcomes_are_mixed_in_by_their_number(outcomes: list[Outcome], less: float, more: float) -> None:
    assert less <= Calibration(tuple(outcomes)).enough(2.0, climbs=True) <= more


def test_claims_stay_below_certainty_however_good_the_record() -> None:
    perfect = Calibration(
        tuple(outcome(held=True, multiplier=1.1, pattern=Pattern.CHRONIC) for _ in range(10**5))
    )
    assert perfect.enough(3.0, climbs=False) == MOST_CLAIM


def test_the_hit_rate_stands_beside_what_was_promised() -> None:
    assert UNTAUGHT.hit_rate() is None
    seen = Calibration((outcome(held=True), outcome(held=False), outcome(held=False, pattern=Pattern.LEAK)))
    rate = seen.hit_rate()
    assert rate is not None
    assert (rate.held, rate.total) == (1, 2)
    assert rate.promised == pytest.approx(1.44)
