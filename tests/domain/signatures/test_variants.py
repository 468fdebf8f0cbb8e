"""Variants: lines of other versions and loggers are known, lines that only talk of memory are no finding."""

import pytest

from tests.domain.signatures.reading import docker, found, rules


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
        pytest.param("j.l.OutOfMemoryError: Java heap space", "jvm.heap", False, id="a logger that shortens"),
        pytest.param("OutOfMemoryError: container killed", "ecs.oom_killed", True, id="ECS's short form"),
        pytest.param("sh: python3 Killed", "shell.killed", None, id="a shell by its name"),
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
        pytest.param(
            "Uncaught error from thread [app-5]: Java heap space, shutting down JVM since x is enabled",
            "jvm.heap",
            False,
            id="Akka",
        ),
        pytest.param(
            'JVMDUMP039I Processing dump event "systhrow", detail "java/lang/OutOfMemoryError" "Java heap space" at 03:00',
            "jvm.heap",
            False,
            id="OpenJ9",
        ),
        pytest.param("# Out of Memory Error (arena.cpp:197), pid=1, tid=7", "jvm.native", None, id="hs_err"),
        pytest.param('{"exc_type":"MemoryError","msg":""}', "py.memoryerror", None, id="only the type"),
        pytest.param(
            "sqlalchemy.exc.StatementError: (builtins.MemoryError) x", "py.memoryerror", None, id="wrapped"
        ),
        pytest.param("/bin/sh: 1: Cannot fork", "posix.eagain", False, id="dash"),
        pytest.param(
            "subprocess.CalledProcessError: Command '['x']' died with <Signals.SIGKILL: 9>.",
            "datadog.prior_art_generic",
            None,
            id="subprocess",
        ),
        pytest.param(
            "redis.exceptions.OutOfMemoryError: command not allowed when used memory > 'maxmemory'.",
            "redis.maxmemory",
            False,
            id="a client of Redis",
        ),
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
        "crash: 12 sessions Killed by the deploy",
        '{"player":"bob","state":"Killed"}',
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
