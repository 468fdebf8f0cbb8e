"""Calibration: the replay's table, and how the bot's own raises move it."""

import pytest

from bot.domain.diagnosis.diagnosis import Pattern
from bot.domain.diagnosis.shape import Shape
from bot.domain.sizing.calibration import (
    MOST_CLAIM,
    UNTAUGHT,
    Alike,
    Calibration,
    Outcome,
    alike_of,
    kills_replayed,
    replayed,
)


def outcome(*, held: bool, multiplier: float = 2.0, pattern: Pattern = Pattern.SPIKE) -> Outcome:
    return Outcome(pattern=pattern, climbs=pattern is Pattern.SPIKE, multiplier=multiplier, held=held)


@pytest.mark.parametrize(
    ("multiplier", "alike", "enough"),
    [
        pytest.param(1.25, Alike.CREEP, 0.90, id="creep, as replayed"),
        pytest.param(1.25, Alike.CLIMB, 0.38, id="climb, as replayed"),
        pytest.param(1.25, Alike.SLOPE, 0.52, id="from little below: a little more often"),
        pytest.param(1.25, Alike.BURST, 0.31, id="from well below: less often"),
        pytest.param(2.25, Alike.CLIMB, 0.785, id="between two that were replayed"),
        pytest.param(1.0, Alike.CREEP, 0.0, id="the limit that was just passed"),
        pytest.param(0.5, Alike.CLIMB, 0.0, id="less than it"),
        pytest.param(9.0, Alike.BURST, 0.95, id="beyond the last that was replayed"),
        pytest.param(float("nan"), Alike.CLIMB, 0.0, id="nonsense"),
        pytest.param(1.25, Alike.ANY, (746 * 0.90 + 562 * 0.38) / 1308, id="shape unknown: of all kills"),
    ],
)
def test_the_table(multiplier: float, alike: Alike, enough: float) -> None:
    assert UNTAUGHT.enough(multiplier, alike) == pytest.approx(enough)


@pytest.mark.parametrize("multiplier", [1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0])
def test_slopes_and_leaps_are_the_climbs(multiplier: float) -> None:
    """86 and 180 of the climbs of which it is known: mixed, they are enough as often as 562 climbs were."""
    mixed = (86 * replayed(multiplier, Alike.SLOPE) + 180 * replayed(multiplier, Alike.BURST)) / 266
    assert mixed == pytest.approx(replayed(multiplier, Alike.CLIMB), abs=0.005)
    assert replayed(multiplier, Alike.SLOPE) >= replayed(multiplier, Alike.BURST)


@pytest.mark.parametrize(
    ("pattern", "rho", "alike"),
    [
        pytest.param(Pattern.CHRONIC, 1.02, Alike.CREEP, id="always close to its limit"),
        pytest.param(Pattern.STARTUP, None, Alike.ANY, id="a start-up that nobody saw"),
        pytest.param(Pattern.SPIKE, 2.5, Alike.BURST, id="a burst from well below"),
        pytest.param(Pattern.SPIKE, 1.08, Alike.SLOPE, id="a burst from little below"),
        pytest.param(Pattern.RAMP, 2.5, Alike.SLOPE, id="for hours, from well below"),
        pytest.param(Pattern.SPIKE, None, Alike.CLIMB, id="many at once: from how far below is not known"),
        pytest.param(Pattern.STEP, 1.4, Alike.CLIMB, id="a deployment's step: few were replayed"),
    ],
)
def test_what_a_shape_is_like(pattern: Pattern, rho: float | None, alike: Alike) -> None:
    assert alike_of(Shape(pattern=pattern, why="", rho=rho)) is alike


@pytest.mark.parametrize(
    ("alike", "kills"),
    [(Alike.CREEP, 746), (Alike.CLIMB, 562), (Alike.SLOPE, 562), (Alike.BURST, 562), (Alike.ANY, 1308)],
)
def test_how_many_kills_it_rests_on(alike: Alike, kills: int) -> None:
    assert kills_replayed(alike) == kills


@pytest.mark.parametrize("alike", Alike)
def test_more_memory_is_never_less_likely_enough(alike: Alike) -> None:
    taught = Calibration(tuple(outcome(held=False) for _ in range(9)))
    for calibration in (UNTAUGHT, taught):
        told = [calibration.enough(1 + step / 50, alike) for step in range(200)]
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
    assert less <= Calibration(tuple(outcomes)).enough(2.0, Alike.CLIMB) <= more


def test_claims_stay_below_certainty_however_good_the_record() -> None:
    perfect = Calibration(
        tuple(outcome(held=True, multiplier=1.1, pattern=Pattern.CHRONIC) for _ in range(10**5))
    )
    assert perfect.enough(3.0, Alike.CREEP) == MOST_CLAIM


def test_the_hit_rate_stands_beside_what_was_promised() -> None:
    assert UNTAUGHT.hit_rate() is None
    seen = Calibration((outcome(held=True), outcome(held=False), outcome(held=False, pattern=Pattern.LEAK)))
    rate = seen.hit_rate()
    assert rate is not None
    assert (rate.held, rate.total) == (1, 2)
    assert rate.promised == pytest.approx(1.44)
