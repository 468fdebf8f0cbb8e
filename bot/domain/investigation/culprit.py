"""Culprits: what ran out: the container, its whole task, a sidecar, the host, the runtime's own cap.

The rows of facts/sizing.md §2.2 are the functions below, in their order; the first that answers rules.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.aws.injection import injected_by
from bot.domain.diagnosis.diagnosis import Culprit, Finding, Standing
from bot.domain.diagnosis.evidence import Evidence
from bot.domain.diagnosis.host_room import is_unlimited, words
from bot.domain.diagnosis.limit import Limit, limit_of
from bot.domain.diagnosis.pressure import FULL
from bot.domain.diagnosis.series import Series
from bot.domain.diagnosis.signature import CauseClass
from bot.domain.kills.ruling import never_ran
from bot.domain.kills.verdict import Verdict
from bot.domain.signatures.catalogue import SIGNATURES
from bot.domain.telling.language import say
from bot.domain.telling.listed import sentences

OWN_CAPS = {
    CauseClass.THREADS,
    CauseClass.SHM,
    CauseClass.CODE_BUG,
    CauseClass.APP_CAP,
    CauseClass.HEAP_CAP,
    CauseClass.CONFIG,
}
# Of findings that were kept before they named their cause: whether memory helps tells most causes of a rule apart.
CAUSES = {(one.rule, one.memory_helps): one.cause for one in reversed(SIGNATURES)}
SIGKILL = 137


@dataclass(frozen=True, slots=True)
class Blame:
    """What ran out and why we think so. `container` is the sidecar's name, "" where none is blamed."""

    culprit: Culprit
    why: str
    container: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """All that the rows look at. `findings` are those of log lines, `standing` is None of a proven kill."""

    evidence: Evidence
    findings: Sequence[Finding]
    standing: Standing | None
    limit: Limit

    @property
    def was_told(self) -> bool:
        """Whether ECS itself says that the newest death was a kill for memory."""
        return self.evidence.death.verdict is Verdict.OOM

    @property
    def is_proven(self) -> bool:
        """Whether it was a kill for memory, by ECS's word or by the evidence."""
        return self.was_told or self.standing is Standing.CONFIRMED


def culprit_of(evidence: Evidence, findings: Sequence[Finding], standing: Standing | None) -> Blame:
    """What ran out; UNKNOWN with the reason where the evidence does not tell."""
    scene = Scene(evidence=evidence, findings=findings, standing=standing, limit=limit_of(evidence))
    for row in (_host, _init, _child, _runtime, _no_limit, _sidecar, _task, _container):
        blame = row(scene)
        if blame is not None:
            return blame
    return Blame(Culprit.UNKNOWN, say("Nothing proves yet that memory ran out."))


def cause_of(finding: Finding) -> CauseClass | None:
    """What the rule of a log line's finding is about; None for a setting's."""
    return finding.cause or CAUSES.get((finding.rule, finding.memory_helps))


def is_runtimes_own(finding: Finding) -> bool:
    """Whether the line tells of a cap that is not the container's memory: a heap, threads, shared memory, a bug."""
    return finding.memory_helps is False and cause_of(finding) in OWN_CAPS


def _host(scene: Scene) -> Blame | None:
    for finding in scene.findings:
        if cause_of(finding) is CauseClass.HOST:
            return Blame(Culprit.HOST, say("The kernel says that the whole host had run out."))
    return None


def _init(scene: Scene) -> Blame | None:
    if not never_ran(scene.evidence.death):
        return None
    own_mib, task_mib = scene.limit.own_mib, scene.limit.task_mib
    if own_mib is not None:
        return Blame(Culprit.INIT, say("Its limit is {mib:,} MiB.", mib=own_mib))
    if task_mib is None:
        return Blame(Culprit.INIT, say("Its limit."))
    return Blame(Culprit.INIT, say("Its task's limit is {mib:,} MiB.", mib=task_mib))


def _child(scene: Scene) -> Blame | None:
    code = scene.evidence.death.exit_code
    if not scene.was_told or code not in (0, 1):
        killed = next((one for one in scene.findings if cause_of(one) is CauseClass.WORKER_KILL), None)
        return None if killed is None or code == SIGKILL else Blame(Culprit.CHILD, killed.words)
    return Blame(Culprit.CHILD, say("The container itself ended with exit code {code}.", code=code))


def _runtime(scene: Scene) -> Blame | None:
    """A runtime's own out-of-memory line and a kernel kill exclude each other (facts/sizing.md §0.5)."""
    own = [finding for finding in scene.findings if is_runtimes_own(finding)]
    was_killed = scene.was_told and scene.evidence.death.exit_code == SIGKILL
    if not own or was_killed:
        return None
    told = sentences([own[0].words, say("The container itself had memory left.")])
    return Blame(Culprit.RUNTIME, told)


def _no_limit(scene: Scene) -> Blame | None:
    if not is_unlimited(scene.evidence) or not scene.is_proven:
        return None
    return Blame(Culprit.HOST, words(scene.evidence))


def _sidecar(scene: Scene) -> Blame | None:
    """The task's limit was reached while this container was below its own, and another one is larger or grew."""
    evidence, limit = scene.evidence, scene.limit
    peak = evidence.series.peak_mib if evidence.series else None
    if limit.task_mib is None or peak is None or not scene.is_proven:
        return None
    if limit.own_mib is not None and peak >= FULL * limit.own_mib:
        return None
    others = [(other, other.peak_mib) for other in evidence.others if other.peak_mib is not None]
    together = peak + sum(size for _, size in others)
    if not others or together < FULL * limit.task_mib:
        return None
    other, size = max(others, key=lambda pair: pair[1])
    if size <= peak and _growth(other) <= _growth(evidence.series):
        return None
    return Blame(
        Culprit.SIDECAR,
        say(
            "{name} used {size:,.0f} of the task's {limit:,} MiB, this container {peak:,.0f}.",
            name=other.container,
            size=size,
            limit=limit.task_mib,
            peak=peak,
        ),
        container=other.container,
    )


def _task(scene: Scene) -> Blame | None:
    limit, death = scene.limit, scene.evidence.death
    if limit.own_mib is not None or limit.task_mib is None or not scene.is_proven:
        return None
    definition = scene.evidence.definition
    count = len(definition.containers) if definition else 0
    if injected_by(death.container):
        return Blame(Culprit.TASK, say("AWS injected this container: it shares its task's memory."))
    if count == 1:
        words = say(
            "It is its task's only container and reached its task's limit of {mib:,} MiB.", mib=limit.task_mib
        )
        return Blame(Culprit.CONTAINER, words)
    return Blame(Culprit.TASK, _together(count, limit.task_mib))


def _container(scene: Scene) -> Blame | None:
    if not scene.is_proven:
        return None
    own_mib = scene.limit.own_mib
    if own_mib is None:
        return Blame(Culprit.CONTAINER, say("It reached its limit."))  # which nobody knows
    return Blame(Culprit.CONTAINER, say("It reached its limit of {mib:,} MiB.", mib=own_mib))


def _together(count: int, limit_mib: int) -> str:
    if not count:
        return say("All containers together reached the task's limit of {mib:,} MiB.", mib=limit_mib)
    return say(
        "Its {count} containers together reached the task's limit of {mib:,} MiB.", count=count, mib=limit_mib
    )


def _growth(series: Series | None) -> float:
    """MiB between the first and the last sample; 0 where nobody knows."""
    samples = series.samples if series else ()
    return samples[-1].mib - samples[0].mib if samples else 0.0
