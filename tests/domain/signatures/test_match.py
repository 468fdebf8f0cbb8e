"""Matching: every signature knows its lines in every wrapping, and stays away from lines that only talk of memory."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.diagnosis import Finding
from bot.domain.evidence import LogLine
from bot.domain.masking import LONGEST_SHOWN
from bot.domain.signatures.catalogue import SIGNATURES
from bot.domain.signatures.match import findings
from bot.domain.signatures.signature import RANK
from tests.domain.signatures.samples import SAMPLES

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
SHARED = Path(__file__).parents[4] / "shared" / "oom_signatures.json"
EXAMPLES = json.loads(SHARED.read_text(encoding="utf-8")) if SHARED.exists() else []


def found(*texts: str) -> tuple[Finding, ...]:
    return findings([LogLine(NOW + timedelta(seconds=place), text) for place, text in enumerate(texts)])


def rules(*texts: str) -> list[str]:
    return [finding.rule for finding in found(*texts)]


def test_every_signature_has_a_sample() -> None:
    assert {rule for rule, _, _ in SAMPLES} == {signature.rule for signature in SIGNATURES}
    assert len(SAMPLES) == 55


@pytest.mark.parametrize(("rule", "line"), [pytest.param(rule, line, id=rule) for rule, line, _ in SAMPLES])
def test_a_line_is_known(rule: str, line: str) -> None:
    told = {finding.rule: finding for finding in found(line)}
    assert rule in told
    assert told[rule].evidence == line.strip()
    for text in (told[rule].words, told[rule].fix):
        assert text.endswith(".")
        assert len(text) <= 140
        assert not re.search(r"[{}]|None", text)


@pytest.mark.parametrize(("rule", "line"), [pytest.param(rule, line, id=rule) for rule, _, line in SAMPLES])
def test_a_line_close_to_it_is_left_alone(rule: str, line: str) -> None:
    assert rule not in rules(line)


@pytest.mark.parametrize("example", [pytest.param(one, id=one["id"]) for one in EXAMPLES])
def test_the_measured_examples_are_known_by_the_same_name(example: dict[str, str]) -> None:
    assert example["id"] in rules(example["example"])


def docker(line: str) -> str:
    return json.dumps({"log": f"{line}\n", "stream": "stderr", "time": "2026-11-21T03:00:00Z"})


WRAPPINGS = (
    pytest.param(docker, id="docker's JSON"),
    pytest.param(
        lambda line: json.dumps({"level": "error", "ctx": {"stack": [f"x\n{line}\n  y"]}}), id="deep JSON"
    ),
    pytest.param(lambda line: f"app {json.dumps({'message': line})}"[:-2], id="JSON that was cut off"),
    pytest.param(lambda line: docker(docker(line)), id="JSON in JSON"),
    pytest.param(lambda line: f"2026-11-21T03:00:00.123456789Z stderr F {line}", id="containerd's prefix"),
    pytest.param(lambda line: f"worker-1  | {line}", id="compose's prefix"),
    pytest.param(lambda line: f"\x1b[31;1m{line}\x1b[0m", id="colours"),
    pytest.param(lambda line: f"starting\r\n{line}\r\n\tat x", id="several lines in one event"),
)


@pytest.mark.parametrize("wrapped", WRAPPINGS)
def test_every_line_is_known_in_any_wrapping(wrapped: Callable[[str], str]) -> None:
    assert [rule for rule, line, _ in SAMPLES if rule not in rules(wrapped(line))] == []


@pytest.mark.parametrize(
    ("line", "rule", "helps"),
    [
        pytest.param(
            '{"@timestamp":"2026-11-21T03:00:00Z","error.type":"java.lang.OutOfMemoryError",'
            '"error.message":"Java heap space"}',
            "jvm.heap",
            False,
            id="a JSON logger tells type and message apart",
        ),
        pytest.param(
            "2026-11-21 03:00:00.123 ERROR 1 --- [nio-8080-exec-1] o.a.c.c.C.[.[.[/]: Handler dispatch failed; nested "
            "exception is java.lang.OutOfMemoryError: Java heap space",
            "jvm.heap",
            False,
            id="Spring",
        ),
        pytest.param(
            'Exception: java.lang.OutOfMemoryError thrown from the UncaughtExceptionHandler in thread "main"',
            "jvm.heap",
            False,
            id="a JVM without memory for its message",
        ),
        pytest.param(
            "java.lang.OutOfMemoryError: Compressed class space", "jvm.metaspace", False, id="class space"
        ),
        pytest.param(
            "io.netty.util.internal.OutOfDirectMemoryError: failed to allocate 16777216 byte(s) of direct memory "
            "(used: 520093703, max: 536870912)",
            "jvm.direct",
            False,
            id="Netty",
        ),
        pytest.param("java.lang.OutOfMemoryError: Direct buffer memory", "jvm.direct", False, id="JDK 8"),
        pytest.param(
            "pthread_create failed (ENOMEM) for attributes", "jvm.pthread_eagain", None, id="no stack"
        ),
        pytest.param(
            "Terminating due to java.lang.OutOfMemoryError: Metaspace", "jvm.exit", False, id="not the heap"
        ),
        pytest.param(
            "OpenJDK 64-Bit Server VM warning: INFO: os::commit_memory(0x00000000c5330000, 12288, 0) failed; "
            "error='Cannot allocate memory' (errno=12)",
            "jvm.native",
            None,
            id="the JVM cannot commit",
        ),
        pytest.param(
            "FATAL ERROR: CALL_AND_RETRY_LAST Allocation failed - process out of memory",
            "node.heap",
            False,
            id="an old Node",
        ),
        pytest.param("# Fatal JavaScript out of memory: Reached heap limit", "node.heap", False, id="Deno"),
        pytest.param(
            "Error: Cannot create a string longer than 0x1fffffe8 characters",
            "node.arraybuffer",
            False,
            id="text",
        ),
        pytest.param("ERROR:root:MemoryError()", "py.memoryerror", None, id="a logged exception"),
        pytest.param("2026-11-21 03:00:00 ERROR MemoryError: ", "py.memoryerror", None, id="after the level"),
        pytest.param(
            "pyarrow.lib.ArrowMemoryError: malloc of size 64 failed", "py.memoryerror", None, id="Arrow"
        ),
        pytest.param(
            "Unable to allocate 8.00 TiB for an array with shape (1099511627776,)",
            "py.numpy_size",
            False,
            id="absurd",
        ),
        pytest.param(
            "[2026-11-21 03:00:00 +0000] [1] [WARNING] Worker with pid 9 was terminated due to signal 9",
            "gunicorn.sigkill",
            True,
            id="an old gunicorn",
        ),
        pytest.param(
            "[2026-11-21 03:00:00,1: ERROR/MainProcess] Process 'ForkPoolWorker-2' pid:17 exited with 'signal 9 (SIGKILL)'",
            "celery.lost",
            True,
            id="celery's main process",
        ),
        pytest.param(
            "joblib.externals.loky.process_executor.TerminatedWorkerError: A worker process managed by the executor was "
            "unexpectedly terminated.",
            "py.brokenpool",
            None,
            id="joblib",
        ),
        pytest.param(
            "RuntimeError: DataLoader worker (pid 9) is killed by signal: Killed. ",
            "py.dataloader_shm",
            True,
            id="killed",
        ),
        pytest.param(
            "runtime: out of memory: cannot allocate 4194304-byte block (66781184 in use)",
            "go.oom",
            None,
            id="an old Go",
        ),
        pytest.param(
            "runtime: program exceeds 10000-thread limit", "go.threads", False, id="Go's own thread limit"
        ),
        pytest.param(
            "Symfony\\Component\\ErrorHandler\\Error\\OutOfMemoryError: Error: Allowed memory size of 536870912 bytes "
            "exhausted (tried to allocate 8192 bytes)",
            "php.limit",
            False,
            id="Symfony",
        ),
        pytest.param("Out of memory.", "dotnet.oom", False, id=".NET says no more than this"),
        pytest.param(
            "System.OutOfMemoryException: Array dimensions exceeded supported range.",
            "dotnet.oom",
            False,
            id="a .NET bug",
        ),
        pytest.param(
            "Slogan: binary_alloc: Cannot reallocate 1048576 bytes of memory", "beam.alloc", None, id="slogan"
        ),
        pytest.param(
            "Error: vector memory exhausted (limit reached?)", "r.vector", None, id="R on a mac's wording"
        ),
        pytest.param(
            "memory allocation of 9223372036854775807 bytes failed", "rust.alloc", False, id="absurd in Rust"
        ),
        pytest.param(
            "terminate called after throwing an instance of 'std::length_error'",
            "cpp.bad_alloc",
            False,
            id="length",
        ),
        pytest.param("Error: spawn ENOMEM", "posix.enomem", None, id="Node cannot start a child"),
        pytest.param(
            'Cannot run program "git": error=12, Cannot allocate memory',
            "posix.enomem",
            None,
            id="Java cannot",
        ),
        pytest.param("fork/exec /bin/sh: cannot allocate memory", "posix.enomem", None, id="Go cannot"),
        pytest.param(
            "BlockingIOError: [Errno 11] Resource temporarily unavailable",
            "posix.eagain",
            None,
            id="perhaps a socket",
        ),
        pytest.param(
            "OSError: [Errno 28] No space left on device: '/dev/shm/torch_7_1'",
            "posix.shm",
            False,
            id="Python's order",
        ),
        pytest.param(
            "LOG:  autovacuum worker (PID 77) was terminated by signal 9: Killed",
            "pg.backend_kill",
            True,
            id="vacuum",
        ),
        pytest.param(
            '{"type":"circuit_breaking_exception","reason":"[parent] Data too large, data for [x]"}',
            "es.breaker",
            False,
            id="Elasticsearch's answer",
        ),
        pytest.param(
            "oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/ecs/a,"
            "task=java,pid=12,uid=0",
            "kernel.memcg_constraint",
            False,
            id="the host ran out",
        ),
        pytest.param("Reason: OOMKilled, exit code 137", "containerd.oom", True, id="a reason"),
        pytest.param("Killed", "shell.killed", None, id="a bare shell"),
        pytest.param("npm ERR! signal SIGKILL", "datadog.prior_art_generic", None, id="npm"),
        pytest.param(
            "2026-11-21 03:00:00,1 WARN exited: worker (terminated by SIGKILL; not expected)",
            "datadog.prior_art_generic",
            None,
            id="supervisord",
        ),
        pytest.param(
            "DAMN ! worker 1 (pid: 17) died, killed by signal 9 :( trying respawn ...",
            "datadog.prior_art_generic",
            None,
            id="uWSGI",
        ),
    ],
)
def test_other_versions_and_loggers_are_known(line: str, rule: str, helps: bool | None) -> None:
    assert {finding.rule: finding.memory_helps for finding in found(line)}.get(rule, "not found") is helps


@pytest.mark.parametrize(
    "line",
    [
        "Picked up JAVA_TOOL_OPTIONS: -Xmx512m -XX:+HeapDumpOnOutOfMemoryError -XX:+ExitOnOutOfMemoryError",
        "Loaded class com.acme.errors.OutOfMemoryErrorReporter from app.jar",
        "If you see java.lang.OutOfMemoryError: Java heap space, raise -Xmx in the task definition",
        "See https://wiki.acme.dev/java.lang.OutOfMemoryError: Java heap space",
        "catch (java.lang.OutOfMemoryError: Java heap space) is covered by OomIT",
        "import java.lang.OutOfMemoryError;",
        "INFO memory usage 412 MiB of 512 MiB (80 %)",
        '{"metric":"container.memory.oom_events","value":0}',
        '{"OOMKilled":false,"ExitCode":0}',
        "oom_kill 0",
        "memory.events: low 0 high 0 max 0 oom 0 oom_kill 0",
        "WARNING: memory_limit is 128M",
        "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB",
        "psycopg2.OperationalError: server closed the connection unexpectedly",
        "Worker (pid:9) exited",
        "user killed the job from the console",
        "signal: terminated",
        "heap size 512 MB, max heap size 1024 MB",
        "started 16 threads, native thread support on",
        "skill: Killed It, a game",
        "GET /docs/out-of-memory 200 12 ms",
        "raise NotImplementedError('MemoryErrorPolicy')",
        "    raise MemoryErrorPolicy",
        "rejected: request body too large",
        "no space left on device",
        "allocated 12 vectors of size 4",
        "BrokenPipeError: [Errno 32] Broken pipe",
        "Redis maxmemory set to 512mb",
        "java.lang.StackOverflowError",
        "java.lang.IllegalStateException: Pool exhausted",
        "",
        "\x00\x01\x02",
    ],
)
def test_a_line_that_only_talks_of_memory_is_no_finding(line: str) -> None:
    assert rules(line) == []
    assert rules(docker(line)) == []


def test_the_ruling_cause_comes_first_and_all_are_listed() -> None:
    told = rules(
        "Memory cgroup out of memory: Killed process 1 (java) total-vm:1kB, anon-rss:1kB",
        "[1] [ERROR] Worker (pid:9) was sent SIGKILL! Perhaps out of memory?",
        "java.lang.OutOfMemoryError: Java heap space",
        "java.lang.OutOfMemoryError: unable to create native thread: possibly out of memory",
    )
    assert told == ["jvm.threads", "jvm.heap", "gunicorn.sigkill", "kernel.memcg"]


def test_the_newest_line_is_the_evidence() -> None:
    (finding,) = found("MemoryError: first", "x", "MemoryError: second", "y")
    assert finding.evidence == "MemoryError: second"


def test_captured_numbers_are_told() -> None:
    (finding,) = found(
        "PHP Fatal error:  Allowed memory size of 134217728 bytes exhausted (tried to allocate 1 bytes)"
    )
    assert finding.fix.startswith("Raise memory_limit above 128 MiB")


def test_a_general_signature_is_silent_where_another_knows_the_line() -> None:
    assert rules("LOG:  could not fork new process for connection: Cannot allocate memory") == ["pg.fork"]


def test_evidence_holds_no_secret_and_is_short() -> None:
    (finding,) = found(
        f"{'x ' * 400}password=hunter2 java.lang.OutOfMemoryError: Java heap space {'y ' * 400}"
    )
    assert "hunter2" not in finding.evidence
    assert "OutOfMemoryError: Java heap space" in finding.evidence
    assert len(finding.evidence) <= LONGEST_SHOWN


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"a":' * 5000, id="deep JSON"),
        pytest.param('{"a":"' + "[" * 16000, id="open JSON"),
        pytest.param("Killed process 1 (" * 900, id="many beginnings"),
        pytest.param("task " * 4000, id="many tasks"),
        pytest.param("oom-kill:constraint=CONSTRAINT_MEMCG," * 500, id="many constraints"),
        pytest.param("\n" * 16000, id="only ends of lines"),
        pytest.param("\ud800\x00MemoryError", id="no text at all"),
        pytest.param('{"type":1,"message":["x"],"n":NaN,"big":1e999}', id="odd JSON"),
    ],
)
def test_a_hostile_line_is_survived(text: str) -> None:
    assert len(found(text)) <= 1


def test_every_pattern_is_bounded() -> None:
    """Only one fixed letter may repeat without end: then no line of any length makes a search quadratic."""
    unbounded = re.compile(r"(?:(?<!\\)[\].)]|\\[wdsSDW])[*+]|\{\d+,\}")
    assert [one.rule for one in SIGNATURES if unbounded.search(one.pattern.pattern)] == []


def test_the_catalogue_is_in_the_order_of_causes() -> None:
    ranks = [RANK[signature.cause] for signature in SIGNATURES]
    assert ranks == sorted(ranks)
