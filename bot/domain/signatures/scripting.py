"""Scripting signatures: PHP, Ruby and R, and the servers that run them."""

import re

from bot.domain.diagnosis.signature import CauseClass, Signature, line_of
from bot.domain.telling.language import mark

SIGNATURES = (
    Signature(
        rule="php.limit",
        runtime="PHP",
        pattern=line_of(r"\bAllowed\ memory\ size\ of\ (?P<limit_bytes>\d{1,15})\ bytes\ exhausted"),
        cause=CauseClass.APP_CAP,
        memory_helps=False,
        words=mark("A PHP request reached memory_limit ({limit_bytes}), not the container's limit."),
        fix=mark(
            "Raise memory_limit above {limit_bytes} or fix the script; all children together must still fit."
        ),
    ),
    Signature(
        rule="php.oom",
        runtime="PHP",
        pattern=line_of(
            r"\bOut\ of\ memory\ \(allocated\ (?P<held_bytes>\d{1,15})(?:\ bytes)?\)\ \(tried\ to\ allocate\ \d"
        ),
        cause=CauseClass.ALLOCATION,
        memory_helps=True,
        words=mark("The system refused PHP memory when one request held {held_bytes}."),
        fix=mark("Raise the memory limit or lower pm.max_children."),
    ),
    Signature(
        rule="php.fpm_kill",
        runtime="PHP-FPM",
        pattern=line_of(r"\bchild\ (?P<pid>\d{1,10})\ exited\ on\ signal\ 9\b"),
        cause=CauseClass.WORKER_KILL,
        memory_helps=True,
        words=mark("PHP-FPM's child {pid} was killed while the container lived on."),
        fix=mark("Lower pm.max_children or raise the memory limit."),
    ),
    Signature(
        rule="ruby.nomem",
        runtime="Ruby",
        pattern=line_of(
            r"""\bfailed\ to\ allocate\ memory\ \(NoMemoryError\)
              | \bNoMemoryError:?\ \(?failed\ to\ allocate\ memory | \[FATAL\]\ failed\ to\ allocate\ memory"""
        ),
        cause=CauseClass.ALLOCATION,
        memory_helps=None,
        words=mark("The system refused Ruby memory."),
        fix=mark("Set MALLOC_ARENA_MAX=2 or use jemalloc, run fewer workers, then raise the limit."),
    ),
    Signature(
        rule="puma.oom",
        runtime="puma",
        pattern=line_of(
            r"\bPumaWorkerKiller:\ Out\ of\ memory\.\ (?P<count>\d{1,6})\ workers\ consuming\ total:\ "
            r"(?P<used>[\d.]{1,12})\ mb\ out\ of\ max:\ (?P<most>[\d.]{1,12})\ mb"
        ),
        cause=CauseClass.WORKER_KILL,
        memory_helps=True,
        words=mark("puma's {count} workers used {used} MB of {most} MB, and one was killed."),
        fix=mark("Lower WEB_CONCURRENCY or raise the memory limit."),
    ),
    Signature(
        rule="puma.oom",
        runtime="puma",
        pattern=line_of(
            r"\bOut-of-sync\ worker\ list,\ no\ \d{1,10}\ worker|\bPumaWorkerKiller:\ Out\ of\ memory"
        ),
        cause=CauseClass.WORKER_KILL,
        memory_helps=True,
        words=mark("puma lost a worker while the container lived on."),
        fix=mark("Lower WEB_CONCURRENCY or raise the memory limit."),
    ),
    Signature(
        rule="r.vector",
        runtime="R",
        pattern=line_of(
            r"\bcannot\ allocate\ vector\ of\ size\ (?P<size>[\d.]{1,12}\ ?[KMGT]b)\b", re.IGNORECASE
        ),
        cause=CauseClass.ALLOCATION,
        memory_helps=None,
        words=mark("R was refused {size} more."),
        fix=mark("Raise the limit by more than {size}, or work in chunks."),
    ),
    Signature(
        rule="r.vector",
        runtime="R",
        pattern=line_of(r"\bvector\ memory\ (?:exhausted|limit\ of\b|limit\ reached)", re.IGNORECASE),
        cause=CauseClass.ALLOCATION,
        memory_helps=None,
        words=mark("R reached its limit for vectors."),
        fix=mark("Raise R_MAX_VSIZE and the memory limit, or work in chunks."),
    ),
)
