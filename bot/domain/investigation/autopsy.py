"""Autopsies: a container failed; whether its last log lines say that its runtime had run out of memory.

A runtime's own out-of-memory error and a kernel kill exclude each other (facts/sizing.md §0.5): such a container ends
with a code of its own and ECS gives no reason, so that nothing but its log tells it from any other failure.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.domain.aws.injection import injected_by
from bot.domain.diagnosis.diagnosis import Finding
from bot.domain.diagnosis.evidence import LogLine
from bot.domain.diagnosis.signature import CauseClass
from bot.domain.investigation.culprit import cause_of
from bot.domain.kills.death import Assessment, Death
from bot.domain.kills.verdict import Confidence, Verdict
from bot.domain.signatures import match
from bot.domain.telling.language import say

# How runtimes end that ran out (facts/sizing.md §2.1): JVM 1, 3, 134; Node 1, 134; Go 2; Python, Ruby, R, BEAM 1;
# PHP 255; .NET, Rust, C++ 134; a full /dev/shm 135; C's malloc 139; a shell that cannot fork 254.
EXIT_CODES = frozenset({1, 2, 3, 134, 135, 139, 254, 255})
LAST_WORDS = timedelta(minutes=2)  # who wrote on for longer than this did not die of it
NOT_MEMORY = {CauseClass.CODE_BUG, CauseClass.LOOKALIKE}  # an ordinary failure, however large the number
OWN_MEMORY = {CauseClass.APP_CAP, CauseClass.HEAP_CAP, CauseClass.CONFIG}  # no doubt that memory was short
SURVIVED = {  # one request or one process is refused, and the program lives on
    "beam.maxheap",
    "es.breaker",
    "pg.fork",
    "pg.oom",
    "redis.fork",
    "redis.maxmemory",
}


def is_doubtful(death: Death) -> bool:
    """Whether only its log can tell what this failure was."""
    return (
        death.verdict is Verdict.FAILURE
        and death.exit_code in EXIT_CODES
        and death.started_at is not None
        and bool(death.container)
        and not injected_by(death.container)  # AWS's own: no log of it is ours to read
    )


def is_told_by_log(death: Death) -> bool:
    """Whether the suspicion rests on its log: by the event alone no container with such an exit code is suspected."""
    return death.verdict is Verdict.SUSPECTED_OOM and death.exit_code in EXIT_CODES


def finding_of(lines: Sequence[LogLine]) -> Finding | None:
    """What the last words of a container say of memory; None where they speak of something else.

    `lines` are oldest first. Threads and shared memory count: a runtime calls that out of memory, too.
    """
    if not lines:
        return None
    last = [line for line in lines if lines[-1].at - line.at <= LAST_WORDS]
    return next((one for one in match.findings(last) if _is_fatal(one)), None)


def suspected(death: Death) -> Death:
    """The failure as it would be told if its log spoke of memory."""
    return replace(death, verdict=Verdict.SUSPECTED_OOM, confidence=Confidence.LIKELY)


def told_by_log(death: Death, finding: Finding) -> Assessment:
    """The failure as its log tells it. Its line is not part of the reason: that is one for all that die so."""
    reason = say(
        "Container {name} ended with exit code {code}, and its log says: {words}",
        name=death.container,
        code=death.exit_code,
        words=finding.words,
    )
    told = replace(suspected(death), reason=reason)
    return Assessment(verdict=told.verdict, why=reason, deaths=(told,))


def _is_fatal(finding: Finding) -> bool:
    return cause_of(finding) not in {None, *NOT_MEMORY} and finding.rule not in SURVIVED
