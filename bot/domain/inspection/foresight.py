"""Foresight: what the daily look at all services found: who came near the limit, and who would do with less."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from bot.domain.inspection.near import NearMiss, Nearness
from bot.domain.inspection.waste import Saving, Waste
from bot.domain.subject.subject import Subject

GOOD_FOR = timedelta(hours=36)  # an older look tells of another week
_MOST, _MOST_NAMED = 500, 5000  # of each kind that is kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """A service that passed the share of its limit (1.0 is full) that counts as near; `stuck` as in NearMiss."""

    subject: Subject
    at: datetime
    share: float
    limit_mib: int | None
    peak_mib: float | None
    stuck: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spare:
    """A service that would do with less: MiB of a task (or container) now and then, USD a month, MiB freed in all."""

    subject: Subject
    now_mib: int
    then_mib: int
    monthly_usd: float
    frees_mib: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Foresight:
    """One look. `gaps` are plain sentences on what could not be looked at; `unmeasured` had no data at all.

    `looked_at` counts services; 0 where none could be listed. `measured` names those of them with data, None where
    that was not kept.
    """

    made_at: datetime
    percent: float
    looked_at: int
    near: tuple[Near, ...] = ()
    spare: tuple[Spare, ...] = ()
    unmeasured: tuple[Subject, ...] = ()
    gaps: tuple[str, ...] = ()
    measured: tuple[Subject, ...] | None = None

    def of(self, is_ours: Callable[[Subject], bool]) -> "Foresight":
        """What it says of some of the services; gaps may hide any of them, and stay."""
        unmeasured = tuple(one for one in self.unmeasured if is_ours(one))
        measured = None if self.measured is None else tuple(one for one in self.measured if is_ours(one))
        return replace(
            self,
            near=tuple(one for one in self.near if is_ours(one.subject)),
            spare=tuple(one for one in self.spare if is_ours(one.subject)),
            unmeasured=unmeasured,
            measured=None,  # its number is all that is told
            looked_at=self.looked_at if measured is None else len(measured) + len(unmeasured),
        )

    def naming(self, looked_at: Iterable[Subject]) -> "Foresight":
        """The same, with the names of those that were measured, so that a part of them can be told of."""
        unmeasured = set(self.unmeasured)
        measured = (one for one in looked_at if one not in unmeasured)
        return replace(self, measured=tuple(islice(measured, _MOST_NAMED)))


def foresight(
    near: Nearness, waste: Waste, *, percent: float, gaps: Sequence[str], made_at: datetime
) -> Foresight:
    """What two answers about the same services amount to."""
    return Foresight(
        made_at=made_at,
        percent=percent,
        looked_at=near.looked_at,
        near=tuple(map(_near, near.misses[:_MOST])),
        spare=tuple(map(_spare, waste.savings[:_MOST])),
        unmeasured=tuple(one.subject for one in near.without_data[:_MOST]),
        gaps=tuple(dict.fromkeys(gaps)),
    )


def _near(miss: NearMiss) -> Near:
    return Near(
        subject=miss.running.subject,
        at=miss.at,
        share=miss.share,
        limit_mib=miss.limit_mib or miss.running.limit_mib,
        peak_mib=miss.peak_mib,
        stuck=miss.stuck,
    )


def _spare(saving: Saving) -> Spare:
    """What is paid for: the task's size where it has one."""
    option, running = saving.shrunk.option, saving.running
    before, after = running.definition.memory_mib, option.task_mib
    if before is None or after is None:
        before, after = running.limit_mib or 0, option.memory_mib
    return Spare(
        subject=running.subject,
        now_mib=before,
        then_mib=after,
        monthly_usd=saving.monthly_usd,
        frees_mib=saving.shrunk.frees_mib * running.desired_count,
    )
