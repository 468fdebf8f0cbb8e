"""Charts: what is put on which axis, what is marked, and what is said of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.chart.chart import Axis, chart
from bot.domain.chart.chart_words import MOST_CHARACTERS, alt_text, axis_words, title
from bot.domain.chart.picture import Line
from bot.domain.diagnosis.diagnosis import Culprit, Pattern
from tests.domain.pictures import CHARTS, DIED, climbing, diagnosis, drawn, level, line, picture


@pytest.mark.parametrize(
    ("life", "earlier", "axis", "shown"),
    [
        pytest.param(line(40, level), (), Axis.CLOCK, 0, id="its first life"),
        pytest.param(line(40, level), (line(40, level, ended_before=42),), Axis.CLOCK, 1, id="just before"),
        pytest.param(line(40, level), (line(40, level, ended_before=900),), Axis.END, 1, id="hours before"),
        pytest.param(
            line(40, level),
            (line(40, level, ended_before=42), line(40, level, ended_before=900)),
            Axis.CLOCK,
            1,
            id="one near and one far: the far one is left out",
        ),
        pytest.param(
            line(5, level),
            (line(300, level, ended_before=6),),
            Axis.END,
            1,
            id="a short life after a long one",
        ),
        pytest.param(
            line(40, level),
            tuple(line(40, level, ended_before=40 * n) for n in (1, 2, 3, 4, 5)),
            Axis.CLOCK,
            3,
            id="no more than a phone tells apart",
        ),
        pytest.param(
            line(40, level),
            (line(40, lambda _: None, ended_before=900),),
            Axis.CLOCK,
            0,
            id="a life without samples",
        ),
    ],
)
def test_earlier_lives_share_the_clock_if_they_are_near_else_the_end(
    life: Line, earlier: tuple[Line, ...], axis: Axis, shown: int
) -> None:
    made = drawn(life, *earlier)
    assert (made.axis, len(made.earlier)) == (axis, shown)


@pytest.mark.parametrize(
    "life",
    [
        pytest.param(None, id="no series"),
        pytest.param(line(9, lambda _: None), id="a series without samples"),
    ],
)
def test_without_the_dead_life_there_is_no_chart(life: Line | None) -> None:
    assert chart(picture(life, line(40, level, ended_before=42)), diagnosis()) is None


def test_an_earlier_life_of_one_sample_tells_nothing() -> None:
    assert drawn(line(40, level), line(1, level, ended_before=41)).earlier == ()


def test_only_a_life_that_was_killed_is_marked_so() -> None:
    made = drawn(
        line(40, level), line(40, level, ended_before=41), line(40, level, ended_before=82, was_killed=False)
    )
    assert made.kills_s == (made.earlier[0][-1],)


def test_a_runtime_that_ended_itself_was_not_killed_at_the_limit() -> None:
    made = chart(picture(line(40, level)), replace(diagnosis(), culprit=Culprit.RUNTIME))
    assert made is not None
    assert not made.was_killed
    assert ", ended at " in alt_text(made)
    assert drawn(line(40, level)).was_killed


def test_lives_on_one_clock_follow_each_other() -> None:
    made = drawn(line(40, level), line(40, level, ended_before=45))
    assert made.begins_s == made.earlier[0][0][0] == 0
    assert made.life[0][0] == 45 * 60
    assert made.died_s == 85 * 60


def test_lives_that_are_far_from_each_other_end_together() -> None:
    made = CHARTS["lives of other days"]
    assert {one[-1][0] for one in (made.life, *made.earlier)} == {-60.0}
    assert made.died_s == 0


def test_an_earlier_life_does_not_crowd_the_dead_one_out() -> None:
    made = drawn(line(40, level), line(600, level, ended_before=1500))
    assert made.begins_s == -2 * 40 * 60


def test_a_deployment_is_marked_where_lives_end_together() -> None:
    deployed = (DIED - timedelta(minutes=2000), DIED - timedelta(minutes=10))
    made = drawn(line(40, level), line(40, level, ended_before=1500), deployed_at=deployed)
    assert made.deployed_s == (-600.0,)


def test_a_gap_is_no_line() -> None:
    made = CHARTS["a gap"]
    assert [amount for _, amount in made.life].count(None) == 10


def test_the_trend_has_the_slope_of_the_diagnosis() -> None:
    (first_s, first_mib), (last_s, last_mib) = CHARTS["leak"].trend or ((0, 0), (1, 0))
    assert (last_mib - first_mib) / (last_s - first_s) * 3600 == pytest.approx(240)
    assert first_mib == pytest.approx(120, abs=1)


@pytest.mark.parametrize("pattern", [Pattern.SPIKE, Pattern.RAMP, Pattern.UNKNOWN])
def test_only_a_leak_has_a_trend(pattern: Pattern) -> None:
    assert drawn(line(60, climbing), pattern=pattern, slope_mib_per_h=240.0).trend is None


def test_a_leak_of_one_sample_has_no_trend() -> None:
    assert drawn(line(1, climbing), pattern=Pattern.LEAK, slope_mib_per_h=240.0).trend is None


@pytest.mark.parametrize(
    ("mib", "minutes"),
    [
        pytest.param([500] * 10, 9, id="all its life"),
        pytest.param([100, 200, 505, 506, 507], 2, id="at the end"),
        pytest.param([505, 100, 100, 505, 506, 507], 2, id="a single touch is not it"),
        pytest.param([500, None, 500], 2, id="over a gap"),
    ],
)
def test_where_it_was_stuck(mib: list[int | None], minutes: int) -> None:
    since, until = drawn(line(len(mib), mib.__getitem__), pattern=Pattern.STUCK).stuck_s or (0, 0)
    assert until - since == 60 * minutes


def test_nothing_is_stuck_that_was_not_diagnosed_so() -> None:
    assert drawn(line(10, lambda _: 511)).stuck_s is None
    assert drawn(line(10, lambda _: 511), limit_mib=None, pattern=Pattern.STUCK).stuck_s is None


def test_deployments_before_what_is_drawn_are_not_marked() -> None:
    made = drawn(line(40, level), deployed_at=(DIED - timedelta(hours=2), DIED - timedelta(minutes=10)))
    assert made.deployed_s == (30 * 60,)


SAID = {
    "leak": "Memory of container app since 21 Nov 01:37 UTC: 120 → 496 MiB, killed at 03:12. Limit 512 MiB, "
    "reservation 256 MiB. It grows by 240 MiB/h. The 2 lives before, newest first, peaked at 496, 496 MiB, seen for "
    "95 min, 95 min. Deployed at 23:52.",
    "spike": "Memory of container app since 21 Nov 02:12 UTC: 180 → 460 MiB, killed at 03:12. Limit 512 MiB.",
    "stuck": "Memory of container app since 21 Nov 02:12 UTC: 210 → 510 MiB, ended at 03:12. Limit 512 MiB. "
    "It sat at its limit for 31 min.",
    "chronic": "Memory of container app since 21 Nov 02:32 UTC: 480 → 484 MiB, killed at 03:12. Limit 512 MiB. "
    "The life before peaked at 484 MiB, seen for 40 min.",
    "a gap": "Memory of container app since 21 Nov 02:12 UTC: 250 → 486 MiB, killed at 03:12. Limit 512 MiB. "
    "No samples for 10 min of that.",
    "one sample": "Memory of container app since 21 Nov 03:11 UTC: 410 MiB, killed at 03:12. Limit 512 MiB.",
    "no limit": "Memory of container app since 21 Nov 02:12 UTC: 120 → 356 MiB, killed at 03:12. No limit known, "
    "reservation 128 MiB.",
}


@pytest.mark.parametrize(("name", "said"), [pytest.param(*item, id=item[0]) for item in SAID.items()])
def test_the_words_say_what_the_picture_shows(name: str, said: str) -> None:
    assert alt_text(CHARTS[name]) == said


@pytest.mark.parametrize("name", CHARTS)
def test_the_words_fit_what_slack_takes(name: str) -> None:
    assert 60 < len(alt_text(CHARTS[name])) <= MOST_CHARACTERS
    assert len(title(CHARTS[name])) < 60


@pytest.mark.parametrize(
    ("name", "words"),
    [
        pytest.param("spike", "UTC, 21 Nov", id="one day"),
        pytest.param("leak", "UTC, 20 Nov – 21 Nov", id="over midnight"),
        pytest.param("lives of other days", "before the end · times are UTC", id="by the end"),
    ],
)
def test_the_axis_says_what_it_counts(name: str, words: str) -> None:
    assert axis_words(CHARTS[name]) == words


def test_equal_charts_have_equal_digests_and_others_do_not() -> None:
    assert (
        CHARTS["chronic"].digest()
        == drawn(line(40, level), line(40, level, ended_before=41), pattern=Pattern.CHRONIC).digest()
    )
    assert len({one.digest() for one in CHARTS.values()}) == len(CHARTS)
