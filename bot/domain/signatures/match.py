"""Matching: the findings in a container's last log lines."""

import re
from collections.abc import Iterator, Sequence

from bot.domain.diagnosis.diagnosis import Finding
from bot.domain.diagnosis.evidence import LogLine
from bot.domain.diagnosis.signature import RANK, Signature
from bot.domain.signatures.catalogue import SIGNATURES
from bot.domain.signatures.line import physical_lines
from bot.domain.telling.masking import LONGEST_SHOWN, cut, masked

MOST_EVENTS = 5000
BEFORE_MATCH = 60  # characters of a long line that are shown before what was matched
HINTS = (  # every line of a signature holds one of them, in small letters; it spares most lines a hundred patterns
    "memory",
    "kill",
    "thread",
    "heap",
    "alloc",
    "oom",
    "enomem",
    "temporarily unavailable",
    "no space left",
    "signal 9",
    "array",
    "too_long",
    "string longer",
    "string length",
    "stack exceeds",
    "errno=12",
    "errno 12",
    "error=12",
    "worker",
    "could not reserve",
    "terminated",
    "executorlost",
    "child processes",
    "eagain",
    "cannot fork",
    "length_error",
    "too large",
    "on request of size",
    "bus error",
    "0x8007000e",
    "newosproc",
    "cannot map pages",
)
# What container runtimes put before a program's line: a time, a stream, a container's name.
PREFIX = re.compile(
    r"""(?xa)
    (?: (?: \[?\d{4}[-/]\d\d[-/]\d\d[T\ ]\d\d:\d\d:\d\d[\d.,:+Z-]{0,20}\]?
          | std(?:out|err)\ [FP] | [\w./-]{1,60}\s{1,20}\| )
        \s{1,4} ){1,3}
    """
)
TALK = re.compile(
    r"""(?ix)
    \b(?:catch(?:es|ing)?|except|handle[rsd]?(?:\ for)?|handling(?:\ of)?|ignor\w{1,4}|avoid(?:s|ing)?
      |prevent(?:s|ing)?|see(?:\ an?|\ the)?|case\ of(?:\ an?)?|such\ as|simulat\w{1,5}(?:\ an?)?
      |about(?:\ the)?|instanceof|import|named|called|search(?:ing)?\ for|grep)[\ (`'"]{1,3}$
    | \b(?:if\ you\ (?:see|get|encounter)|how\ to\ (?:fix|avoid|solve|handle)|see\ (?:also|the\ docs|https?:)
      |documentation|release\ notes|changelog|runbook|alert\ rule)\b
    | https?://\S{0,200}$
    """
)


def findings(lines: Sequence[LogLine]) -> tuple[Finding, ...]:
    """What the lines tell, the ruling cause first: one finding a rule, resting on the newest line that shows it.

    Every text is bounded and its evidence masked. `lines` are oldest first; of very many only the last are read.
    """
    told: dict[str, tuple[int, Finding]] = {}
    for line in reversed(lines[-MOST_EVENTS:]):
        for signature, finding in _of_event(line.text):
            told.setdefault(finding.rule, (RANK[signature.cause], finding))
    return tuple(finding for _, finding in sorted(told.values(), key=lambda pair: pair[0]))


def _of_event(text: str) -> Iterator[tuple[Signature, Finding]]:
    for physical in reversed(physical_lines(text)):
        small = physical.lower()
        if any(hint in small for hint in HINTS):
            yield from _of_line(physical)


def _of_line(line: str) -> Iterator[tuple[Signature, Finding]]:
    matched: dict[str, tuple[Signature, Finding]] = {}
    prefix = PREFIX.match(line)
    bare = line[prefix.end() :] if prefix else line
    for signature in SIGNATURES:
        found = None if signature.rule in matched else signature.pattern.search(bare)
        if found is not None and not TALK.search(bare, max(0, found.start() - 200), found.start()):
            matched[signature.rule] = (signature, _finding(signature, found, line))
    special = [pair for pair in matched.values() if not pair[0].is_general]
    yield from special or matched.values()


def _finding(signature: Signature, found: re.Match[str], line: str) -> Finding:
    return Finding(
        rule=signature.rule,
        words=cut(signature.told(signature.words, found)),
        evidence=_evidence(line, found[0]),
        fix=cut(signature.told(signature.fix, found)),
        memory_helps=signature.memory_helps,
        cause=signature.cause,
    )


def _evidence(line: str, known: str) -> str:
    """The line, masked before it is cut; a long one from shortly before what was known in it."""
    shown = masked(line)
    start = shown.find(known) - BEFORE_MATCH
    return cut(f"…{shown[start:]}" if start > 0 and len(shown) > LONGEST_SHOWN else shown)
