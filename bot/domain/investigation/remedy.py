"""Remedies: the sizes for what the evidence shows, with the settings that must change together, or why there are none."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain.aws.price import Prices
from bot.domain.diagnosis.changes import deployed_at, first_kill_at
from bot.domain.diagnosis.diagnosis import Culprit, Finding, KnobChange, Pattern, Recommendation, Standing
from bot.domain.diagnosis.evidence import Evidence
from bot.domain.diagnosis.limit import container_of, limit_of
from bot.domain.diagnosis.pressure import pressure_of
from bot.domain.diagnosis.shape import Shape
from bot.domain.diagnosis.signature import CauseClass
from bot.domain.investigation.culprit import Blame, cause_of
from bot.domain.kills.batch_job import is_told_by_batch
from bot.domain.knobs import refit
from bot.domain.sizing.calibration import Calibration
from bot.domain.sizing.sizing import Abstains, Case, recommend
from bot.domain.sizing.tail import Peak
from bot.domain.sizing.target import FEWEST_PEAKS
from bot.domain.subject.group_key import OwnerKind
from bot.domain.telling.language import mark, say

RAISED_WITHIN = timedelta(days=7)  # of the first kill: so long a raise counts as tried in vain
AGAIN_WITHIN = timedelta(hours=1)  # of the kill before it: then more than a little is missing
LARGE_HEAPS = {"knob.jvm.heap", "knob.jvm.headroom", "knob.node.heap", "knob.dotnet.heap", "knob.search.heap"}
NO_CURE = {
    Culprit.HOST: mark("the host ran out: a larger limit of one container gives it no more memory"),
    Culprit.RUNTIME: mark("raising memory alone will not help"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """What is known of the dead container once it was examined."""

    evidence: Evidence
    shape: Shape
    blame: Blame
    findings: Sequence[Finding]
    standing: Standing | None

    @property
    def has_full_heap(self) -> bool:
        """Whether its log tells of a full heap."""
        return any(cause_of(finding) is CauseClass.HEAP_CAP for finding in self.findings)

    @property
    def is_heap_too_large(self) -> bool:
        """Whether the heap takes more of the limit than it may already: then both have to grow."""
        return any(finding.rule in LARGE_HEAPS for finding in self.findings)

    @property
    def helps(self) -> bool | None:
        """Whether raising memory alone cures it; None where that is not known."""
        if self.standing is Standing.UNLIKELY or self.blame.culprit in NO_CURE:
            return False
        if self.blame.culprit in (Culprit.UNKNOWN, Culprit.SIDECAR) or self.is_heap_too_large:
            return None
        told = {finding.memory_helps for finding in self.findings}
        return None if False in told or self.shape.pattern is Pattern.LEAK else True


def remedy(patient: Patient, prices: Prices, calibration: Calibration) -> Recommendation | Abstains:
    """Up to three sizes and the settings re-fitted to the best one."""
    evidence = patient.evidence
    if evidence.definition is None:
        is_batch = is_told_by_batch(evidence.death)
        return Abstains(
            say("the job definition is not known" if is_batch else "the task definition is not known")
        )
    if patient.standing is Standing.UNLIKELY:
        return Abstains(say("memory is an unlikely cause"))
    if patient.blame.culprit is Culprit.UNKNOWN:
        return Abstains(say("nothing proves yet that memory ran out"))
    found = recommend(_case(patient, prices, calibration))
    container = container_of(evidence)
    if isinstance(found, Abstains) or container is None or patient.blame.culprit is Culprit.SIDECAR:
        return found
    return replace(found, knobs=_shown(refit.changes(container, found.chosen.memory_mib)))


def room_in_container(patient: Patient) -> tuple[KnobChange, ...]:
    """Settings that may grow within today's limit, where the runtime's heap was full and the container was not."""
    container, limit_mib = container_of(patient.evidence), limit_of(patient.evidence).mib
    if container is None or limit_mib is None or not patient.has_full_heap or patient.is_heap_too_large:
        return ()
    return _shown(refit.changes(container, limit_mib))


def _shown(changes: Sequence[KnobChange]) -> tuple[KnobChange, ...]:
    """Without whole values: they may hold secrets, and a diagnosis is kept and shown. `why` tells old and new setting."""
    return tuple(replace(change, old="", new="") for change in changes)


def _case(patient: Patient, prices: Prices, calibration: Calibration) -> Case:
    evidence = patient.evidence
    no_cure = (
        "" if patient.has_full_heap and patient.is_heap_too_large else NO_CURE.get(patient.blame.culprit, "")
    )
    service, definition = evidence.service, evidence.definition
    if definition is None:
        raise ValueError("a case needs a task definition")
    return Case(
        definition=definition,
        container=evidence.death.container,
        limit_mib=reached_mib(evidence, patient.blame.culprit),
        shape=patient.shape,
        peaks=tuple(_peaks(evidence)),
        every_s=_every_s(evidence),
        is_job=evidence.death.group_key.kind is not OwnerKind.SERVICE,
        is_repeat=_is_repeat(evidence) or _is_raised(evidence),
        desired_count=service.desired_count if service else 1,
        prices=prices,
        host=evidence.host,
        helps=False if no_cure else None,
        helps_why=say(no_cure) if no_cure else "",
        others_mib={one.container: one.peak_mib for one in evidence.others if one.peak_mib},
        calibration=calibration,
    )


def _peaks(evidence: Evidence) -> Iterator[Peak]:
    """Of earlier lives and of this one: a killed one wanted more than it got, and peaked at its limit."""
    pressure = pressure_of(evidence)
    limit_mib = pressure.limit_mib
    # Of earlier lives only this container is known: beside a whole task's memory they say nothing.
    earlier = () if pressure.is_of_task else evidence.earlier
    for life in (*earlier, *([pressure.series] if pressure.series else [])):
        peak = life.peak_mib
        if peak is not None:
            yield Peak(max(peak, limit_mib or 0.0) if life.was_killed else peak, is_censored=life.was_killed)


def reached_mib(evidence: Evidence, culprit: Culprit) -> int | None:
    """The limit that was reached: a sidecar fills the task's, whatever this container may have of its own."""
    limit = limit_of(evidence)
    return limit.task_mib if culprit is Culprit.SIDECAR else limit.mib


def _every_s(evidence: Evidence) -> float | None:
    """Seconds from one run to the next, of those whose memory is known; None below three of them."""
    runs = [*evidence.earlier, *([evidence.series] if evidence.series else [])]
    ends = sorted(run.samples[-1].at for run in runs if run.samples)
    if len(ends) < FEWEST_PEAKS:
        return None
    return (ends[-1] - ends[0]).total_seconds() / (len(ends) - 1) or None


def _is_raised(evidence: Evidence) -> bool:
    """Whether the revision before it had less memory, and was raised not long ago or was killed itself."""
    now_mib, previous = limit_of(evidence).mib, evidence.previous
    if previous is None or now_mib is None:
        return False
    container = previous.container(evidence.death.container)
    before_mib = (container.memory_mib if container else None) or previous.memory_mib
    if before_mib is None or before_mib >= now_mib:
        return False
    at = deployed_at(evidence)
    is_recent = at is not None and timedelta(0) <= first_kill_at(evidence) - at <= RAISED_WITHIN
    return is_recent or any(death.task_definition_arn == previous.arn for death in evidence.deaths)


def _is_repeat(evidence: Evidence) -> bool:
    """Whether the task that died had been started after a kill, and died within the hour of it.

    Not an attempt of a Batch job: it does the same work over again, and ends where the one before it did.
    """
    newest = evidence.death
    if newest.started_at is None or newest.group_key.kind is OwnerKind.JOB:
        return False
    before = [death.died_at for death in evidence.deaths[1:] if death.died_at <= newest.started_at]
    return bool(before) and newest.died_at - max(before) <= AGAIN_WITHIN
