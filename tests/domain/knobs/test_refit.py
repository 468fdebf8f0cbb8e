"""Refitting: fixed settings follow the limit, and nothing else of a variable's value changes."""

import pytest

from bot.domain.aws.task_definition import Container
from bot.domain.knobs import refit
from tests.domain.knobs.boxes import container


@pytest.mark.parametrize(
    ("of", "limit_mib", "values"),
    [
        pytest.param(
            container(JAVA_TOOL_OPTIONS="  -XX:+UseG1GC\t-Xmx1536m  -Dp=a b "),
            4096,
            {"JAVA_TOOL_OPTIONS": "  -XX:+UseG1GC\t-Xmx3072m  -Dp=a b "},
            id="the rest stays byte for byte",
        ),
        pytest.param(container(JAVA_OPTS="-Xmx1g"), 4096, {"JAVA_OPTS": "-Xmx3g"}, id="in the same unit"),
        pytest.param(
            container(JAVA_OPTS="-Xmx2G"), 3000, {"JAVA_OPTS": "-Xmx2250M"}, id="in MiB where it must"
        ),
        pytest.param(
            container(JAVA_OPTS="-Xms2g -Xmx2g"),
            1024,
            {"JAVA_OPTS": "-Xms674m -Xmx674m"},
            id="smaller: -Xms too",
        ),
        pytest.param(
            container(JAVA_OPTS="-Xms256m -Xmx2g"),
            4096,
            {"JAVA_OPTS": "-Xms256m -Xmx3g"},
            id="a small -Xms stays",
        ),
        pytest.param(
            container(JAVA_OPTS="-Xmx1g", JAVA_TOOL_OPTIONS="-Xms1g"),
            512,
            {"JAVA_OPTS": "-Xmx256m", "JAVA_TOOL_OPTIONS": "-Xms256m"},
            id="-Xms in another variable",
        ),
        pytest.param(
            container("java -Xms1g App", JAVA_TOOL_OPTIONS="-Xmx1g"),
            512,
            {},
            id="-Xms in the command forbids it",
        ),
        pytest.param(
            container(JAVA_OPTS="-Xmx1g -XX:MaxDirectMemorySize=1g"),
            2048,
            {},
            id="direct memory needs its part, and the heap fits beside it",
        ),
        pytest.param(
            container(JAVA_OPTS="-Xmx1g -Xmx2g"),
            4096,
            {"JAVA_OPTS": "-Xmx1g -Xmx3g"},
            id="only the one that counts",
        ),
        pytest.param(
            container(JAVA_OPTS="-XX:MaxRAMPercentage=50"), 4096, {}, id="a percentage scales by itself"
        ),
        pytest.param(container(JAVA_OPTS="-Xmx${HEAP}"), 4096, {}, id="what cannot be read"),
        pytest.param(
            container("java -Xmx1g App", JAVA_TOOL_OPTIONS="-Xmx2g"), 8192, {}, id="the command counts"
        ),
        pytest.param(
            container(ES_JAVA_OPTS="-Xms1g -Xmx1g"), 4096, {"ES_JAVA_OPTS": "-Xms2g -Xmx2g"}, id="half"
        ),
        pytest.param(
            container(ES_JAVA_OPTS="-Xmx1g"), 131072, {"ES_JAVA_OPTS": "-Xmx31g"}, id="at most 31 GiB"
        ),
        pytest.param(
            container(NODE_OPTIONS="--max-old-space-size=700 -r ./x"),
            2048,
            {"NODE_OPTIONS": "--max-old-space-size=1536 -r ./x"},
            id="Node",
        ),
        pytest.param(container(GOMEMLIMIT="900MiB"), 2048, {"GOMEMLIMIT": "1843MiB"}, id="Go"),
        pytest.param(container(GOMEMLIMIT="off"), 2048, {}, id="Go's off"),
        pytest.param(container(GOMEMLIMIT="1GB"), 2048, {}, id="no size that Go reads"),
        pytest.param(
            container(DOTNET_GCHeapHardLimit="0x30000000"),
            2048,
            {"DOTNET_GCHeapHardLimit": "0x60000000"},
            id=".NET",
        ),
        pytest.param(
            container(COMPlus_GCHeapHardLimit="30000000"),
            2048,
            {"COMPlus_GCHeapHardLimit": "60000000"},
            id="no 0x",
        ),
        pytest.param(container(DOTNET_GCHeapHardLimitPercent="0x4B"), 2048, {}, id=".NET's percentage"),
        pytest.param(
            container(REDIS_ARGS="--maxmemory 100mb --requirepass x"),
            1024,
            {"REDIS_ARGS": "--maxmemory 768mb --requirepass x"},
            id="Redis",
        ),
        pytest.param(
            container(WEB_CONCURRENCY="4", PHP_MEMORY_LIMIT="128M"), 4096, {}, id="counts do not scale"
        ),
        pytest.param(container(JAVA_OPTS="-Xmx1g"), 0, {}, id="no limit"),
    ],
)
def test_fixed_settings_follow_the_limit(of: Container, limit_mib: int, values: dict[str, str]) -> None:
    told = refit.changes(of, limit_mib)
    assert {change.variable: change.new for change in told} == values
    assert all(change.old == of.knobs[change.variable] for change in told)


def test_a_second_refit_changes_nothing() -> None:
    first = refit.changes(container(JAVA_OPTS="-Xms1g -Xmx1g", NODE_OPTIONS="--max-old-space-size=9"), 4096)
    again = container(**{change.variable: change.new for change in first})
    assert refit.changes(again, 4096) == ()


def test_the_reason_names_the_option_alone() -> None:
    (change,) = refit.changes(container(JAVA_OPTS="-Xmx1g -Dpassword=x"), 4096)
    assert change.why == "-Xmx1g → -Xmx3g: the heap at 75 % of 4,096 MiB"


def test_a_setting_in_the_command_is_told_to_a_person() -> None:
    (finding,) = refit.by_hand(container("java -Xms1g -Xmx1g -jar app.jar --token=x"), 4096)
    assert finding.fix == "Change -Xmx1g to -Xmx3g in the command and change -Xms1g to -Xms3g in the command."
    assert finding.evidence == "-Xmx1g in the command"
    assert refit.by_hand(container(JAVA_OPTS="-Xmx1g"), 4096) == ()
