"""Abstention: without evidence, or where nobody can know, no knob is blamed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.aws.task_definition import KNOB_VARIABLES, Container
from bot.domain.knobs import check, refit
from tests.domain.knobs.boxes import container, definition, found


@pytest.mark.parametrize(
    ("of", "limit_mib"),
    [
        pytest.param(container(), 512, id="nothing is set"),
        pytest.param(container(JAVA_TOOL_OPTIONS="-Xmx1g"), 2048, id="a heap with room"),
        pytest.param(container(JAVA_TOOL_OPTIONS="-XX:MaxRAMPercentage=75.0"), 2048, id="a good percentage"),
        pytest.param(container(JAVA_TOOL_OPTIONS="-Xmx${HEAP}"), 512, id="a value that the shell fills in"),
        pytest.param(container(JAVA_TOOL_OPTIONS="-Xmx0"), 512, id="0 is Java's own choice"),
        pytest.param(
            container("java -Xmx4g -jar app.jar", variables=["_JAVA_OPTIONS"]),
            2048,
            id="a stronger variable comes from a secret",
        ),
        pytest.param(
            container("java -XX:MaxRAMPercentage=95 X", variables=["JAVA_OPTS"]), 4096, id="so may -Xmx"
        ),
        pytest.param(container("sh -c run --label=x-Xmx4g"), 512, id="no option of Java"),
        pytest.param(container(NODE_OPTIONS="--max-old-space-size=768"), 1024, id="Node with room"),
        pytest.param(container("node server.js"), 512, id="Node's own cap fits"),
        pytest.param(container("./server"), 256, id="nothing shows what it is"),
        pytest.param(container("node x.js", variables=["NODE_OPTIONS"]), 256, id="Node's options are secret"),
        pytest.param(container(GOMEMLIMIT="950MiB"), 1024, id="Go with room"),
        pytest.param(container(variables=["GOPATH_X", "LOG_LEVEL"]), 512, id="perhaps Go: never guessed"),
        pytest.param(container(variables=["GOGC", "GOMEMLIMIT"]), 512, id="GOMEMLIMIT is secret"),
        pytest.param(container(DOTNET_GCHeapHardLimit="0x30000000"), 1024, id=".NET with room"),
        pytest.param(container(DOTNET_GCHeapHardLimitPercent="0x4B"), 1024, id="75 in hexadecimal"),
        pytest.param(container(DOTNET_GCHeapHardLimit="lots"), 1024, id=".NET cannot read it either"),
        pytest.param(container(WEB_CONCURRENCY="4"), 1024, id="workers with room"),
        pytest.param(container(WEB_CONCURRENCY="1"), 64, id="one worker is nobody's crowd"),
        pytest.param(container("grep -w 64 x"), 256, id="-w of another program"),
        pytest.param(container("gunicorn -c 16 app"), 256, id="-c is gunicorn's configuration"),
        pytest.param(container(PHP_MEMORY_LIMIT="256M"), 1024, id="PHP with room"),
        pytest.param(container(MALLOC_ARENA_MAX="2"), 512, id="few arenas"),
        pytest.param(container(variables=["RAILS_ENV", "LD_PRELOAD"]), 512, id="Ruby with another allocator"),
        pytest.param(container(variables=["RAILS_ENV"], image="ruby:3-alpine"), 512, id="Ruby without glibc"),
        pytest.param(container(shared_memory_mib=64), 1024, id="a small /dev/shm"),
        pytest.param(
            container("redis-server /etc/redis.conf"), 512, id="Redis with a file that we cannot see"
        ),
        pytest.param(container("worker --backend redis"), 512, id="only a client of Redis"),
        pytest.param(container("redis-cli ping", image="redis:7"), 512, id="Redis's own client"),
        pytest.param(container("redis-server --maxmemory 512mb"), 1024, id="Redis with room"),
    ],
)
def test_without_evidence_nothing_is_said(of: Container, limit_mib: int) -> None:
    assert found(of, limit_mib) == ()


@pytest.mark.parametrize("limit_mib", [None, 0])
def test_without_a_limit_nothing_is_compared(limit_mib: int | None) -> None:
    assert found(container(JAVA_TOOL_OPTIONS="-Xmx64g", GOMEMLIMIT="64GiB"), limit_mib) == ()


def test_a_container_that_is_in_no_revision_has_no_knobs() -> None:
    assert (
        check.findings(definition(container(JAVA_TOOL_OPTIONS="-Xmx64g")), "aws-guardduty-agent-x", 512) == ()
    )


OPTIONS = st.sampled_from(
    [
        "-Xmx",
        "-Xms",
        "1g",
        "0",
        "9" * 15,
        "-XX:MaxRAMPercentage=",
        ".",
        "%",
        " ",
        "-jar ",
        "off",
        "MiB",
        "0x",
        "-w ",
    ]
)
VALUES = st.lists(OPTIONS | st.text(max_size=3), max_size=6).map("".join)


@settings(max_examples=80, deadline=None)
@given(
    st.dictionaries(st.sampled_from(sorted(KNOB_VARIABLES)), VALUES, max_size=4),
    VALUES,
    st.integers(1, 2**20),
)
def test_no_value_makes_it_fall_over(knobs: dict[str, str], command: str, limit_mib: int) -> None:
    of = container(f"java node redis-server gunicorn celery {command}", **knobs)
    assert all(finding.evidence and finding.words and finding.fix for finding in found(of, limit_mib))
    assert all(change.old != change.new for change in refit.changes(of, limit_mib))
    assert isinstance(refit.by_hand(of, limit_mib), tuple)
