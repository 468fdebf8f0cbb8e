"""Pictures: series on an even grid that a phone can show, and only the marks that lie within."""

from datetime import UTC, datetime, timedelta

from bot.domain.chart.picture import MOST_EARLIER, MOST_POINTS, line, picture
from bot.domain.diagnosis.evidence import Evidence
from bot.domain.diagnosis.series import Sample, Series, SeriesSource
from bot.domain.kills.death import Death, Limits
from bot.domain.kills.verdict import Confidence, Verdict
from bot.domain.subject.group_key import GroupKey, OwnerKind

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DEATH = Death(
    group_key=GroupKey("123456789012", "eu-west-1", "prod", OwnerKind.SERVICE, "shop", "app"),
    task_arn="arn:aws:ecs:eu-west-1:123456789012:task/prod/1",
    container="app",
    verdict=Verdict.OOM,
    confidence=Confidence.CERTAIN,
    reason="",
    died_at=NOON,
    limits=Limits(container_mib=512, reservation_mib=256),
)


def series(*mib: float | None, step_s: float = 60) -> Series:
    """Samples that end at noon, a step apart; None for a gap."""
    first = NOON - timedelta(seconds=step_s * len(mib))
    samples = [
        Sample(first + timedelta(seconds=step_s * at), one) for at, one in enumerate(mib) if one is not None
    ]
    source = SeriesSource.CONTAINER_INSIGHTS
    return Series(samples=tuple(samples), step_s=step_s, source=source, of="container app")


def test_a_gap_stays_a_gap() -> None:
    found = line(series(100.4, None, 300.6))
    assert found is not None
    assert (found.began_at, found.step_s, found.mib) == (NOON - 3 * MINUTE, 60, (100, None, 301))


def test_many_samples_are_gathered_and_their_peaks_stay() -> None:
    found = line(series(*(900.0 if at == 501 else 100.0 for at in range(1000))))
    assert found is not None
    assert len(found.mib) <= MOST_POINTS
    assert max(one or 0 for one in found.mib) == 900
    assert found.step_s == 300


def test_no_sample_is_no_line() -> None:
    assert line(series()) is None


def test_marks_outside_of_what_is_drawn_are_left_out() -> None:
    evidence = Evidence(
        collected_at=NOON,
        deaths=(DEATH,),
        series=series(*([100.0] * 60)),
        earlier=tuple(series(50.0, step_s=300) for _ in range(9)),
    )
    marks = [NOON - timedelta(hours=2), NOON - 30 * MINUTE, NOON + MINUTE]
    found = picture(evidence, 512, marks)
    assert found.deployed_at == (NOON - 30 * MINUTE,)
    assert (found.limit_mib, found.reservation_mib) == (512, 256)
    assert len(found.earlier) == MOST_EARLIER


def test_without_a_series_there_is_still_a_picture_to_keep() -> None:
    found = picture(Evidence(collected_at=NOON, deaths=(DEATH,)), None)
    assert (found.life, found.earlier, found.deployed_at, found.died_at) == (None, (), (), NOON)
