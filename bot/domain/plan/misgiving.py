"""Misgivings: why the size may not be the cure, or may be too little: a note each."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.domain.calendar.duration import rough
from bot.domain.diagnosis.diagnosis import Culprit, Diagnosis, Pattern
from bot.domain.knobs import refit
from bot.domain.plan.aim import AimKind
from bot.domain.plan.expectation import kill_risk
from bot.domain.plan.fitting import Fitting
from bot.domain.plan.plan import Change, Note, Severity
from bot.domain.plan.resize_facts import Facts
from bot.domain.telling.language import say
from bot.domain.telling.listed import sentences

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
    yield from _of_others_knobs(facts, change)
    if fitting.got_mib != fitting.asked_mib:
        yield Note(rule="size.rounded", severity=Severity.INFO, words=_rounded(fitting, change.cpu[1]))
    if fitting.aim.kind is AimKind.RESERVATION:
        words = say("It has no hard limit: the reservation is what ECS keeps free for it, it may use more.")
        yield Note(rule="no_hard_limit", severity=Severity.WARNING, words=words)
    for gap in facts.gaps:
        yield Note(rule="gap", severity=Severity.INFO, words=gap)


def _rounded(fitting: Fitting, cpu: int | None) -> str:
    asked, got = fitting.asked_mib, fitting.got_mib
    if cpu is None:
        return say("Fargate sells no {asked:,} MiB: the task gets {got:,} MiB.", asked=asked, got=got)
    return say(
        "Fargate sells no {asked:,} MiB with {cpu:g} vCPU: the task gets {got:,} MiB.",
        asked=asked,
        cpu=cpu / 1024,
        got=got,
    )


def _of_diagnosis(diagnosis: Diagnosis, got_mib: int, now: datetime) -> Iterator[Note]:
    if diagnosis.helps is False:
        why = (diagnosis.no_recommendation_why or diagnosis.culprit_why).rstrip(".。")
        words = say("More memory will not cure this.")
        if why:
            words = say("More memory will not cure this: {why}.", why=why)
        yield Note(rule="memory.helps_not", severity=Severity.DANGER, words=words)
    if diagnosis.pattern is Pattern.LEAK:
        lasts_s = _lasts_s(diagnosis, got_mib)
        words = say("This leaks: more memory buys time, it does not fix it.")
        if lasts_s is not None:
            span = rough(lasts_s)
            words = say("This leaks: more memory buys about {span}, it does not fix it.", span=span)
        yield Note(rule="memory.leak", severity=Severity.WARNING, words=words)
    if diagnosis.blamed_container:
        words = say(
            "It was {name} that took the task's memory: resize that one instead.",
            name=diagnosis.blamed_container,
        )
        yield Note(rule="memory.sidecar", severity=Severity.WARNING, words=words)
    if now - diagnosis.made_at > _OLD:
        span = rough((now - diagnosis.made_at).total_seconds())
        words = say("The diagnosis is {span} old.", span=span)
        yield Note(rule="diagnosis.old", severity=Severity.INFO, words=words)


def _lasts_s(diagnosis: Diagnosis, got_mib: int) -> float | None:
    """How long a leak needs to fill this size; None where the diagnosis did not look at it."""
    options = diagnosis.recommendation.options if diagnosis.recommendation else ()
    return next((one.next_oom_s for one in options if got_mib in (one.memory_mib, one.task_mib)), None)


def _of_task(diagnosis: Diagnosis, change: Change) -> Iterator[Note]:
    old, new = change.task_memory_mib
    if diagnosis.culprit in (Culprit.TASK, Culprit.SIDECAR) and old is not None and old == new:
        words = say(
            "It was the task's memory that ran out, and the task keeps its {mib:,} MiB: this cures nothing.",
            mib=old,
        )
        yield Note(rule="task.stays", severity=Severity.DANGER, words=words)


def _of_shrinking(facts: Facts, fitting: Fitting) -> Iterator[Note]:
    if facts.diagnosis is not None and _was_killed_at(fitting.aim.mib, facts.diagnosis):
        words = say("It was killed for memory with what it has now, and gets less: it will be killed sooner.")
        yield Note(rule="shrink.killed", severity=Severity.DANGER, words=words)
    risk = kill_risk(facts, fitting)
    if risk is None:
        words = say("It gets less memory, and nothing is known of how much it uses: it may be killed.")
        yield Note(rule="shrink.blind", severity=Severity.DANGER, words=words)
        return
    severity = Severity.INFO if risk < 0.05 else Severity.WARNING if risk < 0.5 else Severity.DANGER
    yield Note(rule="shrink.risk", severity=severity, words=_risky(risk))


def _risky(risk: float) -> str:
    if risk < 0.01:
        return say(
            "It gets less memory: the probability of a kill within 30 days is below 1 %, by what it used so far."
        )
    return say(
        "It gets less memory: the probability of a kill within 30 days is about {risk:.0%}, by what it used so far.",
        risk=risk,
    )


def _was_killed_at(mib: int, diagnosis: Diagnosis) -> bool:
    """Whether memory ran out at this size or a larger one, and not for another reason."""
    is_proven = diagnosis.helps is not False and diagnosis.culprit is not Culprit.UNKNOWN
    return is_proven and mib <= (diagnosis.limit_mib or 0)


def _of_knobs(facts: Facts, fitting: Fitting, change: Change) -> Iterator[Note]:
    container = facts.definition.container(change.containers[0].name)
    if container is None:
        return
    ticked = {knob.variable for name, knob in change.knobs if name == container.name}
    for knob in refit.changes(container, fitting.in_force_mib):
        if knob.variable not in ticked:
            words = say(
                "{variable} stays as it is and does not fit the new size: {why}.",
                variable=knob.variable,
                why=knob.why,
            )
            yield Note(rule="knob.left", severity=Severity.WARNING, words=words)
    for finding in refit.by_hand(container, fitting.in_force_mib):
        words = sentences([finding.words, finding.fix])
        yield Note(rule=finding.rule, severity=Severity.WARNING, words=words, paste=finding.paste)


def _of_others_knobs(facts: Facts, change: Change) -> Iterator[Note]:
    """Likewise for containers beside it."""
    for one in change.containers[1:]:
        container = facts.definition.container(one.name)
        if container is None or one.new_memory_mib is None or one.new_memory_mib == one.old_memory_mib:
            continue
        ticked = {knob.variable for name, knob in change.knobs if name == one.name}
        for knob in refit.changes(container, one.new_memory_mib):
            if knob.variable in ticked:
                continue
            words = say(
                "{variable} of {name} stays as it is and does not fit its new size: {why}.",
                variable=knob.variable,
                name=one.name,
                why=knob.why,
            )
            yield Note(rule="knob.left", severity=Severity.WARNING, words=words)
        for finding in refit.by_hand(container, one.new_memory_mib):
            words = say("{what}: {words}", what=one.name, words=sentences([finding.words, finding.fix]))
            yield Note(rule=finding.rule, severity=Severity.WARNING, words=words, paste=finding.paste)
