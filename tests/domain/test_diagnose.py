"""From evidence to a diagnosis, all rules together: what it was, what fixes it, and when nothing is said."""

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.aws.price import fallback
from bot.domain.diagnosis.diagnosis import Culprit, Diagnosis, Pattern, Standing
from bot.domain.diagnosis.evidence import Evidence, Gap, LogLine, Source
from bot.domain.investigation.diagnose import diagnose
from bot.domain.investigation.gist import gist
from bot.domain.kills.death import Limits
from bot.domain.kills.verdict import Verdict
from tests.domain.evidences import (
    ONLY_SOFT,
    SUSPECTED,
    container,
    definition,
    evidence,
    series,
    service,
    steady,
)
from tests.slack.incidents import NOON, death, deaths

LONG_AGO = NOON - timedelta(hours=12)
LIVED: dict[str, Any] = {"started_at": LONG_AGO}
LEAKING = [60 + 0.61 * minute for minute in range(720)]
CLIMBING = [*steady(200, 240), 260, 330, 410, 490]


def seen(**changed: Any) -> Diagnosis:
    """The diagnosis of this evidence."""
    return diagnose(evidence(**changed), fallback("eu-west-1"), now=NOON)


def logged(*texts: str) -> tuple[LogLine, ...]:
    return tuple(LogLine(NOON - timedelta(seconds=5), text) for text in texts)


def lived(*mib: float) -> dict[str, Any]:
    return {"died": LIVED, "series": series(*mib, started_at=LONG_AGO)}


def test_a_leak_is_postponed_and_called_a_leak() -> None:
    found = seen(**lived(*LEAKING))
    assert (found.pattern, found.culprit, found.helps) == (Pattern.LEAK, Culprit.CONTAINER, None)
    assert found.slope_mib_per_h == pytest.approx(36.6, rel=0.05)
    assert found.next_oom_s == pytest.approx(12 * 3600, rel=0.1)
    assert found.recommendation is not None
    assert "does not fix" in found.recommendation.caveat
    assert gist(found).label.startswith("Buys about")


def test_a_spike_gets_twice_the_memory() -> None:
    found = seen(**lived(*CLIMBING))
    assert (found.pattern, found.helps) == (Pattern.SPIKE, True)
    assert found.recommendation is not None
    assert found.recommendation.chosen.memory_mib >= 1024


def test_a_limit_that_is_simply_too_small() -> None:
    found = seen(**lived(*steady(500, 300)))
    assert found.pattern is Pattern.CHRONIC
    assert found.recommendation is not None
    assert found.recommendation.chosen.enough == pytest.approx(0.9)


def test_a_heap_above_the_limit_is_named_and_the_value_to_paste_told() -> None:
    java = container(knobs={"JAVA_TOOL_OPTIONS": "-Xmx512m"}, variables=frozenset({"JAVA_TOOL_OPTIONS"}))
    found = seen(**lived(*steady(500, 300)), definition=definition(java))
    assert [one.rule for one in found.findings] == ["knob.jvm.heap"]
    assert gist(found).cause == "Setting does not fit"
    assert found.recommendation is not None
    assert [one.variable for one in found.recommendation.knobs] == ["JAVA_TOOL_OPTIONS"]


def test_what_stands_beside_a_setting_is_neither_kept_nor_shown() -> None:
    options = "-Xmx512m -Dshop.secret=hunter2"
    java = container(knobs={"JAVA_TOOL_OPTIONS": options}, variables=frozenset({"JAVA_TOOL_OPTIONS"}))
    found = seen(**lived(*steady(500, 300)), definition=definition(java))
    assert found.findings
    assert "hunter2" not in repr(found)


@pytest.mark.parametrize(
    ("xmx", "fix"),
    [
        pytest.param(
            "-Xmx128m",
            "-Xmx128m → -Xmx256m in JAVA_TOOL_OPTIONS: the container has room.",
            id="room in the container",
        ),
        pytest.param(
            "-Xmx500m",
            "Raise -Xmx (or MaxRAMPercentage) together with the container's memory.",
            id="no room: both must grow",
        ),
    ],
)
def test_a_full_heap_is_not_cured_by_the_container_alone(xmx: str, fix: str) -> None:
    java = container(knobs={"JAVA_TOOL_OPTIONS": xmx}, variables=frozenset({"JAVA_TOOL_OPTIONS"}))
    found = seen(
        died={**SUSPECTED, "exit_code": 134},
        definition=definition(java),
        log_lines=logged("java.lang.OutOfMemoryError: Java heap space"),
    )
    assert (found.culprit, found.helps) == (Culprit.RUNTIME, False)
    assert gist(found).cause == "Heap cap, not the container"
    assert gist(found).fix == fix


def test_a_heap_line_and_a_kernel_kill_are_told_side_by_side() -> None:
    found = seen(**lived(*CLIMBING), log_lines=logged("java.lang.OutOfMemoryError: Java heap space"))
    assert (found.culprit, found.helps) == (Culprit.CONTAINER, None)
    assert found.warnings[0].startswith("Its log also tells of another cap: The Java heap is full.")


def test_a_host_that_ran_out_gets_no_size() -> None:
    soft = definition(
        container(memory_mib=None, reservation_mib=256), memory_mib=None, cpu=None, is_fargate=False
    )
    found = seen(died=ONLY_SOFT, definition=soft)
    assert (found.culprit, found.helps, found.recommendation) == (Culprit.HOST, False, None)
    assert "host" in found.no_recommendation_why


def test_a_sidecar_gets_the_blame_and_the_task_another_size() -> None:
    router = series(*steady(600), container="log-router")
    found = seen(
        died=LIVED,
        definition=definition(container(), container("log-router", memory_mib=None)),
        series=series(*steady(400), started_at=LONG_AGO),
        others=(router,),
    )
    assert (found.culprit, found.blamed_container) == (Culprit.SIDECAR, "log-router")
    assert (found.helps, found.limit_mib, found.pattern) == (None, 1024, Pattern.CHRONIC)
    assert found.recommendation is not None
    assert {one.memory_mib == one.task_mib for one in found.recommendation.options} == {True}
    assert gist(found).fix == "Give log-router a limit of its own, or the task more memory."


def test_equal_lifetimes_alone_are_a_leak() -> None:
    found = seen(deaths=deaths(7), definition=definition())
    assert found.pattern is Pattern.LEAK
    assert found.recommendation is not None


def test_a_deployment_that_raised_memory_is_the_step() -> None:
    before = series(*steady(300), ended_at=NOON - timedelta(hours=3), was_killed=False)
    found = seen(
        **lived(*steady(500, 300)),
        earlier=(before,),
        service=service(deployed_at=NOON - timedelta(hours=2)),
    )
    assert found.pattern is Pattern.STEP
    assert found.pattern_why == (
        "500 MiB since a deployment 2 h before the first kill, at most 300 MiB before it"
    )


def test_a_suspicion_that_is_unlikely_gets_no_size() -> None:
    found = seen(died={**SUSPECTED, **LIVED}, series=series(*steady(100, 60), started_at=LONG_AGO))
    assert (found.standing, found.culprit) == (Standing.UNLIKELY, Culprit.UNKNOWN)
    assert (found.recommendation, found.no_recommendation_why) == (None, "memory is an unlikely cause")


@pytest.mark.parametrize(
    "bare",
    [
        pytest.param(
            Evidence(
                collected_at=NOON,
                deaths=(death(**SUSPECTED, started_at=None, limits=Limits()),),
                gaps=(Gap(source=Source.LOGS, why="access denied", permission="logs:GetLogEvents"),),
            ),
            id="a bare 137",
        ),
        pytest.param(
            Evidence(collected_at=NOON, deaths=(death(verdict=Verdict.MEMORY_WARNING, started_at=None),)),
            id="an alarm",
        ),
    ],
)
def test_where_nothing_is_known_nothing_is_claimed(bare: Evidence) -> None:
    found = diagnose(bare, fallback("eu-west-1"), now=NOON)
    assert (found.pattern, found.culprit) == (Pattern.UNKNOWN, Culprit.UNKNOWN)
    assert (found.findings, found.recommendation, found.changes, found.exec_command) == ((), None, (), "")
    assert found.no_recommendation_why
    assert gist(found).cause in ("Cause not known", "Not proven")


@pytest.mark.parametrize("text", ["GET / 200", "caught OutOfMemoryError in the docs, see https://x.example"])
def test_no_finding_without_evidence(text: str) -> None:
    assert seen(log_lines=logged(text)).findings == ()


def test_every_finding_names_its_evidence() -> None:
    lines = logged("Worker (pid:12) was sent SIGKILL! Perhaps out of memory?", "MemoryError", "Killed")
    found = seen(log_lines=lines, died={"exit_code": 0})
    assert len(found.findings) >= 2
    assert all(one.evidence and one.words for one in found.findings)
