"""Lessons as a table: what a finished resize tells of the next one."""

from dataclasses import replace

import pytest

from bot.domain.diagnosis.diagnosis import Pattern
from bot.domain.resize.lesson import lesson
from bot.domain.resize.resize import Resize, ResizePhase
from bot.domain.sizing.calibration import Outcome
from tests.domain.agreed import CHANGE, DAY, HOUR, NOW, plan, resize, spec

CHRONIC = spec(pattern=Pattern.CHRONIC)
TWICE = {"pattern": Pattern.CHRONIC, "climbs": False, "multiplier": 2.0}
BY_TASK = replace(CHANGE, containers=(), task_memory_mib=(512, 768))
SHRUNK = replace(CHANGE, containers=(replace(CHANGE.containers[0], new_memory_mib=256),))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(resize(ResizePhase.PROVEN, asked=CHRONIC), Outcome(**TWICE, held=True), id="it held"),  # type: ignore[arg-type]  # a row
        pytest.param(
            resize(ResizePhase.NOT_ENOUGH, asked=CHRONIC),
            Outcome(**TWICE, held=False),  # type: ignore[arg-type]  # likewise
            id="it did not",
        ),
        pytest.param(
            resize(ResizePhase.ROLLED_BACK, asked=CHRONIC, kills_since=1),
            Outcome(**TWICE, held=False),  # type: ignore[arg-type]  # likewise
            id="killed, and rolled back",
        ),
        pytest.param(
            resize(ResizePhase.PROVEN, asked=CHRONIC, kills_since=1),
            Outcome(**TWICE, held=False),  # type: ignore[arg-type]  # likewise
            id="proven, and killed some days later",
        ),
        pytest.param(
            resize(ResizePhase.PROVEN, asked=CHRONIC, regressed_at=NOW + 2 * HOUR),
            None,
            id="two hours after it began, the old memory was back",
        ),
        pytest.param(resize(ResizePhase.WATCHING, asked=CHRONIC), None, id="still watched"),
        pytest.param(
            resize(ResizePhase.PROVEN, asked=spec(pattern=Pattern.RAMP, plan=plan(change=BY_TASK))),
            Outcome(pattern=Pattern.RAMP, climbs=True, multiplier=1.5, held=True),
            id="the task's size",
        ),
        pytest.param(
            resize(ResizePhase.ROLLED_BACK, asked=CHRONIC), None, id="rolled back for another reason"
        ),
        pytest.param(resize(ResizePhase.FAILED, asked=CHRONIC), None, id="it was never deployed"),
        pytest.param(resize(ResizePhase.PROVEN), None, id="nobody knows how it grew"),
        pytest.param(
            resize(ResizePhase.PROVEN, asked=spec(pattern=Pattern.CHRONIC, plan=plan(change=SHRUNK))),
            None,
            id="it shrank",
        ),
    ],
)
def test_lessons(given: Resize, expected: Outcome | None) -> None:
    assert lesson(given, NOW + DAY) == expected


def test_a_short_watch_is_no_lesson_before_a_day_is_over() -> None:
    short = resize(ResizePhase.PROVEN, asked=spec(pattern=Pattern.CHRONIC, watch_s=HOUR.total_seconds()))
    assert lesson(short, NOW + 23 * HOUR) is None
    assert lesson(short, NOW + 24 * HOUR) == Outcome(**TWICE, held=True)  # type: ignore[arg-type]  # likewise
    killed = resize(ResizePhase.NOT_ENOUGH, asked=CHRONIC, steady_at=NOW)
    assert lesson(killed, NOW + HOUR) == Outcome(**TWICE, held=False)  # type: ignore[arg-type]  # likewise
