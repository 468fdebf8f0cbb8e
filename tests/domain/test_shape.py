"""Shapes: unseen series of each pattern, at every step that CloudWatch has, with what real ones are spoilt by."""

import math
from datetime import timedelta

import pytest

from bot.domain.diagnosis.diagnosis import Pattern
from bot.domain.diagnosis.series import Sample
from bot.domain.diagnosis.shape import classify
from tests.domain.memories import (
    END,
    LIMIT_MIB,
    Curve,
    collected,
    day,
    flat,
    jump,
    line,
    lives,
    recorded,
    series,
)


@pytest.mark.parametrize("step_s", [20.0, 60.0, 300.0], ids=["20 s", "1 min", "5 min"])
@pytest.mark.parametrize(
    ("curve", "hours", "pattern"),
    [
        pytest.param(flat(965), 6, Pattern.CHRONIC, id="always close to its limit"),
        pytest.param(line(300, 20), 20, Pattern.LEAK, id="grew all its life"),
        pytest.param(line(300, 6), 6, Pattern.LEAK, id="grew all its short life"),
        pytest.param(
            collected(line(300, 20, 850), 150, 23), 20, Pattern.LEAK, id="the floor under a collector grew"
        ),
        pytest.param(line(420, 0.3), 8, Pattern.SPIKE, id="a climb of 18 minutes"),
        pytest.param(line(420, 0.01), 8, Pattern.SPIKE, id="from one sample to the next"),
        pytest.param(line(400, 2), 12, Pattern.RAMP, id="a climb of two hours after a calm day"),
        pytest.param(jump(480, 968, 3), 10, Pattern.STEP, id="another level since three hours"),
        pytest.param(day(400, 985), 72, Pattern.DIURNAL, id="the third daily maximum was one too high"),
        pytest.param(
            collected(flat(500), 350, 31), 12, Pattern.SPIKE, id="a collector's teeth, then a burst"
        ),
    ],
)
def test_a_death_has_a_shape(curve: Curve, hours: float, pattern: Pattern, step_s: float) -> None:
    samples = (*recorded(curve, hours=hours, step_s=step_s)[:-1], Sample(END, LIMIT_MIB))
    found = classify(series(samples, step_s=step_s), LIMIT_MIB, now=END)
    assert found.pattern is pattern, found.why
    assert "MiB" in found.why


@pytest.mark.parametrize(
    ("curve", "gaps", "pattern"),
    [
        pytest.param(line(300, 20), [(12, 7)], Pattern.LEAK, id="a leak with five hours missing"),
        pytest.param(line(300, 20), [(3, 0.5)], Pattern.LEAK, id="a leak, the end missing"),
        pytest.param(flat(970), [(10, 2)], Pattern.CHRONIC, id="close to its limit, most of the day missing"),
        pytest.param(line(400, 0.2), [(18, 3)], Pattern.SPIKE, id="a spike after a gap"),
        pytest.param(lives(line(300, 5), 5), [], Pattern.LEAK, id="a leak that was killed every five hours"),
        pytest.param(lives(line(250, 16), 16), [], Pattern.LEAK, id="a leak in its second life"),
    ],
)
def test_gaps_and_restarts_do_not_hide_it(
    curve: Curve, gaps: list[tuple[float, float]], pattern: Pattern
) -> None:
    samples = recorded(curve, hours=20, gaps=gaps)
    assert classify(series(samples), LIMIT_MIB, now=END).pattern is pattern


def test_a_leak_tells_its_slope_and_where_its_floor_stood() -> None:
    found = classify(series(recorded(line(200, 40), hours=40), started_h=40), LIMIT_MIB, now=END)
    assert found.slope_mib_per_h == pytest.approx(20, rel=0.1)
    assert found.floor_mib == pytest.approx(985, abs=25)
    assert found.lifetime_s == 40 * 3600


def test_only_the_last_life_counts_where_the_start_is_known() -> None:
    samples = recorded(jump(980, 450, 5), hours=12)
    found = classify(series((*samples[:-1], Sample(END, LIMIT_MIB)), started_h=5), LIMIT_MIB, now=END)
    assert found.pattern is Pattern.SPIKE
    assert found.climbs


@pytest.mark.parametrize(
    ("curve", "started_h", "why"),
    [
        pytest.param(line(100, 0.1), 0.1, "it died 6 min after its start", id="died at once"),
        pytest.param(
            flat(990), 0.2, "it died 12 min after its start", id="lived at its limit for twelve minutes"
        ),
    ],
)
def test_an_early_death_is_a_start_up(curve: Curve, started_h: float, why: str) -> None:
    found = classify(series(recorded(curve, hours=3), started_h=started_h), LIMIT_MIB, now=END)
    assert (found.pattern, found.why) == (Pattern.STARTUP, why)


@pytest.mark.parametrize(
    ("curve", "pattern"),
    [
        pytest.param(jump(600, 990, 0.3), Pattern.STUCK, id="twenty minutes at its limit"),
        pytest.param(jump(600, 990, 0.02), Pattern.UNKNOWN, id="a minute at its limit"),
        pytest.param(flat(935), Pattern.CHRONIC, id="lives just below it"),
        pytest.param(flat(400), Pattern.UNKNOWN, id="healthy"),
        pytest.param(
            collected(flat(500), 450, 31), Pattern.UNKNOWN, id="a collector's teeth nearly touch it"
        ),
        pytest.param(line(300, 12, 800), Pattern.LEAK, id="leaks, and is not there yet"),
    ],
)
def test_the_living(curve: Curve, pattern: Pattern) -> None:
    limit = LIMIT_MIB if pattern is not Pattern.CHRONIC else 980
    samples = recorded(curve, hours=12, noise=3)
    found = classify(series(samples, was_killed=False, started_h=13), limit, now=END)
    assert found.pattern is pattern, found.why


@pytest.mark.parametrize("step_s", [20.0, 60.0], ids=["20 s", "1 min"])
def test_noise_alone_is_no_leak(step_s: float) -> None:
    samples = recorded(flat(700), hours=24, step_s=step_s, noise=90)
    assert classify(series(samples), LIMIT_MIB, now=END).pattern is not Pattern.LEAK


@pytest.mark.parametrize(
    "samples",
    [
        pytest.param((), id="no sample"),
        pytest.param((Sample(END, 900.0), Sample(END, 950.0)), id="two samples"),
        pytest.param((Sample(END, math.nan), Sample(END, math.inf), Sample(END, -1.0)), id="nonsense"),
    ],
)
def test_too_little_to_tell(samples: tuple[Sample, ...]) -> None:
    found = classify(series(samples), LIMIT_MIB, now=END)
    assert (found.pattern, found.climbs) == (Pattern.UNKNOWN, False)


def test_a_daily_rhythm_counts_from_the_last_restart() -> None:
    samples = recorded(lambda before: 990 if before > 72 else day(500, 980)(before), hours=80)
    found = classify(series(samples), LIMIT_MIB, now=END)
    assert found.pattern is Pattern.DIURNAL, found.why


def test_samples_at_one_moment_or_in_disorder_do_no_harm() -> None:
    same = tuple(Sample(END, mib) for mib in (990.0, 985.0, 995.0, 990.0))
    assert classify(series(same), LIMIT_MIB, now=END).pattern is Pattern.CHRONIC
    leak = recorded(line(300, 20), hours=20)
    assert classify(series(leak[::-1]), LIMIT_MIB, now=END).pattern is Pattern.LEAK


def test_what_was_never_used_has_no_ratio() -> None:
    zero = tuple(Sample(END - timedelta(minutes=before), 0.0) for before in range(60, 0, -1))
    found = classify(series((*zero, Sample(END, LIMIT_MIB))), LIMIT_MIB, now=END)
    assert (found.pattern, found.rho) == (Pattern.SPIKE, None)
    assert found.climbs
