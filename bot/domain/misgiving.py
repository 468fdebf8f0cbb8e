"""Misgivings: why the size may not be the cure, or may be too little: a note each."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.domain.aim import AimKind
from bot.domain.diagnosis import Culprit, Diagnosis, Pattern
from bot.domain.duration import rough
from bot.domain.expectation import kill_risk
from bot.domain.fitting import Fitting
from bot.domain.knobs import refit
from bot.domain.plan import Change, Note, Severity
from bot.domain.resize_facts import Facts

_OLD = timedelta(days=1)  # the load of another day


def notes(facts: Facts, fitting: Fitting, change: Change, *, now: datetime) -> Iterator[Note]:
    """All of them, the gravest first."""
    is_smaller = fitting.got_mib < fitting.aim.mib
    if is_smaller:
        yield from _of_shrinking(facts, fitting)
    elif facts.diagnosis is not None:
        yield from _of_diagnosis(facts.diagnosis, fitting.got_mib, now)
        yield from _of_task(facts.diagnosis, change)
    yield from _of_knobs(facts, fitting, change)
    if fitting.got_mib != fitting.asked_mib:
        sold = "" if change.cpu[1] is None else f" with {change.cpu[1] / 1024:g} vCPU"
        words = f"Fargate sells no {fitting.asked_mib:,} MiB{sold}: the task gets {fitting.got_mib:,} MiB."
        yield Note(rule="size.rounded", severity=Severity.INFO, words=words)
    if fitting.aim.kind is AimKind.RESERVATION:
        words = "It has no hard limit: the reservation is what ECS keeps free for it, it may use more."
        yield Note(rule="no_hard_limit", severity=Severity.WARNING, words=words)
    for gap in facts.gaps:
        yield Note(rule="gap", severity=Severity.INFO, words=gap)


def _of_diagnosis(diagnosis: Diagnosis, got_mib: int, now: datetime) -> Iterator[Note]:
    if diagnosis.helps is False:
        why = diagnosis.no_recommendation_why or diagnosis.culprit_why
        words = (
            f"More memory will not cure this: {why.rstrip('.')}."
            if why
            else "More memory will not cure this."
        )
        yield Note(rule="memory.helps_not", severity=Severity.DANGER, words=words)
    if diagnosis.pattern is Pattern.LEAK:
        lasts_s = _lasts_s(diagnosis, got_mib)
        bought = "time" if lasts_s is None else f"about {rough(lasts_s)}"
        words = f"This leaks: more memory buys {bought}, it does not fix it."
        yield Note(rule="memory.leak", severity=Severity.WARNING, words=words)
    if diagnosis.blamed_container:
        words = f"It was {diagnosis.blamed_container} that took the task's memory: resize that one instead."
        yield Note(rule="memory.sidecar", severity=Severity.WARNING, words=words)
    if now - diagnosis.made_at > _OLD:
        words = f"The diagnosis is {rough((now - diagnosis.made_at).total_seconds())} old."
        yield Note(rule="diagnosis.old", severity=Severity.INFO, words=words)


def _lasts_s(diagnosis: Diagnosis, got_mib: int) -> float | None:
    """How long a leak needs to fill this size; None where the diagnosis did not look at it."""
    options = diagnosis.recommendation.options if diagnosis.recommendation else ()
    return next((one.next_oom_s for one in options if got_mib in (one.memory_mib, one.task_mib)), None)


def _of_task(diagnosis: Diagnosis, change: Change) -> Iterator[Note]:
    old, new = change.task_memory_mib
    if diagnosis.culprit in (Culprit.TASK, Culprit.SIDECAR) and old is not None and old == new:
        words = (
            f"It was the task's memory that ran out, and the task keeps its {old:,} MiB: this cures nothing."
        )
        yield Note(rule="task.stays", severity=Severity.DANGER, words=words)


def _of_shrinking(facts: Facts, fitting: Fitting) -> Iterator[Note]:
    if facts.diagnosis is not None and _was_killed_at(fitting.aim.mib, facts.diagnosis):
        words = "It was killed for memory with what it has now, and gets less: it will be killed sooner."
        yield Note(rule="shrink.killed", severity=Severity.DANGER, words=words)
    risk = kill_risk(facts, fitting)
    if risk is None:
        words = "It gets less memory, and nothing is known of how much it uses: it may be killed."
        yield Note(rule="shrink.blind", severity=Severity.DANGER, words=words)
        return
    severity = Severity.INFO if risk < 0.05 else Severity.WARNING if risk < 0.5 else Severity.DANGER
    figure = "below 1%" if risk < 0.01 else f"about {risk:.0%}"
    words = (
        f"It gets less memory: the probability of a kill within 30 days is {figure}, by what it used so far."
    )
    yield Note(rule="shrink.risk", severity=severity, words=words)


def _was_killed_at(mib: int, diagnosis: Diagnosis) -> bool:
    """Whether memory ran out at this size or a larger one, and not for another reason."""
    is_proven = diagnosis.helps is not False and diagnosis.culprit is not Culprit.UNKNOWN
    return is_proven and mib <= (diagnosis.limit_mib or 0)


def _of_knobs(facts: Facts, fitting: Fitting, change: Change) -> Iterator[Note]:
    container = facts.definition.container(change.containers[0].name)
    if container is None:
        return
    ticked = {knob.variable for _, knob in change.knobs}
    for knob in refit.changes(container, fitting.in_force_mib):
        if knob.variable not in ticked:
            words = f"{knob.variable} stays as it is and does not fit the new size: {knob.why}."
            yield Note(rule="knob.left", severity=Severity.WARNING, words=words)
    for finding in refit.by_hand(container, fitting.in_force_mib):
        words = f"{finding.words} {finding.fix}"
        yield Note(rule=finding.rule, severity=Severity.WARNING, words=words, paste=finding.paste)
