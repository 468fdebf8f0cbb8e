"""Diagnoses: what the evidence says: pattern, culprit, findings, and what would fix it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.diagnosis.signature import CauseClass


class Pattern(StrEnum):
    """How the memory grew before the death."""

    STARTUP = "startup"  # it died before it ever ran well
    SPIKE = "spike"  # a climb within half an hour
    RAMP = "ramp"  # a longer climb
    LEAK = "leak"  # it grows all its life
    STEP = "step"  # it jumped to another level, with a deployment or without
    DIURNAL = "diurnal"  # it follows the day
    CHRONIC = "chronic"  # it lives close to its limit: the limit is simply too small
    STUCK = "stuck"  # it sits at its limit for minutes without dying
    UNKNOWN = "unknown"


class Culprit(StrEnum):
    """What ran out."""

    CONTAINER = "container"  # it reached its own limit
    TASK = "task"  # all containers together reached the task's limit
    SIDECAR = "sidecar"  # another container pushed the task over
    HOST = "host"  # the container instance ran out, nobody's hard limit was reached
    INIT = "init"  # the limit is too low to start at all
    CHILD = "child"  # a child process was killed, the container lived on or ended by itself
    RUNTIME = "runtime"  # the runtime's own cap was reached, the container had memory left
    UNKNOWN = "unknown"


class Standing(StrEnum):
    """What became of a suspicion."""

    CONFIRMED = "confirmed"
    UNLIKELY = "unlikely"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that the evidence shows. Every text is plain and unescaped.

    `rule` is stable and names the rule (`jvm.heap`, `knob.jvm.xmx`). `evidence` says what the finding rests on: a
    masked log line, or the setting with its value. `fix` is what to do; `paste` the corrected value, "" where none.
    `memory_helps`: whether raising the container's memory alone cures it; None where that depends. `cause`: what a log
    line says ran out; None of a setting.
    """

    rule: str
    words: str
    evidence: str
    fix: str = ""
    paste: str = ""
    memory_helps: bool | None = None
    cause: CauseClass | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnobChange:
    """A runtime setting to be changed together with the limit: the environment variable's old and new value.

    `shown` is its first option's old and new value without secrets (`-Xmx1g → -Xmx2g`), `why` all of them with reasons:
    words, which make no other change of it.
    """

    variable: str
    old: str
    new: str
    why: str = field(compare=False, repr=False)
    shown: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One size that ECS would accept. MiB; USD a month for the whole service; None where nobody knows.

    `enough` is the probability that it is enough, 0…1; `next_oom_s` the time to the next kill at this size.
    """

    memory_mib: int  # the limit that counts: the container's own; the task's where that was reached
    task_mib: int | None = None
    cpu: int | None = None
    reservation_mib: int | None = None
    enough: float | None = None
    next_oom_s: float | None = None
    monthly_usd: float | None = None  # the difference to today's
    raises_cpu: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """Sizes to choose from, smallest first; `best` is the index of the one that we would take.

    `reasons` hold the numbers behind it. `price_note` says whence prices are ("" where there are none).
    """

    options: tuple[Option, ...]
    best: int
    reasons: tuple[str, ...]
    multiplier: float
    knobs: tuple[KnobChange, ...] = ()
    caveat: str = ""  # "buys about 9 h, does not fix"
    price_note: str = ""

    @property
    def chosen(self) -> Option:
        """The option that we would take."""
        return self.options[self.best]


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What the evidence of one incident says. Sentences are plain text, unescaped.

    `helps` tells whether raising memory alone cures it; None where that is not known. `gaps` say what could not be
    looked at, a sentence each, with the permission that is missing.
    """

    made_at: datetime
    pattern: Pattern
    pattern_why: str
    culprit: Culprit
    culprit_why: str
    findings: tuple[Finding, ...] = ()
    standing: Standing | None = None  # of a suspected OOM; None where nothing was suspected
    standing_why: str = ""
    helps: bool | None = None
    recommendation: Recommendation | None = None
    no_recommendation_why: str = ""
    changes: tuple[str, ...] = ()  # against the previous revision, and when it was deployed
    warnings: tuple[
        str, ...
    ] = ()  # no limit on a shared host, tag moved, scales on memory, deployment under way
    gaps: tuple[str, ...] = ()
    owner: str = ""  # who manages the service as code
    exec_command: str = ""  # a look into a living sibling
    peak_mib: float | None = None
    limit_mib: int | None = None
    slope_mib_per_h: float | None = None
    next_oom_s: float | None = (
        None  # how long the next life will last at today's limit, where it will end alike
    )
    blamed_container: str = ""  # the sidecar that pushed the task over
