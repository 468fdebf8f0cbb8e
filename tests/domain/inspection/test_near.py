"""Near misses: near, stuck, killed, calm and unknown are told apart."""

from datetime import timedelta

import pytest

from bot.domain.inspection.history import History
from bot.domain.inspection.near import nearness
from tests.domain.inspection.fleets import NOON, history, running
from tests.domain.revisions import app, on_ec2, on_fargate, sidecar

WEEK = timedelta(days=7)
CALM = [40.0] * 48
SOFT = running(on_ec2(app(None, 512)))
NARROW = running(
    on_fargate(2048, 512, app(1024))
)  # the container's limit is half of what the per cent are of


@pytest.mark.parametrize(
    ("found", "told"),
    [
        pytest.param(history(hours=[*CALM, 92.0, 50.0]), (0.92, 942, "", 2048), id="it came near and lived"),
        pytest.param(history(hours=[*CALM, 89.9]), None, id="just not near"),
        pytest.param(
            history(hours=CALM, minutes=[98.0] * 20), (0.98, 1004, "stuck", 2048), id="stuck at its limit"
        ),
        pytest.param(
            history(hours=CALM, minutes=[98.0] * 20 + [40.0]),
            (0.98, 1004, "", 2048),
            id="it was at its limit and is no longer",
        ),
        pytest.param(
            history(NARROW, hours=[*CALM, 46.0]), (0.92, 942, "", 2048), id="of the limit, not of the task"
        ),
        pytest.param(history(SOFT, hours=[*CALM, 95.0]), None, id="a soft limit is there to be filled"),
        pytest.param(
            history(SOFT, hours=[*CALM, 150.0]), (1.5, 768, "", 960), id="a soft limit that it passed"
        ),
        pytest.param(
            history(running(on_ec2(app(512), sidecar(512))), hours=[95.0]),
            (0.95, 973, "", 1216),
            id="two containers with limits of their own",
        ),
    ],
)
def test_who_is_near(found: History, told: tuple[float, int, str, int] | None) -> None:
    misses = nearness([found], since=NOON - WEEK, percent=90, now=NOON).misses
    seen = [
        (round(one.share, 4), round(one.peak_mib or 0), "stuck" if one.stuck else "", one.enough_mib)
        for one in misses
    ]
    assert seen == ([told] if told else [])


def test_no_data_is_no_calm() -> None:
    found = nearness([history(), history(hours=CALM)], since=NOON - WEEK, percent=90, now=NOON)
    assert (len(found.without_data), found.looked_at, found.misses) == (1, 2, ())


def test_old_peaks_do_not_count() -> None:
    found = nearness([history(hours=[99.0, *CALM])], since=NOON - timedelta(hours=24), percent=90, now=NOON)
    assert found.misses == ()


def test_the_killed_are_told_apart_unless_they_are_stuck_by_now() -> None:
    killed = history(hours=[*CALM, 100.0])
    stuck = history(running(name="stuck"), hours=CALM, minutes=[99.0] * 20)
    subjects = [one.running.subject for one in (killed, stuck)]
    found = nearness([killed, stuck], since=NOON - WEEK, percent=90, now=NOON, killed=subjects)
    assert [one.subject.name for one in found.killed] == ["checkout"]
    assert [one.running.subject.name for one in found.misses] == ["stuck"]


def test_the_stuck_and_then_the_nearest_come_first() -> None:
    histories = [
        history(running(name="near"), hours=[91.0]),
        history(running(name="nearer"), hours=[96.0]),
        history(running(name="stuck"), hours=[97.5], minutes=[97.5] * 10),
    ]
    found = nearness(histories, since=NOON - WEEK, percent=90, now=NOON)
    assert [one.running.subject.name for one in found.misses] == ["stuck", "nearer", "near"]


@pytest.mark.parametrize(
    ("found", "is_exact"),
    [
        pytest.param(history(hours=[*CALM, 92.0]), False, id="of an hour nobody knows the minute"),
        pytest.param(history(hours=[*CALM, 98.0], minutes=[98.0] * 20), True, id="the minutes say when"),
    ],
)
def test_when_it_was_is_told_no_more_exactly_than_known(found: History, is_exact: bool) -> None:
    [miss] = nearness([found], since=NOON - WEEK, percent=90, now=NOON).misses
    assert miss.is_to_the_minute is is_exact
