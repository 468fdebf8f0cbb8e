"""Several containers of one task: who ran out of memory, and who only went down with it."""

from typing import Any

import pytest

from bot.domain.kills.assess import assess
from bot.domain.kills.verdict import Confidence, Verdict
from tests.domain.shapes import BY_ITSELF, NOW, OOM_TEXT, container, task_event

GUARD = "aws-guardduty-agent-nm40lC"


@pytest.mark.parametrize(
    ("containers", "stop", "verdicts"),
    [
        pytest.param(
            [container("web", exitCode=137, reason=OOM_TEXT), container("log", exitCode=137)],
            BY_ITSELF,
            {"web": Verdict.OOM, "log": Verdict.NONE},
            id="a bystander got the stop's SIGKILL",
        ),
        pytest.param(
            [container("web", exitCode=137, reason=OOM_TEXT), container("log", exitCode=143)],
            BY_ITSELF,
            {"web": Verdict.OOM, "log": Verdict.NONE},
            id="a bystander got the stop's SIGTERM",
        ),
        pytest.param(
            [
                container("web", exitCode=137, reason=OOM_TEXT),
                container("log", exitCode=137, reason=OOM_TEXT),
            ],
            BY_ITSELF,
            {"web": Verdict.OOM, "log": Verdict.OOM},
            id="two out of memory",
        ),
        pytest.param(
            [container("web", exitCode=1), container(GUARD, exitCode=137)],
            BY_ITSELF,
            {"web": Verdict.FAILURE, GUARD: Verdict.NONE},
            id="an injected container was killed with its failing task",
        ),
        pytest.param(
            [container("job", exitCode=0), container("log", exitCode=143)],
            BY_ITSELF,
            {"job": Verdict.NONE, "log": Verdict.NONE},
            id="a job is done and its sidecar told to end",
        ),
        pytest.param(
            [container("web", exitCode=137), container("log", exitCode=137)],
            BY_ITSELF,
            {"web": Verdict.SUSPECTED_OOM, "log": Verdict.SUSPECTED_OOM},
            id="two bare 137 and nothing to tell them apart",
        ),
        pytest.param(
            [container("web", lastStatus="RUNNING"), container("log", exitCode=137)],
            {"lastStatus": "RUNNING", "desiredStatus": "RUNNING"},
            {"log": Verdict.SUSPECTED_OOM},
            id="a sidecar was killed and its task runs on",
        ),
        pytest.param(
            [container("web", exitCode=137, reason=OOM_TEXT), container("log", exitCode=137)],
            {"lastStatus": "RUNNING", "desiredStatus": "RUNNING"},
            {"web": Verdict.OOM, "log": Verdict.SUSPECTED_OOM},
            id="no stop, so the second 137 is no bystander",
        ),
        pytest.param(
            [container("web", exitCode=137, reason=OOM_TEXT), container("log", exitCode=137)],
            {"lastStatus": "RUNNING", "desiredStatus": "STOPPED"},
            {"web": Verdict.OOM, "log": Verdict.NONE},
            id="the stop has begun, so the second 137 is a bystander",
        ),
        pytest.param(
            [container("web", exitCode=0, lastStatus="RUNNING")],
            {"lastStatus": "RUNNING", "desiredStatus": "RUNNING"},
            {},
            id="an exit code of a running container is none",
        ),
        pytest.param(
            [{"name": "web", "exitCode": 137, "reason": OOM_TEXT}],
            {"lastStatus": "RUNNING"},
            {"web": Verdict.OOM},
            id="no status of the container",
        ),
        pytest.param(
            [container("web", exitCode=3, lastStatus="RUNNING")],
            BY_ITSELF,
            {"web": Verdict.FAILURE},
            id="a stopped task whose container's status lags behind",
        ),
    ],
)
def test_several_containers(
    containers: list[dict[str, Any]], stop: dict[str, Any], verdicts: dict[str, Verdict]
) -> None:
    assessment = assess(task_event(*containers, **stop), NOW)
    assert {death.container: death.verdict for death in assessment.deaths} == verdicts


def test_two_suspects_make_each_unsure() -> None:
    event = task_event(container("web", exitCode=137), container("log", exitCode=137), **BY_ITSELF)
    assert {death.confidence for death in assess(event, NOW).deaths} == {Confidence.UNSURE}


@pytest.mark.parametrize("name", [GUARD, "ecs-service-connect-a1B2c"])
def test_an_injected_container_is_named_as_one(name: str) -> None:
    (death,) = assess(task_event(container(name, exitCode=137, reason=OOM_TEXT), **BY_ITSELF), NOW).kills
    assert death.container == name
    assert "AWS injected this container" in death.reason


def test_the_bystander_is_told_whose_fault_it_was() -> None:
    event = task_event(
        container("web", exitCode=137, reason=OOM_TEXT), container("log", exitCode=137), **BY_ITSELF
    )
    bystander = assess(event, NOW).deaths[-1]
    assert (
        bystander.reason == "Container log was stopped with its task (exit code 137): web ran out of memory"
    )
    assert bystander.confidence is Confidence.LIKELY
