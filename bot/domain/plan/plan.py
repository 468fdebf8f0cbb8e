"""Plans: what a resize would change, shown before it does, and what an approval is bound to."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.diagnosis.diagnosis import KnobChange
from bot.domain.subject.subject import Subject


class TargetKind(StrEnum):
    """What points at the task definition, and so has to be moved to the new revision."""

    SERVICE = "service"
    RULE = "rule"  # targets of EventBridge rules that pin a revision
    SCHEDULE = "schedule"  # schedules of EventBridge Scheduler that pin a revision
    FAMILY = "family"  # nothing pins it: a new revision is registered, and people are told how to use it
    JOB = "job"  # a Batch job definition


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is resized. `pins` name the rules' targets or the schedules that have to be moved: `rule/target`."""

    kind: TargetKind
    subject: Subject
    pins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerChange:
    """One container's memory before and after, MiB; None where it has none. `image` is set only to pin a digest."""

    name: str
    old_memory_mib: int | None
    new_memory_mib: int | None
    old_reservation_mib: int | None = None
    new_reservation_mib: int | None = None
    image: str = ""

    @property
    def counted_mib(self) -> tuple[int | None, int | None]:
        """Before and after: the hard limit; the reservation where it has nothing else, so that policies reach it too."""
        if self.new_memory_mib is not None:
            return self.old_memory_mib, self.new_memory_mib
        return self.old_reservation_mib, self.new_reservation_mib


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """All that the new revision changes against `revision_arn`, and nothing else may differ.

    `task_memory_mib` and `cpu` are (old, new); None where the revision has none.
    """

    revision_arn: str
    containers: tuple[ContainerChange, ...]
    task_memory_mib: tuple[int | None, int | None] = (None, None)
    cpu: tuple[int | None, int | None] = (None, None)
    knobs: tuple[tuple[str, KnobChange], ...] = ()  # (container, change of one environment variable)

    @property
    def factor(self) -> float:
        """The largest growth of any size that counts: 2.0 is twice the memory; below 1 it shrinks."""
        pairs = [*(one.counted_mib for one in self.containers), self.task_memory_mib]
        return max((new / old for old, new in pairs if old and new), default=1.0)

    @property
    def largest_mib(self) -> int:
        """The largest size that counts after the change, MiB."""
        sizes = [one.counted_mib[1] or 0 for one in self.containers]
        return max([*sizes, self.task_memory_mib[1] or 0])


class Severity(StrEnum):
    """How much a note of a plan matters."""

    INFO = "info"
    WARNING = "warning"
    DANGER = "danger"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something to know before agreeing: one plain, unescaped sentence; `paste` holds lines ready to copy."""

    rule: str
    severity: Severity
    words: str
    paste: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A resize as a person sees it before agreeing.

    `refusals` are the exact reasons why it cannot be done; a plan with any is never carried out. USD a month more
    (or less) for all copies, None where nobody knows. `enough` is the probability that the size is enough.
    """

    target: Target
    container: str
    change: Change | None  # None where it is refused before sizes were known
    notes: tuple[Note, ...] = ()
    refusals: tuple[str, ...] = ()
    desired_count: int | None = None
    monthly_usd: float | None = None
    enough: float | None = None
    next_steps: tuple[str, ...] = ()  # for targets that the bot cannot move itself
    other_code: tuple[str, ...] = ()  # containers whose tags mean other code than what runs: shipped with it

    @property
    def can_be_done(self) -> bool:
        """Whether it may be offered at all."""
        return self.change is not None and not self.refusals

    @property
    def hash(self) -> str:
        """64 hex digits of target, revision, sizes and other code that is shipped: what an approval is bound to."""
        bound = repr((self.target, self.container, self.change))
        bound += repr(self.other_code) if self.other_code else ""
        return hashlib.sha256(bound.encode()).hexdigest()
