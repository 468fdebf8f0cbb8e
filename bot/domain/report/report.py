"""Reports: what a channel's services went through in a week, what was done about it, and what is to come."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.domain.calendar.report_period import Period
from bot.domain.inspection.foresight import GOOD_FOR, Foresight
from bot.domain.resize.resize import Resize, ResizePhase
from bot.domain.subject.group_key import GroupKey
from bot.domain.subject.silence import Silence
from bot.domain.subject.subject import Subject

MOST_OFFENDERS = 500  # that are kept; a message shows eight
SOON = timedelta(days=7)  # a silence that ends within it is about to end
_MOST_OTHERS = 200


class Done(StrEnum):
    """What was done about an offender, the most that was."""

    NOTHING = "nothing"
    SILENCED = "silenced"
    RESIZED = "resized"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Kills of one group key in a period: on each of its days, and in the time before.

    `was_known`: its service (or family, job) had kills before the period, as far back as is kept.
    """

    group_key: GroupKey
    per_day: tuple[int, ...]
    before: int
    was_known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Offender:
    """A service, family or job that was killed. New is who was never killed before, as far back as is kept."""

    subject: Subject
    per_day: tuple[int, ...]
    before: int
    is_new: bool
    done: Done = Done.NOTHING

    @property
    def kills(self) -> int:
        """In the whole period."""
        return sum(self.per_day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A resize that came to its end: MiB before and after (None where it had none), USD a month more or less."""

    subject: Subject
    container: str
    phase: ResizePhase
    old_mib: int | None
    new_mib: int | None
    monthly_usd: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingSilence:
    """A silence that ends soon: what it mutes, and until when. Whose it is, a person may want to be forgotten."""

    silence_id: int
    of: str
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One channel's report; offenders come most killed first, totals count those beyond them, too.

    `per_day`: all kills of each day. `before`: all in the time before. `foresight` is None where nobody looked lately.
    """

    since: datetime
    until: datetime
    days: tuple[date, ...]
    per_day: tuple[int, ...]
    before: int
    new: int  # offenders
    repeated: int  # likewise
    offenders: tuple[Offender, ...] = ()
    fixes: tuple[Fix, ...] = ()
    silences: tuple[EndingSilence, ...] = ()
    foresight: Foresight | None = None

    @property
    def kills(self) -> int:
        """In the whole period."""
        return sum(self.per_day)

    @property
    def saved_usd(self) -> float:
        """What proven fixes save a month; those that cost more are told one by one."""
        proven = (one.monthly_usd for one in self.fixes if one.phase is ResizePhase.PROVEN)
        return -sum(usd for usd in proven if usd is not None and usd < 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """All that reports of one period are made from, whatever channel it belongs to."""

    period: Period
    tallies: Sequence[Tally] = ()
    resizes: Sequence[Resize] = ()  # begun or ended in the period
    silences: Sequence[Silence] = ()  # in force at some time from its beginning on
    foresight: Foresight | None = None


def report(material: Material, is_ours: Callable[[GroupKey], bool]) -> Report:
    """The report on what is ours: pure, and the same whenever it is made from the same material."""
    period, ours = material.period, [one for one in material.tallies if is_ours(one.group_key)]
    found = material.foresight
    is_fresh = found is not None and abs(period.until - found.made_at) <= GOOD_FOR
    resized = [one for one in material.resizes if is_ours(_key(one))]
    offenders = _offenders(ours, resized, material)
    new = sum(one.is_new for one in offenders)
    return Report(
        since=period.since,
        until=period.until,
        days=period.days,
        per_day=_added([one.per_day for one in offenders], len(period.days)),
        before=sum(one.before for one in ours),
        new=new,
        repeated=len(offenders) - new,
        offenders=tuple(offenders[:MOST_OFFENDERS]),
        fixes=tuple(_fixes(resized, period))[:_MOST_OTHERS],
        silences=tuple(_ending(material, is_ours))[:_MOST_OTHERS],
        foresight=found.of(lambda one: is_ours(one.with_container(""))) if found and is_fresh else None,
    )


def _offenders(tallies: Iterable[Tally], resized: Sequence[Resize], material: Material) -> list[Offender]:
    by_subject: dict[Subject, list[Tally]] = {}
    for tally in tallies:
        by_subject.setdefault(Subject.of(tally.group_key), []).append(tally)
    acted = {one.spec.plan.target.subject for one in resized if one.status.phase.has_changed_aws}
    found = [
        Offender(
            subject=subject,
            per_day=_added([one.per_day for one in mine], len(material.period.days)),
            before=sum(one.before for one in mine),
            is_new=not any(one.was_known for one in mine),
            done=_done(mine, is_resized=subject in acted, material=material),
        )
        for subject, mine in by_subject.items()
        if any(any(one.per_day) for one in mine)
    ]
    return sorted(found, key=lambda one: (-one.kills, one.subject))


def _added(rows: Sequence[tuple[int, ...]], width: int) -> tuple[int, ...]:
    """Day by day; as many zeroes as days where there are no rows."""
    return tuple(sum(row[number] for row in rows) for number in range(width))


def _done(mine: Iterable[Tally], *, is_resized: bool, material: Material) -> Done:
    if is_resized:
        return Done.RESIZED
    period = material.period
    muting = [one for one in material.silences if one.starts_at < period.until and one.ends_at > period.since]
    muted = any(one.matcher.matches(tally.group_key) for one in muting for tally in mine)
    return Done.SILENCED if muted else Done.NOTHING


def _fixes(resized: Iterable[Resize], period: Period) -> Iterable[Fix]:
    for one in resized:
        plan, ended_at = one.spec.plan, one.status.ended_at
        if ended_at is None or not period.since <= ended_at < period.until:
            continue
        if not one.status.phase.has_changed_aws or plan.change is None:
            continue
        sizes = [part.counted_mib for part in plan.change.containers if part.name == plan.container]
        before, after = sizes[0] if sizes and sizes[0][1] is not None else plan.change.task_memory_mib
        yield Fix(
            subject=plan.target.subject,
            container=plan.container,
            phase=ResizePhase.NOT_ENOUGH if one.status.was_killed_again else one.status.phase,
            old_mib=before,
            new_mib=after,
            monthly_usd=plan.monthly_usd,
        )


def _ending(material: Material, is_ours: Callable[[GroupKey], bool]) -> Iterable[EndingSilence]:
    until, keys = material.period.until, [one.group_key for one in material.tallies]
    for one in material.silences:
        if not until <= one.ends_at < until + SOON:
            continue
        matcher = one.matcher
        if matcher.kind is not None and matcher.name:
            subject = Subject(matcher.account, matcher.region, matcher.cluster, matcher.kind, matcher.name)
            concerns = is_ours(subject.with_container(matcher.container))
        else:
            concerns = any(matcher.matches(key) and is_ours(key) for key in keys)
        if concerns:
            of = matcher.name or matcher.cluster or matcher.account
            yield EndingSilence(silence_id=one.id, of=of, ends_at=one.ends_at)


def _key(resize: Resize) -> GroupKey:
    return resize.spec.plan.target.subject.with_container(resize.spec.plan.container)
