"""Standings: what became of a suspicion once there is evidence: confirmed, unlikely or still unknown."""

from collections.abc import Collection
from statistics import median

from bot.domain.calendar.duration import rough
from bot.domain.diagnosis.ceiling import is_on_shared_host
from bot.domain.diagnosis.diagnosis import Finding, Standing
from bot.domain.diagnosis.evidence import Evidence
from bot.domain.diagnosis.host_room import is_unlimited, reserved_mib
from bot.domain.diagnosis.pressure import pressure_of
from bot.domain.diagnosis.series import Sample, Series, SeriesSource
from bot.domain.investigation import autopsy
from bot.domain.investigation.culprit import cause_of
from bot.domain.kills.verdict import Verdict
from bot.domain.telling.language import say

NEAR = 0.9  # of the limit: facts/sizing.md §2.2, in the last three points
FAR = 0.5  # below this, and flat, a kill for memory is unlikely; 60 % refutes nothing (facts/ecs.md §6)
FLAT = 1.1  # the last points above the median by no more than this
ENOUGH_SAMPLES = 10
FINE_STEP_S = 60  # coarser samples rule nothing out
OLDEST_LAST_SAMPLE_S = 150  # two and a half of one-minute steps: an older one says little about the end
KERNEL_LINES = {
    "kernel.memcg",
    "kernel.memcg_constraint",
    "kernel.global",
    "containerd.oom",
    "ecs.oom_killed",
}
LOOKALIKES = {"gunicorn.timeout"}

Ruling = tuple[Standing | None, str]


def standing_of(evidence: Evidence, findings: Collection[Finding]) -> Ruling:
    """Whether a suspected kill was one, and why; (None, "") where nothing was only suspected."""
    if any(death.verdict is not Verdict.SUSPECTED_OOM for death in evidence.deaths):
        return None, ""
    for finding in findings:
        if finding.rule in KERNEL_LINES:
            return Standing.CONFIRMED, say("its log shows the kill: {line}", line=finding.evidence)
        if finding.rule in LOOKALIKES:
            return Standing.UNLIKELY, finding.words
    if autopsy.is_told_by_log(evidence.death):
        return _by_last_words(evidence)
    return _by_history(evidence)


def _by_history(evidence: Evidence) -> Ruling:
    pressure = pressure_of(evidence)
    if pressure.series is None or not pressure.series.samples:
        return Standing.UNKNOWN, say("there is no memory history of this task to tell")
    if is_unlimited(evidence):
        return _by_reservation(evidence, pressure.series)
    return _by_series(evidence, pressure.series, pressure.limit_mib)


def _by_last_words(evidence: Evidence) -> Ruling:
    """Its runtime gave up before any limit was reached, so that no memory history speaks against it."""
    said = autopsy.finding_of(evidence.log_lines)
    if said is None:
        return Standing.UNKNOWN, say("its log, which told of memory, cannot be read any more")
    is_proven = cause_of(said) in autopsy.OWN_MEMORY
    told = say("its log says: {words}", words=said.words)
    return (Standing.CONFIRMED if is_proven else Standing.UNKNOWN), told


def _by_reservation(evidence: Evidence, series: Series) -> Ruling:
    """Nothing limited it but its host: what it takes beyond its reservation is promised to others."""
    reserved = reserved_mib(evidence)
    before = [sample.mib for sample in series.samples if sample.at <= evidence.death.died_at]
    if not reserved or not before:
        return Standing.UNKNOWN, say("no hard limit was in force, and how full its host was is not known")
    used = max(before[-3:])
    told = say(
        "it used {used:,.0f} MiB, reserved {reserved:,}, and no hard limit was in force",
        used=used,
        reserved=reserved,
    )
    return (Standing.CONFIRMED if used > reserved else Standing.UNKNOWN), told


def _by_series(evidence: Evidence, series: Series, limit_mib: float | None) -> Ruling:
    if not limit_mib:
        return Standing.UNKNOWN, say("the limit that it could have reached is not known")
    ends_at = evidence.death.died_at
    before = [sample for sample in series.samples if sample.at <= ends_at]
    if not before:
        return Standing.UNKNOWN, say("no memory sample from before its end was found")
    newest = before[-3:]
    seen = max(newest, key=lambda sample: sample.mib)
    if seen.mib >= NEAR * limit_mib:
        return Standing.CONFIRMED, _at(seen, evidence, limit_mib)
    age_s = (ends_at - before[-1].at).total_seconds()
    if age_s > OLDEST_LAST_SAMPLE_S:
        told = say("the last memory sample is from {span} before the stop", span=rough(age_s))
        return Standing.UNKNOWN, told
    share = max(sample.mib for sample in before) / limit_mib
    if _rules_out(evidence, before, series, limit_mib):
        told = say("memory never passed {share:.0%} of its limit and did not grow", share=share)
        return Standing.UNLIKELY, told
    return Standing.UNKNOWN, _doubt(evidence, share)


def _at(seen: Sample, evidence: Evidence, limit_mib: float) -> str:
    before_s = (evidence.death.died_at - seen.at).total_seconds()
    return say(
        "memory was at {share:.0%} of its limit {span} before the stop",
        share=seen.mib / limit_mib,
        span=rough(before_s),
    )


def _rules_out(evidence: Evidence, samples: list[Sample], series: Series, limit_mib: float) -> bool:
    is_fine = series.source is not SeriesSource.SERVICE_MAXIMUM and series.step_s <= FINE_STEP_S
    if is_on_shared_host(evidence.death.launch_type) or not is_fine or len(samples) < ENOUGH_SAMPLES:
        return False
    usual = median(sample.mib for sample in samples)
    is_flat = max(sample.mib for sample in samples[-3:]) <= FLAT * usual
    return is_flat and max(sample.mib for sample in samples) < FAR * limit_mib


def _doubt(evidence: Evidence, share: float) -> str:
    if is_on_shared_host(evidence.death.launch_type):
        return say(
            "memory never passed {share:.0%} of its limit, "
            "but on EC2 the metric may leave out shared memory and a spike between samples",
            share=share,
        )
    return say(
        "memory never passed {share:.0%} of its limit, but samples this far apart can miss a spike",
        share=share,
    )
