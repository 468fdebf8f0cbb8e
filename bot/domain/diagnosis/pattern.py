"""Patterns: how memory grew before a death, from its series, from a deployment, else from the times of deaths alone."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.calendar.duration import rough
from bot.domain.diagnosis import lifetimes, shape
from bot.domain.diagnosis.changes import deployed_at, first_kill_at
from bot.domain.diagnosis.diagnosis import Pattern
from bot.domain.diagnosis.evidence import Evidence
from bot.domain.diagnosis.pressure import pressure_of
from bot.domain.diagnosis.shape import Shape
from bot.domain.subject.group_key import OwnerKind
from bot.domain.telling.language import say

DEPLOYED_WITHIN = timedelta(hours=24)  # of the first kill: so long a new revision is suspected
RAISED = 1.25  # the new revision's peak over the largest of earlier lives, to be called a step
SHORTEST_RUN = timedelta(minutes=2)  # of a job: what dies sooner dies at its start
NOT_BY_A_DEPLOY = {Pattern.LEAK, Pattern.SPIKE, Pattern.STARTUP, Pattern.STUCK}


def pattern_of(evidence: Evidence, *, now: datetime) -> Shape:
    """The shape of the newest death's memory; UNKNOWN, with the reason, where nothing shows one."""
    found = _by_series(evidence, now)
    if found is None or found.pattern is Pattern.UNKNOWN:
        by_times = lifetimes.classify(evidence.deaths)
        found = by_times if found is None or by_times.pattern is not Pattern.UNKNOWN else found
    kind = evidence.death.group_key.kind
    if (
        kind is OwnerKind.JOB
        and found.pattern is Pattern.STARTUP
        and found.rho is None
        and not _is_short(found)
    ):
        return replace(found, pattern=Pattern.UNKNOWN)  # many a job does all its work in a few minutes
    if kind is not OwnerKind.SERVICE and _is_a_runs_climb(found):
        return replace(found, pattern=Pattern.RAMP, slope_mib_per_h=None, floor_mib=None)
    if found.pattern in NOT_BY_A_DEPLOY:
        return found
    raised = _raised_by_deploy(evidence)
    return replace(found, pattern=Pattern.STEP, why=raised) if raised else found


def _is_a_runs_climb(found: Shape) -> bool:
    """A run ends: what grows all its length does not leak, and one of five minutes is no start-up."""
    is_start = _is_short(found) or found.rho is None
    return found.pattern is Pattern.LEAK or (found.pattern is Pattern.STARTUP and not is_start)


def _is_short(found: Shape) -> bool:
    return (found.lifetime_s or 0.0) < SHORTEST_RUN.total_seconds()


def _by_series(evidence: Evidence, now: datetime) -> Shape | None:
    pressure = pressure_of(evidence)
    if pressure.series is None:
        return None
    if not pressure.limit_mib:
        why = say("no limit is known to measure its memory against")
        return Shape(pattern=Pattern.UNKNOWN, why=why)
    return shape.classify(pressure.series, pressure.limit_mib, now=now)


def _raised_by_deploy(evidence: Evidence) -> str:
    """A sentence where a new revision needs clearly more than earlier lives of the same container; else ""."""
    at, peak = deployed_at(evidence), evidence.series.peak_mib if evidence.series else None
    if at is None or peak is None or not timedelta(0) <= first_kill_at(evidence) - at <= DEPLOYED_WITHIN:
        return ""
    before = [
        life.peak_mib for life in evidence.earlier if life.ended_at and life.ended_at <= at and life.peak_mib
    ]
    if not before or peak < RAISED * max(before):
        return ""
    ago = rough((first_kill_at(evidence) - at).total_seconds())
    return say(
        "{peak:,.0f} MiB since a deployment {ago} before the first kill, at most {before:,.0f} MiB before it",
        peak=peak,
        ago=ago,
        before=max(before),
    )
