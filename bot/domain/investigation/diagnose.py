"""Diagnose: from evidence to what it says: pattern, culprit, findings, and what would fix it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.aws.price import Prices
from bot.domain.diagnosis import host_room
from bot.domain.diagnosis.changes import changes
from bot.domain.diagnosis.diagnosis import Culprit, Diagnosis, Finding
from bot.domain.diagnosis.evidence import Evidence
from bot.domain.diagnosis.limit import limit_of
from bot.domain.diagnosis.mixture import unlike
from bot.domain.diagnosis.pattern import pattern_of
from bot.domain.diagnosis.shape import Shape
from bot.domain.diagnosis.signature import CauseClass
from bot.domain.investigation.caution import cautions, said
from bot.domain.investigation.culprit import cause_of, culprit_of, is_runtimes_own
from bot.domain.investigation.peek import exec_command
from bot.domain.investigation.remedy import Patient, reached_mib, remedy, room_in_container
from bot.domain.investigation.standing import standing_of
from bot.domain.knobs import check
from bot.domain.signatures import match
from bot.domain.sizing import target
from bot.domain.sizing.calibration import UNTAUGHT, Calibration
from bot.domain.sizing.sizing import Abstains
from bot.domain.telling.language import say
from bot.domain.telling.listed import sentences


def diagnose(
    evidence: Evidence, prices: Prices, *, now: datetime, calibration: Calibration = UNTAUGHT
) -> Diagnosis:
    """What the evidence says. Every finding names its evidence, and what nothing shows is UNKNOWN with the reason."""
    read = match.findings(evidence.log_lines)
    standing, standing_why = standing_of(evidence, read)
    patient = Patient(
        evidence=evidence,
        shape=pattern_of(evidence, now=now),
        blame=culprit_of(evidence, read, standing),
        findings=_relevant((*read, *_knobs(evidence), *host_room.findings(evidence))),
        standing=standing,
    )
    diagnosis = _told(patient, standing_why, now=now)
    sizes = remedy(patient, prices, calibration)
    if isinstance(sizes, Abstains):
        return replace(diagnosis, no_recommendation_why=sizes.why)
    return replace(diagnosis, recommendation=sizes)


def _told(patient: Patient, standing_why: str, *, now: datetime) -> Diagnosis:
    evidence, shape, blame = patient.evidence, patient.shape, patient.blame
    limit_mib = reached_mib(evidence, blame.culprit)
    return Diagnosis(
        made_at=now,
        pattern=shape.pattern,
        pattern_why=shape.why,
        culprit=blame.culprit,
        culprit_why=blame.why,
        findings=_with_values(patient),
        standing=patient.standing,
        standing_why=standing_why,
        helps=patient.helps,
        changes=changes(evidence),
        warnings=tuple(filter(None, (*_both(patient), *cautions(evidence), unlike(evidence.deaths)))),
        gaps=tuple(said(gap) for gap in evidence.gaps),
        owner=evidence.owner,
        exec_command=exec_command(evidence),
        peak_mib=evidence.series.peak_mib if evidence.series else None,
        limit_mib=limit_mib,
        slope_mib_per_h=shape.slope_mib_per_h,
        next_oom_s=None if blame.culprit is Culprit.RUNTIME else _next_oom_s(shape, limit_mib),
        blamed_container=blame.container,
    )


def _both(patient: Patient) -> Iterator[str]:
    """A kernel kill and a runtime's own line exclude each other; where both are told, memory alone is half a cure."""
    own = next((one for one in patient.findings if is_runtimes_own(one)), None)
    if own is not None and patient.blame.culprit is not Culprit.RUNTIME:
        told = say("Its log also tells of another cap: {words}", words=own.words)
        yield sentences([told, say("Raising memory alone may not help.")])


def _next_oom_s(shape: Shape, limit_mib: int | None) -> float | None:
    return target.next_kill_s(limit_mib, limit_mib, shape) if limit_mib else None


def _knobs(evidence: Evidence) -> tuple[Finding, ...]:
    if evidence.definition is None:
        return ()
    return check.findings(evidence.definition, evidence.death.container, limit_of(evidence).mib)


def _relevant(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Without what ECS says anyway, and without a finding that rests on nothing.

    A value to paste is one word: a whole variable may hold secrets beside the setting, and `fix` names the setting.
    """
    return tuple(
        replace(one, paste="" if " " in one.paste.strip() else one.paste)
        for one in findings
        if one.evidence and one.rule != "ecs.oom_killed"
    )


def _with_values(patient: Patient) -> tuple[Finding, ...]:
    """The findings, a full heap with the value that fits into the container as it is."""
    room = room_in_container(patient)
    if patient.blame.culprit is not Culprit.RUNTIME or not room:
        return tuple(patient.findings)
    setting, variable = room[0].shown, room[0].variable
    fix = say("{setting} in {variable}: the container has room.", setting=setting, variable=variable)
    return tuple(
        replace(one, fix=fix) if cause_of(one) is CauseClass.HEAP_CAP else one for one in patient.findings
    )
