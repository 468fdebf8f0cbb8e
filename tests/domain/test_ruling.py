"""The decision table for the end of a container, row by row."""

from typing import Any

import pytest

from bot.domain.kills.assess import assess
from bot.domain.kills.ruling import never_ran
from bot.domain.kills.verdict import Confidence, Verdict
from bot.domain.telling.language import speaking
from bot.language.catalogs import language
from tests.domain.shapes import BY_ITSELF, NOW, OOM_TEXT, container, task_event

INIT_OOM = (
    "CannotStartContainerError: Error response from daemon: failed to create task for container: "
    "container init was OOM-killed (memory limit too low?): unknown"
)
SCALED: dict[str, Any] = {
    "stopCode": "ServiceSchedulerInitiated",
    "stoppedReason": "Scaling activity initiated by (deployment ecs-svc/1)",
}


@pytest.mark.parametrize(
    ("told", "stop", "verdict"),
    [
        pytest.param(
            {"exitCode": 137, "reason": OOM_TEXT}, BY_ITSELF, Verdict.OOM, id="ECS says out of memory"
        ),
        pytest.param(
            {"exitCode": 137, "reason": "OutOfMemoryError: container killed due to memory usage"},
            BY_ITSELF,
            Verdict.OOM,
            id="lower-case container, as Fargate writes it since 2026",
        ),
        pytest.param(
            {"exitCode": 255, "reason": "outofmemory"}, BY_ITSELF, Verdict.OOM, id="bare word, lower case"
        ),
        pytest.param(
            {"exitCode": 137, "reason": "  Out Of Memory"}, BY_ITSELF, Verdict.OOM, id="blanks in the word"
        ),
        pytest.param({"reason": OOM_TEXT}, BY_ITSELF, Verdict.OOM, id="no exit code"),
        pytest.param({"exitCode": None, "reason": OOM_TEXT}, BY_ITSELF, Verdict.OOM, id="exit code null"),
        pytest.param(
            {"exitCode": 0, "reason": OOM_TEXT}, BY_ITSELF, Verdict.OOM, id="a child was killed, exit 0"
        ),
        pytest.param(
            {"exitCode": 1, "reason": OOM_TEXT}, BY_ITSELF, Verdict.OOM, id="a child was killed, exit 1"
        ),
        pytest.param(
            {"exitCode": 137, "reason": OOM_TEXT}, SCALED, Verdict.OOM, id="out of memory while scaling in"
        ),
        pytest.param(
            {"reason": INIT_OOM}, BY_ITSELF, Verdict.OOM, id="init killed: the limit is too low to start"
        ),
        pytest.param(
            {"reason": INIT_OOM},
            {"stopCode": "TaskFailedToStart"},
            Verdict.OOM,
            id="init killed, failed to start",
        ),
        pytest.param(
            {"exitCode": 137}, BY_ITSELF, Verdict.SUSPECTED_OOM, id="bare 137 of a task nobody stopped"
        ),
        pytest.param({"exitCode": "137"}, BY_ITSELF, Verdict.SUSPECTED_OOM, id="137 written as a string"),
        pytest.param(
            {"exitCode": 137, "reason": None}, {}, Verdict.SUSPECTED_OOM, id="bare 137, stop code not told"
        ),
        pytest.param(
            {"exitCode": 137},
            {"stopCode": None, "stoppedReason": None},
            Verdict.SUSPECTED_OOM,
            id="bare 137, stop code null",
        ),
        pytest.param({"exitCode": 0xC0000017}, BY_ITSELF, Verdict.SUSPECTED_OOM, id="Windows has no memory"),
        pytest.param(
            {"exitCode": -1073741801}, BY_ITSELF, Verdict.SUSPECTED_OOM, id="Windows, as a signed number"
        ),
        pytest.param(
            {"exitCode": "0xC000012D"}, BY_ITSELF, Verdict.SUSPECTED_OOM, id="Windows, as a hex string"
        ),
        pytest.param({"exitCode": 0xC0000005}, BY_ITSELF, Verdict.FAILURE, id="Windows, access violation"),
        pytest.param({"exitCode": 137}, SCALED, Verdict.NONE, id="killed while scaling in"),
        pytest.param(
            {"exitCode": 137},
            {"stopCode": "UserInitiated", "stoppedReason": "OutOfMemoryError, says Bob"},
            Verdict.NONE,
            id="killed when a user stopped it, whatever the user wrote",
        ),
        pytest.param({"exitCode": 137}, {"stopCode": "SpotInterruption"}, Verdict.NONE, id="killed by Spot"),
        pytest.param({"exitCode": 137}, {"stopCode": "TerminationNotice"}, Verdict.NONE, id="Spot's notice"),
        pytest.param(
            {"exitCode": 137}, {"stopCode": "InfrastructureHealth"}, Verdict.NONE, id="host retired"
        ),
        pytest.param(
            {"exitCode": 137},
            {"stoppedReason": "Task stopped by user"},
            Verdict.NONE,
            id="stopped by a user, before stop codes were invented",
        ),
        pytest.param(
            {"exitCode": 137},
            {"stoppedReason": "Host EC2 (instance i-0123456789abcdef0) terminated."},
            Verdict.NONE,
            id="the host went away",
        ),
        pytest.param({"exitCode": 143}, SCALED, Verdict.NONE, id="SIGTERM while scaling in"),
        pytest.param(
            {"exitCode": 2}, {"stopCode": "UserInitiated"}, Verdict.NONE, id="exit 2 on a user's stop"
        ),
        pytest.param(
            {"exitCode": 137},
            {"stopCode": "ServiceSchedulerInitiated", "stoppedReason": "Task failed container health checks"},
            Verdict.FAILURE,
            id="killed because it failed its health check",
        ),
        pytest.param(
            {"exitCode": 0},
            {"stoppedReason": "Task failed ELB health checks in (target-group arn:aws:x)"},
            Verdict.FAILURE,
            id="failed the load balancer's check and ended well",
        ),
        pytest.param({"exitCode": 1}, BY_ITSELF, Verdict.FAILURE, id="exit 1"),
        pytest.param({"exitCode": 139}, BY_ITSELF, Verdict.FAILURE, id="exit 139 is a segfault, no OOM"),
        *(
            pytest.param(
                {"exitCode": code}, BY_ITSELF, Verdict.FAILURE, id=f"exit {code}: only its log may tell"
            )
            for code in (2, 3, 134, 135, 254, 255)
        ),
        pytest.param({"exitCode": 143}, BY_ITSELF, Verdict.FAILURE, id="exit 143 that nobody asked for"),
        pytest.param(
            {"exitCode": 137, "reason": "DockerTimeoutError: Could not transition to stopped"},
            BY_ITSELF,
            Verdict.SUSPECTED_OOM,
            id="137 with an error about the stop, which came first and hides the reason",
        ),
        pytest.param(
            {"exitCode": 137, "reason": "CannotStopContainerError: timeout"},
            SCALED,
            Verdict.NONE,
            id="137 with an error about a stop that was asked for",
        ),
        pytest.param(
            {"exitCode": 137, "reason": "CannotCreateVolumeError: no such volume"},
            BY_ITSELF,
            Verdict.FAILURE,
            id="137 with another reason",
        ),
        pytest.param(
            {"exitCode": 137}, {"stopCode": "SomethingNew"}, Verdict.FAILURE, id="137, a stop code unknown"
        ),
        pytest.param(
            {"reason": "CannotPullContainerError: pull image manifest has been retried 5 time(s)"},
            {"stopCode": "TaskFailedToStart"},
            Verdict.FAILURE,
            id="the image could not be pulled",
        ),
        pytest.param({"exitCode": 0}, BY_ITSELF, Verdict.NONE, id="exit 0"),
        pytest.param({"exitCode": False}, BY_ITSELF, Verdict.NONE, id="exit code is no number"),
        pytest.param(
            {"exitCode": 1, "reason": "java.lang: caused by OutOfMemory"},
            BY_ITSELF,
            Verdict.FAILURE,
            id="out of memory not at the beginning of the reason",
        ),
    ],
)
def test_one_container(told: dict[str, Any], stop: dict[str, Any], verdict: Verdict) -> None:
    assessment = assess(task_event(container(**told), **stop), NOW)
    assert assessment.verdict is verdict
    assert [kill.container for kill in assessment.kills] == (["app"] if verdict.is_kill else [])
    assert assessment.why


@pytest.mark.parametrize(
    ("told", "confidence", "words"),
    [
        pytest.param(
            {"exitCode": 137, "reason": OOM_TEXT},
            Confidence.CERTAIN,
            "ECS reported OutOfMemoryError for container app (exit code 137)",
            id="plain",
        ),
        pytest.param(
            {"reason": OOM_TEXT},
            Confidence.LIKELY,
            "ECS reported OutOfMemoryError for container app, without an exit code",
            id="maybe a stale flag",
        ),
        pytest.param(
            {"exitCode": 0, "reason": OOM_TEXT},
            Confidence.CERTAIN,
            "ECS reported OutOfMemoryError for container app (exit code 0): "
            "a process in it was killed, the container itself ended normally",
            id="a child",
        ),
        pytest.param(
            {"reason": INIT_OOM},
            Confidence.CERTAIN,
            "Container app was OOM-killed before it could start: its memory limit is too low",
            id="init",
        ),
        pytest.param(
            {"exitCode": 137},
            Confidence.LIKELY,
            "Container app was killed (exit code 137), its task was not asked to stop, and ECS gave no reason",
            id="suspected",
        ),
        pytest.param(
            {"exitCode": 0xC0000017},
            Confidence.LIKELY,
            "Container app ended with Windows' code for no memory (0xC0000017)",
            id="Windows",
        ),
    ],
)
def test_the_reason_is_a_sentence(told: dict[str, Any], confidence: Confidence, words: str) -> None:
    (death,) = assess(task_event(container(**told), **BY_ITSELF), NOW).deaths
    assert (death.reason, death.confidence) == (words, confidence)


@pytest.mark.parametrize("code", ["en", "zh-CN"])
@pytest.mark.parametrize(
    ("told", "stop", "expected"),
    [
        pytest.param({"reason": INIT_OOM}, BY_ITSELF, True, id="the container's init"),
        pytest.param(
            {}, {"stopCode": "TaskFailedToStart", "stoppedReason": INIT_OOM}, True, id="the whole task"
        ),
        pytest.param({"exitCode": 137, "reason": OOM_TEXT}, BY_ITSELF, False, id="killed as it ran"),
        pytest.param({"exitCode": 1, "reason": "it was odd"}, BY_ITSELF, False, id="a failure"),
    ],
)
def test_a_kill_before_the_start_is_known_again_in_every_language(
    told: dict[str, Any], stop: dict[str, Any], expected: bool, code: str
) -> None:
    with speaking(language(code)):
        assessment = assess(task_event(container(**told), **stop), NOW)
    assert never_ran(assessment.deaths[0]) is expected


def test_where_another_container_ended_too_a_stop_timeout_explains_137_as_well() -> None:
    assessment = assess(
        task_event(container(exitCode=1), container("worker", exitCode=137), **BY_ITSELF), NOW
    )
    (kill,) = assessment.kills
    assert (kill.container, kill.confidence) == ("worker", Confidence.UNSURE)
    assert "app ended too (exit code 1), so a stop timeout explains it as well" in kill.reason


def test_an_error_about_the_stop_of_a_task_that_another_container_ended_hides_nothing() -> None:
    slow = container("worker", exitCode=137, reason="DockerTimeoutError: Could not transition to stopped")
    assert assess(task_event(container(exitCode=1), slow, **BY_ITSELF), NOW).kills == ()
