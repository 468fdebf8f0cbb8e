"""Near misses: services that came close to their limit and lived, and those that sit at it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.aws.fargate import round_up
from bot.domain.aws.layout import stepped
from bot.domain.diagnosis.diagnosis import Pattern
from bot.domain.diagnosis.series import Sample, Series, SeriesSource
from bot.domain.diagnosis.shape import classify
from bot.domain.inspection.dwelling import AtLimit, at_limit
from bot.domain.inspection.history import History, Reading
from bot.domain.inspection.running import Running
from bot.domain.subject.subject import Subject

STUCK_LOOKED_AT = timedelta(minutes=30)
_FULL = 100.0  # per cent
_ROOM = 1.25  # times the peak: a near miss is no kill, it tells what was wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """One service that came near its limit: when, how near (1.0 is full), and in MiB of one task where that is known.

    `at` is the minute where `is_to_the_minute`, else the beginning of the hour in which it was.
    `stuck`: it sits at its limit without dying, in words; "" where it does not. `limit_mib` is set where it is one
    task or container of several that is stuck: that one's limit, which share and peak are of. `enough_mib`: a size of
    the task with room above this peak; None where none is on sale or the peak is not known in MiB.
    """

    running: Running
    at: datetime
    share: float
    peak_mib: float | None
    stuck: str = ""
    enough_mib: int | None = None
    is_to_the_minute: bool = False
    limit_mib: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearness:
    """All near misses, the stuck and then the nearest first; and of whom nobody knows anything."""

    misses: tuple[NearMiss, ...]
    looked_at: int
    killed: tuple[Running, ...] = ()  # they came nearer than near, and are in the statistics
    without_data: tuple[Running, ...] = ()


def nearness(
    histories: Iterable[History],
    *,
    since: datetime,
    percent: float,
    now: datetime,
    killed: Collection[Subject] = (),
) -> Nearness:
    """Who passed `percent` of its limit since then; `killed` since then are told apart, unless stuck by now."""
    misses, passed = list[NearMiss](), list[Running]()
    without, count = list[Running](), 0
    for history in histories:
        count += 1
        peak = history.peak(since)
        if peak is None:
            without.append(history.running)
            continue
        found = _miss(history, peak, percent, now)
        if found and (found.stuck or history.running.subject not in killed):
            misses.append(found)
        elif history.running.subject in killed:
            passed.append(history.running)
    misses.sort(key=lambda one: (not one.stuck, -one.share, one.running.subject))
    return Nearness(misses=tuple(misses), looked_at=count, killed=tuple(passed), without_data=tuple(without))


def _miss(history: History, peak: Reading, percent: float, now: datetime) -> NearMiss | None:
    share, stuck = history.share(peak), _stuck_as_a_whole(history, now)
    if not stuck and (inside := at_limit(history.running.definition, history.dwellings)):
        return _inside(history.running, inside, now)
    # A soft limit is there to be filled: only what passes it is news.
    near = percent if history.running.limit_mib else _FULL
    if share * 100 < near and not stuck:
        return None
    used = history.mib(peak)
    return NearMiss(
        running=history.running,
        at=peak.at,
        share=share,
        peak_mib=used,
        stuck=stuck,
        enough_mib=None if used is None else _enough(history.running, used),
        is_to_the_minute=history.is_to_the_minute(peak),
    )


def stuck_for(history: History, now: datetime) -> str:
    """Why we say that it, or a container of it, is stuck at its limit now; "" where it is not, or nobody knows."""
    inside = at_limit(history.running.definition, history.dwellings)
    return _stuck_as_a_whole(history, now) or (inside.why if inside else "")


def _inside(running: Running, found: AtLimit, now: datetime) -> NearMiss:
    return NearMiss(
        running=running,
        at=now,
        share=found.peak_mib / found.limit_mib,
        peak_mib=found.peak_mib,
        stuck=found.why,
        is_to_the_minute=True,
        limit_mib=found.limit_mib,
    )


def _stuck_as_a_whole(history: History, now: datetime) -> str:
    """Likewise by the service's own figure."""
    limit = history.running.limit_mib
    used = [(one.at, history.mib(one)) for one in history.minutes if one.at >= now - STUCK_LOOKED_AT]
    samples = tuple(Sample(at, mib) for at, mib in used if mib is not None)
    if not limit or not samples:
        return ""
    series = Series(
        samples=samples, step_s=60, source=SeriesSource.SERVICE_MAXIMUM, of=history.running.subject.name
    )
    shape = classify(series, limit, now=now)
    return shape.why if shape.pattern is Pattern.STUCK else ""


def _enough(running: Running, peak_mib: float) -> int | None:
    wanted, definition = stepped(peak_mib * _ROOM), running.definition
    if not running.on_fargate:
        return wanted
    size = round_up(wanted, definition.cpu or 0, windows=definition.is_windows)
    return None if size is None else size.memory_mib
