"""Short lives of jobs: what is a death at start-up of a service may be a job's whole work."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.diagnosis.diagnosis import Pattern
from bot.domain.diagnosis.pattern import pattern_of
from bot.domain.subject.group_key import OwnerKind
from tests.domain.evidences import evidence
from tests.slack.incidents import NOON, SERVICE


@pytest.mark.parametrize(
    ("kind", "minutes", "pattern"),
    [
        pytest.param(OwnerKind.SERVICE, 10, Pattern.STARTUP, id="a service"),
        pytest.param(OwnerKind.JOB, 10, Pattern.UNKNOWN, id="a Batch job of ten minutes"),
        pytest.param(OwnerKind.JOB, 1, Pattern.STARTUP, id="a Batch job of one minute"),
    ],
)
def test_an_early_death(kind: OwnerKind, minutes: int, pattern: Pattern) -> None:
    started_at = NOON - timedelta(minutes=minutes)
    found = evidence(
        died={"group_key": replace(SERVICE, kind=kind), "started_at": started_at, "died_at": NOON}
    )
    assert pattern_of(found, now=NOON).pattern is pattern
