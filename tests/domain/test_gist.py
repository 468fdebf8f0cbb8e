"""A diagnosis in two lines: what it was, and what to do; never a size that will not help."""

import math
from dataclasses import replace

import pytest

from bot.domain.diagnosis.diagnosis import Diagnosis, Finding, Pattern
from bot.domain.investigation.gist import Gist, chance, cost, gist
from tests.slack.diagnoses import BRIDGE, DIAGNOSES, KNOB, LEAK, SUSPICIONS, diagnosis


@pytest.mark.parametrize(
    ("found", "told"),
    [
        pytest.param(
            LEAK,
            Gist(
                "Leak",
                "+42 MiB/h, again in about 9 h",
                "Buys about 3 d",
                "512 → 3,072 MiB · +$28/month",
            ),
            id="a leak is only postponed",
        ),
        pytest.param(
            replace(LEAK, slope_mib_per_h=None),
            Gist("Leak", "again in about 9 h", "Buys about 3 d", "512 → 3,072 MiB · +$28/month"),
            id="a leak known from its lifetimes alone",
        ),
        pytest.param(
            DIAGNOSES["spike"],
            Gist(
                "Spike",
                "from 210 MiB to 512 MiB within 6 min",
                "Fix",
                "512 → 1,024 MiB: enough in 7 of 10 · +$6/month",
            ),
            id="a spike",
        ),
        pytest.param(
            diagnosis(),
            Gist(
                "Limit too small",
                "498 MiB of 512 MiB in the last hour",
                "Fix",
                "512 → 640 MiB: enough in 9 of 10",
            ),
            id="close to its limit: the name says so already",
        ),
        pytest.param(
            KNOB,
            Gist(
                "Setting does not fit",
                "the Java heap may grow to 512 MiB, the limit is 512 MiB",
                "Fix",
                "Set -Xmx162m in JAVA_TOOL_OPTIONS, or raise the limit to at least 862 MiB.",
            ),
            id="a setting does not fit the limit",
        ),
        pytest.param(
            DIAGNOSES["heap_line"],
            Gist(
                "Heap cap, not the container",
                "raising memory alone will not help",
                "Fix",
                "-Xmx128m → -Xmx384m in JAVA_TOOL_OPTIONS: the container has room.",
            ),
            id="a full heap in a container that has room",
        ),
        pytest.param(
            DIAGNOSES["sidecar"],
            Gist(
                "Sidecar log-router",
                "used 610 of the task's 1,024 MiB, this container 380",
                "Fix",
                "Give log-router a limit of its own, or the task more memory.",
            ),
            id="a sidecar",
        ),
        pytest.param(
            DIAGNOSES["host"],
            Gist(
                "Host out of memory",
                "no hard limit was in force",
                "Fix",
                "Give it a hard limit, and reserve what it needs.",
            ),
            id="a host",
        ),
        pytest.param(
            SUSPICIONS["unlikely"],
            Gist(
                "Probably not memory",
                "memory never passed 31 % of its limit and did not grow",
                "Next",
                "Look at what stopped it: a stop timeout, docker kill or a supervisor.",
            ),
            id="unlikely",
        ),
        pytest.param(
            replace(
                SUSPICIONS["undecided"], pattern=Pattern.SPIKE, pattern_why="from 1 to 2 MiB within 6 min"
            ),
            Gist("Not proven", "there is no memory history of this task to tell", "Next"),
            id="a suspicion that is left open has no shape",
        ),
        pytest.param(
            replace(LEAK, next_oom_s=4.3 * 3600),
            Gist("Leak", "+42 MiB/h, again in about 4 h", "Buys about 3 d", "512 → 3,072 MiB · +$28/month"),
            id="an estimate is not told to the minute",
        ),
        pytest.param(
            DIAGNOSES["unknown"],
            Gist("Cause not known", "no memory history, and one death alone shows no pattern", "Next"),
            id="unknown",
        ),
    ],
)
def test_two_lines(found: Diagnosis, told: Gist) -> None:
    assert gist(found) == told


@pytest.mark.parametrize("kind", DIAGNOSES)
def test_where_memory_does_not_help_no_size_is_told(kind: str) -> None:
    found = DIAGNOSES[kind]
    if found.helps is False:
        assert "MiB:" not in gist(replace(found, recommendation=BRIDGE)).fix


@pytest.mark.parametrize("pattern", Pattern)
def test_every_pattern_has_words(pattern: Pattern) -> None:
    told = gist(diagnosis(pattern=pattern))
    assert told.cause
    assert told.told


def test_a_size_says_which_settings_grow_with_it() -> None:
    told = gist(replace(KNOB, findings=()))
    assert told.fix == "512 → 640 MiB: enough in 9 of 10, with JAVA_TOOL_OPTIONS re-fitted"


def test_what_a_finding_advises_is_told_where_no_size_is() -> None:
    advised = Finding(
        rule="py.memoryerror", words="Python was refused memory.", evidence="MemoryError", fix="Fix it."
    )
    assert gist(diagnosis(findings=(advised,), recommendation=None)).fix == "Fix it."


@pytest.mark.parametrize(
    ("enough", "words"),
    [
        pytest.param(0.38, "3 of 10", id="rounded down"),
        pytest.param(0.9, "9 of 10", id="exact, whatever binary fractions say"),
        pytest.param(0.95, "95 of 100", id="finer near one"),
        pytest.param(0.9999, "99 of 100", id="never all"),
    ],
)
def test_a_chance_is_counted_and_never_promised_too_high(enough: float, words: str) -> None:
    assert chance(enough) == words


@pytest.mark.parametrize(
    ("usd", "words"),
    [
        pytest.param(14.2, "+$14/month", id="dearer"),
        pytest.param(-9.0, "−$9/month", id="cheaper"),
        pytest.param(0.4, "+$0.40/month", id="cents"),
        pytest.param(0.0, "", id="the same"),
        pytest.param(None, "", id="nobody knows"),
        pytest.param(math.inf, "", id="nonsense"),
    ],
)
def test_a_monthly_difference(usd: float | None, words: str) -> None:
    assert cost(usd) == words
