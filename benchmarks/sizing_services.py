"""Sizing of services after a kill: recorded memory outgrows a limit, and a rule raises it until it is enough."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from benchmarks.plan import Plan
from benchmarks.sizing_resampling import interval
from benchmarks.sizing_service_rules import GUARD, RULES, Kill, Rule
from benchmarks.sizing_traces import Recording, absent, part, recordings
from benchmarks.table import Table
from bot.domain.diagnosis.diagnosis import Pattern
from bot.domain.investigation.remedy import RAISED_WITHIN
from bot.domain.sizing.calibration import Alike, alike_of

_FACTORS = (1.0, 1.1, 1.25)  # of the maximum so far: how tight the first limit is
_HOUR_S, _DAY_S = 3600, 86_400
_RAISED_S = RAISED_WITHIN.total_seconds()
_MOST_KILLS = 40


@dataclass(frozen=True, slots=True)
class Start:
    """The first kill of a case: index of the reading that passes the limit, and the limit, MiB."""

    recording: Recording
    at: int
    limit_mib: float


@dataclass(frozen=True, slots=True)
class Course:
    """What became of a case: kills after the first, and the mean limit above what would just have been enough."""

    repeats: int
    over: float


def starts(recorded: Sequence[Recording]) -> Iterator[Start]:
    """Cases: a limit by the first hours (of short recordings) or days, and the first reading beyond it."""
    for one in recorded:
        unit = _DAY_S if len(one.mib) * one.step_s > 3 * _DAY_S else _HOUR_S
        for length in (unit, 2 * unit, 3 * unit) if unit == _DAY_S else (unit, 2 * unit, 4 * unit):
            begin = length // one.step_s
            if begin >= len(one.mib):
                continue
            for factor in _FACTORS:
                limit = factor * max(one.mib[:begin])
                at = next((i for i in range(begin, len(one.mib)) if one.mib[i] > limit), None)
                if at is not None:
                    yield Start(one, at, limit)


def follow(start: Start, rule: Rule) -> Course:
    """The rest of the recording under the rule; demand does not change by a kill."""
    one, limit, kills, last, paid = start.recording, start.limit_mib, 0, -1, 0.0
    at = start.at
    while at < len(one.mib):
        if one.mib[at] > limit:
            kills += 1
            is_repeat = last >= 0 and (at - last) * one.step_s <= _RAISED_S
            kill = Kill(one, at, limit, is_repeat=is_repeat)
            limit, last = (rule(kill) if kills < _MOST_KILLS else max(one.mib[at:])), at
            continue
        paid += limit
        at += 1
    rest = one.mib[start.at :]
    return Course(kills - 1, paid / len(rest) / max(rest) - 1)


def sizing_services(plan: Plan) -> Table:
    """Repeat OOMs and over-allocation of each rule on the reported half of the recordings."""
    columns = [
        "rule",
        "repeat OOMs",
        "more than ours, 95 %",
        "cases with one",
        "over-allocation, median",
        "mean",
    ]
    table = Table("Sizing of services after a kill", columns)
    if absent(plan, table):
        return table
    cases = list(starts(recordings(plan)))
    ours = [follow(case, GUARD) for case in cases]
    for name, rule in RULES.items():
        courses = [follow(case, rule) for case in cases]
        over = [course.over for course in courses]
        repeated = sum(course.repeats > 0 for course in courses)
        repeats = sum(course.repeats for course in courses)
        more = "–" if rule is GUARD else _more(cases, ours, courses)
        table.add(name, repeats, more, f"{repeated / len(courses):.0%}", median(over), fmean(over))
    sources = sorted({case.recording.source for case in cases})
    table.notes = [
        (
            f"{len(cases)} kills on {len({case.recording.name for case in cases})} recordings ({', '.join(sources)}): "
            f"{part(plan)}. Limits of 1, 1.1 and 1.25 times the maximum of the first 1, 2, 4 hours (or 1, 2, 3 days); "
            "up to nine cases a recording, so they are not independent."
        ),
        (
            "Over-allocation: the mean limit from the first kill on, over the maximum of the rest, less one. Demand is as "
            "recorded: a restart that clears a leak is not replayed. The interval is of recordings drawn anew."
        ),
        f"Telling the shape of a kill took {median(GUARD.took_ms):.2f} ms (median of {len(GUARD.took_ms)}).",
    ]
    return table


def _more(cases: Sequence[Start], ours: Sequence[Course], theirs: Sequence[Course]) -> str:
    """How many repeats more than ours, had other recordings been replayed."""
    compared = zip(cases, ours, theirs, strict=True)
    low, high = interval((case.recording.name, their.repeats - our.repeats) for case, our, their in compared)
    return f"{low * len(cases):+,.0f} to {high * len(cases):+,.0f}"


@dataclass(frozen=True, slots=True)
class Replayed:
    """The first kill of a case: which kills it is like by the product's classifier, and how many times its limit it needed."""

    recording: str
    alike: Alike
    need: float


def observed(plan: Plan) -> Iterator[Replayed]:
    """Each case but the leaks: of a leak no size is claimed to be enough."""
    for case in starts(recordings(plan)):
        shape = GUARD.shape(Kill(case.recording, case.at, case.limit_mib, is_repeat=False))
        if shape.pattern is not Pattern.LEAK:
            need = max(case.recording.mib[case.at :]) / case.limit_mib
            yield Replayed(case.recording.name, alike_of(shape), need)
