"""Kills of one incident that did not end alike: what the alert's title says is what was examined."""

from typing import Any

import pytest

from bot.domain.aws.price import fallback
from bot.domain.diagnosis.diagnosis import Culprit
from bot.domain.diagnosis.mixture import gravest_first, unlike
from bot.domain.investigation.diagnose import diagnose
from tests.domain.evidences import SUSPECTED, evidence
from tests.slack.incidents import NOON, death

EXIT_1: dict[str, Any] = {**SUSPECTED, "exit_code": 1}


@pytest.mark.parametrize(
    ("verdicts", "order"),
    [
        pytest.param([], [], id="no death"),
        pytest.param([{}, {}], [0, 1], id="all alike: the newest"),
        pytest.param([SUSPECTED, {}, {}], [1, 0, 2], id="a bare 137 after kills that ECS told"),
        pytest.param([SUSPECTED, EXIT_1], [0, 1], id="none is proven: the newest"),
    ],
)
def test_the_newest_of_the_gravest_verdict_is_examined(
    verdicts: list[dict[str, Any]], order: list[int]
) -> None:
    deaths = [death(number, **changed) for number, changed in enumerate(verdicts)]
    assert list(gravest_first(deaths)) == [deaths[number] for number in order]


@pytest.mark.parametrize(
    ("examined", "other", "told"),
    [
        pytest.param({}, {}, "", id="all alike"),
        pytest.param({}, SUSPECTED, "", id="ECS gave no reason the second time"),
        pytest.param({}, {"exit_code": None}, "", id="nobody knows how the other ended"),
        pytest.param({"exit_code": None}, EXIT_1, "", id="nobody knows how this one ended"),
        pytest.param(
            {}, EXIT_1, "is of one with exit code 137, others ended with 1.", id="a heap beside a kill"
        ),
    ],
)
def test_that_others_ended_otherwise_is_said(
    examined: dict[str, Any], other: dict[str, Any], told: str
) -> None:
    said = unlike([death(0, **examined), death(1, **other)])
    assert said.endswith(told)
    assert bool(said) == bool(told)


def test_a_proven_kill_is_not_told_as_unproven_for_a_bare_137_after_it() -> None:
    deaths = gravest_first([death(0, **SUSPECTED), death(1), death(2, **EXIT_1)])
    found = diagnose(evidence(deaths=deaths), fallback("eu-west-1"), now=NOON)
    assert found.culprit is Culprit.CONTAINER
    assert any("did not end alike" in warning for warning in found.warnings)
