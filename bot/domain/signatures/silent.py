"""Silent kills: lines that tell of a killed worker or a full heap while the container lives and ECS says nothing."""

from collections.abc import Sequence

from bot.domain.diagnosis.diagnosis import Finding
from bot.domain.diagnosis.evidence import LogLine
from bot.domain.signatures.match import findings

WORKER_KILLS = frozenset(
    {
        "gunicorn.sigkill",
        "celery.lost",
        "py.brokenpool",
        "py.dataloader_shm",
        "php.fpm_kill",
        "nginx.worker",
        "pg.backend_kill",
        "puma.oom",
        "jvm.heap",
        "jvm.gc_overhead",
        "kernel.memcg",
        "shell.killed",
        "datadog.prior_art_generic",
    }
)
"""The rules of lines that a container survives: a child was killed, or one thread met a full heap."""

SCAN_TERMS: tuple[str, ...] = (
    "SIGKILL",
    "signal 9",
    "Killed",
    "signal: killed",
    "killed by signal",
    "bus error",
    "terminated abruptly",
    "unexpectedly terminated",
    "PumaWorkerKiller",
    "Out-of-sync worker list",
    "workers are out of shared memory",
    "OutOfMemoryError",
    "cgroup out of memory",
)
"""Cheap terms for CloudWatch Logs: `filterPattern` is each in double quotes after a question mark, which means any."""


def filter_pattern(terms: Sequence[str] = SCAN_TERMS) -> str:
    """The terms as one CloudWatch Logs filter pattern: `?"SIGKILL" ?"signal 9" …` (any of them, case matters)."""
    return " ".join(f'?"{term}"' for term in terms)


def find_worker_kills(lines: Sequence[LogLine]) -> tuple[Finding, ...]:
    """The findings of WORKER_KILLS in the lines, the ruling cause first."""
    return tuple(finding for finding in findings(lines) if finding.rule in WORKER_KILLS)
