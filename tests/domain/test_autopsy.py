"""Autopsies: which failures are doubtful, and what the last words of a container say of memory."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.aws.price import fallback
from bot.domain.diagnosis.diagnosis import Culprit, Standing
from bot.domain.diagnosis.evidence import Evidence, LogLine
from bot.domain.investigation import autopsy
from bot.domain.investigation.diagnose import diagnose
from bot.domain.investigation.gist import gist
from bot.domain.kills.verdict import Confidence, Verdict
from tests.domain.evidences import SUSPECTED, evidence, series, steady
from tests.slack.incidents import NOON, death

FAILED: dict[str, Any] = {"verdict": Verdict.FAILURE, "confidence": Confidence.CERTAIN, "exit_code": 1}
HEAP = "java.lang.OutOfMemoryError: Java heap space"
NODE = "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory"


def lines(*texts: str, apart_s: float = 1) -> list[LogLine]:
    """Log lines, the last of them at noon."""
    last = len(texts) - 1
    return [
        LogLine(NOON - timedelta(seconds=apart_s * (last - place)), text) for place, text in enumerate(texts)
    ]


@pytest.mark.parametrize(
    ("changed", "is_doubtful"),
    [
        *(
            pytest.param({"exit_code": code}, True, id=f"exit {code}: {whose}")
            for code, whose in {
                1: "Java, Python, Ruby",
                2: "Go",
                3: "ExitOnOutOfMemoryError",
                134: "Node, .NET, Rust, C++",
                135: "a full /dev/shm",
                139: "C without memory",
                254: "a shell that cannot fork",
                255: "PHP",
            }.items()
        ),
        pytest.param({"exit_code": 137}, False, id="SIGKILL is suspicious by itself"),
        pytest.param({"exit_code": 143}, False, id="SIGTERM"),
        pytest.param({"exit_code": 127}, False, id="command not found"),
        pytest.param({"exit_code": None}, False, id="no exit code is told"),
        pytest.param({"started_at": None}, False, id="it never started"),
        pytest.param({"container": ""}, False, id="the task failed, no container"),
        pytest.param({"container": "aws-guardduty-agent-x"}, False, id="AWS's own container"),
        pytest.param({"verdict": Verdict.NONE}, False, id="stopped by a deployment"),
        pytest.param({"verdict": Verdict.OOM}, False, id="ECS itself says out of memory"),
    ],
)
def test_which_failures_only_the_log_can_tell(changed: dict[str, Any], is_doubtful: bool) -> None:
    assert autopsy.is_doubtful(death(0, **{**FAILED, **changed})) is is_doubtful


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        pytest.param(
            "jvm.heap", [f"Exception in thread main {HEAP}", "\tat shop.Cart.add(Cart.java:7)"], id="JVM"
        ),
        pytest.param(
            "jvm.threads", ["java.lang.OutOfMemoryError: unable to create native thread"], id="threads"
        ),
        pytest.param("node.heap", ["<--- Last few GCs --->", NODE], id="Node"),
        pytest.param("go.oom", ["fatal error: runtime: out of memory"], id="Go"),
        pytest.param("py.memoryerror", ["Traceback (most recent call last):", "MemoryError"], id="Python"),
        pytest.param("dotnet.oom", ["Out of memory."], id=".NET"),
        pytest.param(
            "php.limit",
            [
                "PHP Fatal error:  Allowed memory size of 134217728 bytes exhausted (tried to allocate 20480 bytes)"
            ],
            id="PHP",
        ),
        pytest.param(None, [], id="it wrote nothing"),
        pytest.param(
            None, ["Traceback (most recent call last):", "ValueError: bad cart"], id="an ordinary error"
        ),
        pytest.param(
            None, ["runtime: goroutine stack exceeds 1000000000-byte limit"], id="endless recursion is a bug"
        ),
        pytest.param(
            None,
            ["OOM command not allowed when used memory > 'maxmemory'.", "ConnectionError: bye"],
            id="Redis refused a write and lived on",
        ),
    ],
)
def test_what_the_last_words_say(rule: str | None, said: list[str]) -> None:
    found = autopsy.finding_of(lines(*said))
    assert (found.rule if found else None) == rule


@pytest.mark.parametrize(("apart_s", "is_found"), [(1, True), (119, True), (121, False)])
def test_who_wrote_on_for_minutes_did_not_die_of_it(apart_s: float, is_found: bool) -> None:
    assert (autopsy.finding_of(lines(HEAP, "GET /orders 200", apart_s=apart_s)) is not None) is is_found


def test_a_failure_that_its_log_explains_is_a_suspicion_without_the_line() -> None:
    failed = death(0, **FAILED)
    finding = autopsy.finding_of(lines(HEAP))
    assert finding is not None
    told = autopsy.told_by_log(failed, finding)
    [suspected] = told.deaths
    assert autopsy.is_told_by_log(suspected)
    assert not autopsy.is_told_by_log(failed)
    assert (told.verdict, suspected.confidence) == (Verdict.SUSPECTED_OOM, Confidence.LIKELY)
    assert (
        suspected.reason == "Container app ended with exit code 1, and its log says: The Java heap is full."
    )
    assert (
        replace(suspected, **{name: getattr(failed, name) for name in ("verdict", "confidence", "reason")})
        == failed
    )


def ended(*said: str, **changed: Any) -> Evidence:
    """A container that ended itself, far below its limit."""
    died = {**SUSPECTED, "exit_code": 1}
    return evidence(died=died, series=series(*steady(150)), log_lines=tuple(lines(*said)), **changed)


@pytest.mark.parametrize(
    ("said", "standing", "culprit", "cause"),
    [
        pytest.param(
            HEAP,
            Standing.CONFIRMED,
            Culprit.RUNTIME,
            "Heap cap, not the container",
            id="a full heap needs no full container",
        ),
        pytest.param(
            "java.lang.OutOfMemoryError: unable to create native thread",
            Standing.UNKNOWN,
            Culprit.RUNTIME,
            "Thread limit, not memory",
            id="threads are not memory",
        ),
        pytest.param(
            "MemoryError", Standing.UNKNOWN, Culprit.UNKNOWN, "Not proven", id="who refused it is not told"
        ),
        pytest.param("Started.", Standing.UNKNOWN, Culprit.UNKNOWN, "Not proven", id="its log is gone"),
    ],
)
def test_memory_far_below_the_limit_speaks_not_against_a_runtimes_own_words(
    said: str, standing: Standing, culprit: Culprit, cause: str
) -> None:
    diagnosis = diagnose(ended(said), fallback("eu-west-1"), now=NOON)
    assert (diagnosis.standing, diagnosis.culprit) == (standing, culprit)
    assert gist(diagnosis).cause == cause
