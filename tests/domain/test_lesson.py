"""Lessons as a table: what a finished resize tells of the next one."""

from dataclasses import replace

import pytest

from bot.domain.diagnosis.diagnosis import Pattern
from bot.domain.resize.lesson import lesson
from bot.domain.resize.resize import Resize, ResizePhase
from bot.domain.sizing.calibration import Outcome
from tests.domain.agreed import CHANGE, plan, resize, spec

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
    assert lesson(given) == expected
