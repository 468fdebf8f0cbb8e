"""The check: each knob rule finds its setting, names it and corrects it; and without evidence it says nothing."""

import pytest

from bot.domain.aws.task_definition import Container
from bot.domain.knobs import refit
from tests.domain.knobs.boxes import container, found, is_short, one


def rules(of: Container, limit_mib: int | None) -> list[str]:
    return [finding.rule for finding in found(of, limit_mib)]


@pytest.mark.parametrize(
    ("of", "limit_mib", "rule", "evidence", "paste"),
    [
        pytest.param(
            container(JAVA_TOOL_OPTIONS="-XX:+UseG1GC -Xmx1900m -Dx=y"),
            2048,
            "knob.jvm.heap",
            "JAVA_TOOL_OPTIONS=-Xmx1900m against limit 2,048 MiB",
            "-XX:+UseG1GC -Xmx1536m -Dx=y",
            id="heap too near the limit, other options kept",
        ),
        pytest.param(
            container(JAVA_TOOL_OPTIONS="-XX:MaxRAMPercentage=90.0"),
            4096,
            "knob.jvm.heap",
            "JAVA_TOOL_OPTIONS=-XX:MaxRAMPercentage=90.0 against limit 4,096 MiB",
            "-XX:MaxRAMPercentage=75.0",
            id="heap as a percentage",
        ),
        pytest.param(
            container(JAVA_OPTS="-Xms700m -Xmx700m"),
            1024,
            "knob.jvm.headroom",
            "JAVA_OPTS=-Xmx700m against limit 1,024 MiB",
            "-Xms674m -Xmx674m",
            id="less than 350 MiB beside the heap, and -Xms goes along",
        ),
        pytest.param(
            container("java -Xmx3g -jar app.jar"),
            2048,
            "knob.jvm.heap",
            "-Xmx3g in the command against limit 2,048 MiB",
            "-Xmx1536m",
            id="heap in the command",
        ),
        pytest.param(
            container(JAVA_TOOL_OPTIONS="-Xmx1g -XX:MaxDirectMemorySize=1g -XX:MaxMetaspaceSize=256m"),
            2048,
            "knob.jvm.parts",
            "JAVA_TOOL_OPTIONS=-Xmx1g, JAVA_TOOL_OPTIONS=-XX:MaxMetaspaceSize=256m, "
            "JAVA_TOOL_OPTIONS=-XX:MaxDirectMemorySize=1g against limit 2,048 MiB",
            "",
            id="the parts together are too large",
        ),
        pytest.param(
            container(JAVA_TOOL_OPTIONS="-Xmx1g -Xss64m"),
            2048,
            "knob.jvm.parts",
            "JAVA_TOOL_OPTIONS=-Xmx1g, JAVA_TOOL_OPTIONS=-Xss64m against limit 2,048 MiB",
            "",
            id="huge stacks",
        ),
        pytest.param(
            container("java -Xmx1g -jar app.jar", JAVA_TOOL_OPTIONS="-Xmx512m"),
            2048,
            "knob.jvm.overridden",
            "JAVA_TOOL_OPTIONS=-Xmx512m, -Xmx1g in the command",
            "",
            id="the command beats JAVA_TOOL_OPTIONS",
        ),
        pytest.param(
            container("java -jar app.jar -Xmx1g"),
            2048,
            "knob.jvm.ignored",
            "-Xmx1g in the command",
            "",
            id="an option after the jar",
        ),
        pytest.param(
            container(ES_JAVA_OPTS="-Xms3g -Xmx3g"),
            4096,
            "knob.search.heap",
            "ES_JAVA_OPTS=-Xmx3g against limit 4,096 MiB",
            "-Xms2g -Xmx2g",
            id="Elasticsearch",
        ),
        pytest.param(
            container(NODE_OPTIONS="--enable-source-maps --max-old-space-size=1900"),
            2048,
            "knob.node.heap",
            "NODE_OPTIONS=--max-old-space-size=1900 against limit 2,048 MiB",
            "--enable-source-maps --max-old-space-size=1536",
            id="Node",
        ),
        pytest.param(
            container("node --max_old_space_size=4096 server.js"),
            2048,
            "knob.node.heap",
            "--max_old_space_size=4096 in the command against limit 2,048 MiB",
            "--max_old_space_size=1536",
            id="Node in the command, with underscores",
        ),
        pytest.param(
            container(NODE_OPTIONS="--max-old-space-size-percentage=95"),
            2048,
            "knob.node.heap",
            "NODE_OPTIONS=--max-old-space-size-percentage=95 against limit 2,048 MiB",
            "--max-old-space-size-percentage=75",
            id="Node as a percentage",
        ),
        pytest.param(
            container("node server.js --max-old-space-size=1024"),
            2048,
            "knob.node.ignored",
            "--max-old-space-size=1024 in the command",
            "",
            id="Node's option after the script",
        ),
        pytest.param(
            container("node server.js"),
            256,
            "knob.node.default",
            "it runs node without --max-old-space-size against limit 256 MiB",
            "--max-old-space-size=192",
            id="Node's own cap is above a tiny limit",
        ),
        pytest.param(
            container(GOMEMLIMIT="2GiB"),
            1024,
            "knob.go.memlimit",
            "GOMEMLIMIT=2GiB against limit 1,024 MiB",
            "921MiB",
            id="GOMEMLIMIT above the limit",
        ),
        pytest.param(
            container(GOMEMLIMIT="1000MiB"),
            1024,
            "knob.go.memlimit",
            "GOMEMLIMIT=1000MiB against limit 1,024 MiB",
            "921MiB",
            id="GOMEMLIMIT too near",
        ),
        pytest.param(
            container(GOMEMLIMIT="900MB"),
            1024,
            "knob.go.memlimit",
            "GOMEMLIMIT=900MB against limit 1,024 MiB",
            "921MiB",
            id="Go does not start with MB",
        ),
        pytest.param(
            container(GOMEMLIMIT="off"),
            1024,
            "knob.go.memlimit",
            "GOMEMLIMIT=off against limit 1,024 MiB",
            "921MiB",
            id="off",
        ),
        pytest.param(
            container(variables=["GOMAXPROCS"]),
            1000,
            "knob.go.unset",
            "GOMAXPROCS is set, GOMEMLIMIT is not, against limit 1,000 MiB",
            "900MiB",
            id="Go without GOMEMLIMIT",
        ),
        pytest.param(
            container(DOTNET_GCHeapHardLimit="0x80000000"),
            2048,
            "knob.dotnet.heap",
            "DOTNET_GCHeapHardLimit=0x80000000 against limit 2,048 MiB",
            "0x60000000",
            id=".NET in hexadecimal",
        ),
        pytest.param(
            container(DOTNET_GCHeapHardLimitPercent="75", COMPlus_GCHeapHardLimitPercent="30"),
            2048,
            "knob.dotnet.percent",
            "DOTNET_GCHeapHardLimitPercent=75 against limit 2,048 MiB",
            "4B",
            id="75 means 117 per cent",
        ),
    ],
)
def test_a_setting_is_found_and_corrected(
    of: Container, limit_mib: int, rule: str, evidence: str, paste: str
) -> None:
    finding = one(of, limit_mib)
    assert (finding.rule, finding.evidence, finding.paste) == (rule, evidence, paste)
    assert is_short(finding)


@pytest.mark.parametrize(
    ("variables", "command", "heap"),
    [
        pytest.param({"JAVA_TOOL_OPTIONS": "-Xmx3g -Xmx8g"}, "", "-Xmx8g", id="the last one wins"),
        pytest.param(
            {"JAVA_TOOL_OPTIONS": "-Xmx1g", "JDK_JAVA_OPTIONS": "-Xmx8g"}, "", "-Xmx8g", id="launcher's"
        ),
        pytest.param({"JAVA_TOOL_OPTIONS": "-Xmx1g"}, "java -Xmx8g App", "-Xmx8g", id="command line"),
        pytest.param({"_JAVA_OPTIONS": "-Xmx8g"}, "java -Xmx1g App", "-Xmx8g", id="_JAVA_OPTIONS beats all"),
        pytest.param(
            {"JAVA_OPTS": "-XX:MaxHeapSize=8g -XX:MaxRAMPercentage=10"}, "", "-XX:MaxHeapSize=8g", id="size"
        ),
    ],
)
def test_the_heap_that_counts(variables: dict[str, str], command: str, heap: str) -> None:
    of = container(command, **variables)
    told = [finding for finding in found(of, 2048) if finding.rule == "knob.jvm.heap"]
    assert heap in told[0].evidence


def test_a_limit_too_small_for_the_usual_room_is_shared_by_halves() -> None:
    finding = one(container(JAVA_TOOL_OPTIONS="-Xmx256m"), 300)
    assert (finding.fix, finding.paste) == (
        "Set -Xmx150m in JAVA_TOOL_OPTIONS, or raise the limit to at least 512 MiB.",
        "-Xmx150m",
    )
    assert found(container(JAVA_TOOL_OPTIONS="-Xmx150m"), 300) == ()
    assert found(container(JAVA_TOOL_OPTIONS="-Xmx256m"), 512) == ()


@pytest.mark.parametrize("limit_mib", [256, 512, 700, 1024, 1400, 2048, 8192])
def test_what_is_refitted_to_a_limit_is_not_found_fault_with(limit_mib: int) -> None:
    heap = container(JAVA_TOOL_OPTIONS="-Xmx16g")
    (change,) = refit.changes(heap, limit_mib)
    assert found(container(JAVA_TOOL_OPTIONS=change.new), limit_mib) == ()
    assert one(heap, limit_mib).paste == change.new


def test_swap_and_soft_limits_where_they_mean_nothing() -> None:
    on_fargate = found(container(max_swap_mib=512), 1024, is_fargate=True)
    on_windows = found(container(reservation_mib=512), None, is_windows=True)
    assert [finding.rule for finding in (*on_fargate, *on_windows)] == [
        "knob.swap.unsupported",
        "knob.windows.reservation",
    ]
    assert [
        finding.fix
        for finding in (*on_windows, *found(container(reservation_mib=5, memory_mib=9), 9, is_windows=True))
    ] == [
        "Set memory, a hard limit.",
        "Only its memory of 9 MiB counts.",
    ]
    assert found(container(max_swap_mib=512, reservation_mib=512), 1024) == ()


def test_no_secret_leaves_a_variable_or_the_command() -> None:
    of = container("java -Dkey=hunter3 -Xmx4g App", JAVA_TOOL_OPTIONS="-Xmx9g -Ddb.password=hunter2")
    assert "hunter" not in repr(found(of, 2048))
    finding = one(container(JAVA_TOOL_OPTIONS="-Xmx9g -Ddb.password=hunter2"), 2048)
    assert finding.paste == "-Xmx1536m"


@pytest.mark.parametrize("limit_mib", [700, 1024, 2048, 16384])
@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("JAVA_TOOL_OPTIONS", "-Xms60g -Xmx60g"),
        ("JAVA_TOOL_OPTIONS", "-XX:MaxRAMPercentage=99"),
        ("ES_JAVA_OPTS", "-Xmx60g"),
        ("NODE_OPTIONS", "--max-old-space-size=60000"),
        ("GOMEMLIMIT", "60GiB"),
        ("DOTNET_GCHeapHardLimit", "FFFFFFFFFF"),
        ("DOTNET_GCHeapHardLimitPercent", "64"),
        ("WEB_CONCURRENCY", "999"),
        ("PHP_MEMORY_LIMIT", "60G"),
        ("MALLOC_ARENA_MAX", "64"),
    ],
)
def test_the_corrected_value_is_correct(variable: str, value: str, limit_mib: int) -> None:
    paste = one(container(**{variable: value}), limit_mib).paste
    assert found(container(**{variable: paste}), limit_mib) == ()
