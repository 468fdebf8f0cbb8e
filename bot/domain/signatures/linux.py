"""Linux signatures: what the kernel, ECS and container runtimes say of a kill, and shells of a killed child."""

import re

from bot.domain.diagnosis.signature import CauseClass, Signature, line_of
from bot.domain.telling.language import mark

SIGNATURES = (
    Signature(
        rule="ecs.oom_killed",
        runtime="ECS",
        pattern=line_of(r"OutOfMemoryError:\ container\ killed\b", re.IGNORECASE),
        cause=CauseClass.CONTAINER_LIMIT,
        memory_helps=True,
        words=mark("The container reached its memory limit and was killed."),
        fix=mark("Raise the memory limit, unless it leaks."),
    ),
    Signature(
        rule="kernel.memcg",
        runtime="Linux kernel",
        pattern=line_of(
            r"Memory\ cgroup\ out\ of\ memory:\ Kill(?:ed)?\ process\ (?P<pid>\d{1,10})\ \((?P<name>[^)\n]{1,40})\)"
            r".{0,80}?\banon-rss:(?P<anon_kb>\d{1,15})kB"
        ),
        cause=CauseClass.CONTAINER_LIMIT,
        memory_helps=True,
        words=mark("The kernel killed {name} (process {pid}) at the memory limit; it held {anon_kb}."),
        fix=mark("Raise the memory limit or run fewer workers."),
    ),
    Signature(
        rule="kernel.memcg",
        runtime="Linux kernel",
        pattern=line_of(
            r"Memory\ cgroup\ out\ of\ memory:\ Kill(?:ed)?\ process\ (?P<pid>\d{1,10})\ \((?P<name>[^)\n]{1,40})\)"
        ),
        cause=CauseClass.CONTAINER_LIMIT,
        memory_helps=True,
        words=mark("The kernel killed {name} (process {pid}) at the memory limit."),
        fix=mark("Raise the memory limit or run fewer workers."),
    ),
    Signature(
        rule="kernel.memcg_constraint",
        runtime="Linux kernel",
        pattern=line_of(
            r"oom-kill:\s?constraint=(?:CONSTRAINT_NONE|CONSTRAINT_CPUSET|CONSTRAINT_MEMORY_POLICY)\b"
            r".{0,800}?\btask=(?P<name>[^,\n]{1,40}),\s?pid=\d"
        ),
        cause=CauseClass.HOST,
        memory_helps=False,
        words=mark("The host itself ran out of memory and the kernel killed {name}."),
        fix=mark("Set hard limits or higher memory reservations, or use a larger instance."),
    ),
    Signature(
        rule="kernel.memcg_constraint",
        runtime="Linux kernel",
        pattern=line_of(
            r"oom-kill:\s?constraint=CONSTRAINT_MEMCG\b.{0,800}?\btask=(?P<name>[^,\n]{1,40}),\s?pid=\d"
        ),
        cause=CauseClass.CONTAINER_LIMIT,
        memory_helps=None,
        words=mark("The container or its task reached its memory limit and the kernel killed {name}."),
        fix=mark("Raise the memory limit, unless it leaks."),
    ),
    Signature(
        rule="kernel.global",
        runtime="Linux kernel",
        pattern=line_of(
            r"(?<!cgroup\ )(?i:out\ of\ memory):\ Kill(?:ed)?\ process\ (?P<pid>\d{1,10})\ \((?P<name>[^)\n]{1,40})\)"
        ),
        cause=CauseClass.HOST,
        memory_helps=False,
        words=mark("The host itself ran out of memory and the kernel killed {name} (process {pid})."),
        fix=mark(
            "Set hard limits or higher memory reservations, reserve memory for the host, or use a larger instance."
        ),
    ),
    Signature(
        rule="containerd.oom",
        runtime="containerd/docker",
        pattern=line_of(
            r"""\bOOMKilled\b (?! \\?["']? \s? [:=] \s? \\?["']? (?:false|0|null|none|no)\b)
              | \btask\b .{1,120} \bran\ out\ of\ memory\b
              | \bTaskOOM\b | /tasks/oom\b | \bcontainer\ oom\ [0-9a-f]{12,64}\b""",
            re.IGNORECASE,
        ),
        cause=CauseClass.CONTAINER_LIMIT,
        memory_helps=True,
        words=mark("The container runtime saw the container run out of memory."),
        fix=mark("Raise the memory limit, unless it leaks."),
    ),
    Signature(
        rule="shell.killed",
        runtime="shell",
        pattern=line_of(
            r"""^\s{0,8}Killed\s{0,8}$
              | (?::\ |\bline\ )(?:line\ )?\d{1,6}:?\ +\d{1,10}\ Killed\b
              | ^\[\d{1,4}\]\s?[+-]?\s{1,8}(?:\d{1,10}\s{1,4})?Killed\b
              | ^(?:/[\w/.-]{1,80}|(?:ba|da|a|k|z)?sh|make(?:\[\d\])?):\ .{0,80}\bKilled\b"""
        ),
        cause=CauseClass.CONTAINER_LIMIT,
        memory_helps=None,
        words=mark("A program that a shell had started was killed."),
        fix=mark("Look at the memory history first; start the program with exec in the entrypoint."),
        is_general=True,
    ),
    Signature(
        rule="posix.enomem",
        runtime="any",
        pattern=line_of(
            r"""\b(?:v?fork|clone|mmap|m?alloc|realloc|exec|popen|spawn)[^\n]{0,60}?(?::\ |\]\ |,\ )Cannot\ allocate\ memory
              | \[Errno\ 12\]\ Cannot\ allocate\ memory
              | \berror=12,\ (?:Cannot\ allocate\ memory|Not\ enough\ space)
              | Cannot\ allocate\ memory\b[^\n]{0,60}\bErrno::ENOMEM
              | \b(?:spawn|fork|read|write|mmap|scandir|open)\b[^\n]{0,80}\ ENOMEM\b
              | \bENOMEM:\ not\ enough\ memory""",
            re.IGNORECASE,
        ),
        cause=CauseClass.ALLOCATION,
        memory_helps=None,
        words=mark("The system refused it memory."),
        fix=mark("Raise the memory limit if use was close to it."),
        is_general=True,
    ),
    Signature(
        rule="posix.eagain",
        runtime="any",
        pattern=line_of(
            r"""\bfork:\ (?:retry:\ )?(?:No\ child\ processes|Resource\ temporarily\ unavailable)
              | \b(?:can't|cannot|could\ not|failed\ to|unable\ to)\ (?:fork|spawn|create\ (?:new\ )?(?:a\ )?(?:thread|process))
                  \b[^\n]{0,120}\bResource\ temporarily\ unavailable
              | \b(?:pthread_create|fork)\b[^\n]{0,60}\bfailed\b[^\n]{0,60}:\ Resource\ temporarily\ unavailable
              | Resource\ temporarily\ unavailable\ -\ fork
              | \berror=11,\ Resource\ temporarily\ unavailable
              | :\ Cannot\ fork\s{0,4}$
              | \bspawn\b[^\n]{0,80}\ EAGAIN\b""",
            re.IGNORECASE,
        ),
        cause=CauseClass.THREADS,
        memory_helps=False,
        words=mark("No more processes or threads could be started."),
        fix=mark(
            "Look for a leak of processes or threads, or raise the limit of processes; memory will not help."
        ),
        is_general=True,
    ),
    Signature(
        rule="posix.eagain",
        runtime="any",
        pattern=line_of(r"\[Errno\ 11\]\ Resource\ temporarily\ unavailable"),
        cause=CauseClass.LOOKALIKE,
        memory_helps=None,
        words=mark("A resource ran out for a moment: processes, or only a busy connection."),
        fix=mark("If it was starting a process, look for a leak of processes; memory will not help."),
        is_general=True,
    ),
    Signature(
        rule="posix.shm",
        runtime="any",
        pattern=line_of(
            r"""could\ not\ resize\ shared\ memory\ segment\b[^\n]{0,200}?No\ space\ left\ on\ device
              | /dev/shm\b[^\n]{0,200}?No\ space\ left\ on\ device
              | No\ space\ left\ on\ device\b[^\n]{0,80}?/dev/shm\b""",
            re.IGNORECASE,
        ),
        cause=CauseClass.SHM,
        memory_helps=False,
        words=mark("Shared memory (/dev/shm) is full."),
        fix=mark(
            "Raise sharedMemorySize on EC2, or mount a tmpfs on /dev/shm on Fargate; it counts against the limit."
        ),
    ),
    Signature(
        rule="datadog.prior_art_generic",
        runtime="any",
        pattern=line_of(
            r"""\bsignal:\ killed\b
              | \bnpm\ (?:ERR!|error)\ signal\ SIGKILL\b
              | \bfailed\ with\ signal\ ["']?SIGKILL\b
              | \bterminated\ by\ (?:signal\ )?SIGKILL\b
              | \bvia\ signal\ \[?SIGKILL\b
              | \bdied\ with\ <Signals\.SIGKILL\b
              | \bexited\ (?:with|by|on|due\ to)\ signal\ 9\b
              | \bdied,\ killed\ by\ signal\ 9\b
              | \bexit\ signal\ Killed\ \(9\)"""
        ),
        cause=CauseClass.WORKER_KILL,
        memory_helps=None,
        words=mark("A supervisor saw its child killed (SIGKILL)."),
        fix=mark("Look at the memory history: near the limit it was memory."),
        is_general=True,
    ),
)
