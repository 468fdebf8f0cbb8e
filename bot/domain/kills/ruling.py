"""Rulings: what the end of one container was, by the decision table of facts/ecs.md §1.5.

The table's rows are the functions below, in its order; the first that answers rules.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.kills.death import Death
from bot.domain.kills.stop import Cause
from bot.domain.kills.task_state import ContainerState, TaskState
from bot.domain.kills.verdict import Confidence, Verdict
from bot.domain.telling.language import mark, say
from bot.domain.telling.listed import clauses

OUT_OF_MEMORY = re.compile(r"\s*out\s*of\s*memory", re.IGNORECASE)
OOM_KILLED = re.compile(
    r"\boom[- ]?killed\b", re.IGNORECASE
)  # "container init was OOM-killed (memory limit too low?)"
HIDES_THE_REASON = re.compile(r"\s*(CannotStopContainer|DockerTimeout|ContainerRuntimeTimeout)Error\b")
SIGKILL, SIGTERM = 128 + 9, 128 + 15
WINDOWS_NO_MEMORY = {0xC0000017, 0xC000012D}  # STATUS_NO_MEMORY, STATUS_COMMITMENT_LIMIT
INJECTED_WORDS = mark("AWS injected this container, so it has no line in the task definition to resize")


@dataclass(frozen=True, slots=True)
class Ruling:
    """The verdict on one container's end, how sure it is, and why in words."""

    verdict: Verdict
    confidence: Confidence
    reason: str


def ruling_of(container: ContainerState, task: TaskState) -> Ruling:
    """The verdict on a container that has ended."""
    for row in (
        _told_oom,
        _never_ran,
        _stopped_on_request,
        _stopped_with_its_task,
        _killed,
        _killed_and_misreported,
        _no_memory,
        _failed,
    ):
        ruling = row(container, task)
        if ruling is not None:
            return ruling
    if container.exit_code is None:
        told = say("Container {name} ended; no exit code is told", name=container.name)
    else:
        told = _with_exit(say("Container {name} ended normally", name=container.name), container)
    return Ruling(Verdict.NONE, Confidence.CERTAIN, told)


def has_ended(container: ContainerState, task: TaskState) -> bool:
    """Whether the event tells of this container's end. An OOM reason does, whatever the status beside it."""
    if container.status == "STOPPED" or is_out_of_memory(container):
        return True
    tells = container.exit_code is not None or bool(container.reason)
    return tells and (not container.status or task.status == "STOPPED")


def is_out_of_memory(container: ContainerState) -> bool:
    """Whether ECS itself says so. Only the container's reason counts: stoppedReason is free text."""
    return bool(OUT_OF_MEMORY.match(container.reason) or OOM_KILLED.search(container.reason))


def never_ran(death: Death) -> bool:
    """Whether the limit did not even let it start; known by AWS's word, which its reason has in every language."""
    return death.verdict is Verdict.OOM and bool(OOM_KILLED.search(death.reason))


def _told_oom(container: ContainerState, task: TaskState) -> Ruling | None:
    if not OUT_OF_MEMORY.match(container.reason):
        return None
    words = _with_exit(
        say("ECS reported OutOfMemoryError for container {name}", name=container.name), container
    )
    if container.exit_code is None:
        words = say("{words}, without an exit code", words=words)
    elif container.exit_code == 0:
        words = say("{words}: a process in it was killed, the container itself ended normally", words=words)
    elif container.exit_code == 1:
        words = say("{words}: a process in it was killed, then the container ended by itself", words=words)
    # Without an exit code the flag can be a stale one of a container that lives (amazon-ecs-agent#5135).
    sure = Confidence.LIKELY if container.exit_code is None else Confidence.CERTAIN
    return Ruling(Verdict.OOM, sure, _noted(words, container, task))


def _never_ran(container: ContainerState, task: TaskState) -> Ruling | None:
    if not OOM_KILLED.search(container.reason):
        return None
    words = say(
        "Container {name} was OOM-killed before it could start: its memory limit is too low",
        name=container.name,
    )
    words = _noted(_with_exit(words, container), container, task)
    return Ruling(Verdict.OOM, Confidence.CERTAIN, words)


def _stopped_on_request(container: ContainerState, task: TaskState) -> Ruling | None:
    if task.stop.cause not in {Cause.ASKED, Cause.FAILED}:
        return None
    ended = _with_exit(say("Container {name} ended", name=container.name), container)
    words = say("{ended} because its task was stopped: {why}", ended=ended, why=task.stop.told)
    return Ruling(Verdict.NONE, Confidence.CERTAIN, words)


def _stopped_with_its_task(container: ContainerState, task: TaskState) -> Ruling | None:
    """A bystander: the end of another container ended the task, and this one got the signals of the stop."""
    if not task.is_stopping or container.exit_code not in {SIGKILL, SIGTERM} or container.reason:
        return None
    others = [other for other in task.containers if other is not container and has_ended(other, task)]
    culprit = next((other for other in others if is_out_of_memory(other)), None)
    words = _with_exit(say("Container {name} was stopped with its task", name=container.name), container)
    if culprit is not None:
        words = say("{words}: {culprit} ran out of memory", words=words, culprit=culprit.name)
        return Ruling(Verdict.NONE, Confidence.LIKELY, words)
    ended_first = [
        other for other in others if not other.is_injected and other.exit_code not in {None, SIGTERM}
    ]
    if ended_first and (container.exit_code == SIGTERM or container.is_injected):
        return Ruling(Verdict.NONE, Confidence.LIKELY, words)
    return None


def _killed(container: ContainerState, task: TaskState) -> Ruling | None:
    if container.exit_code != SIGKILL or container.reason or not _ended_by_itself(task):
        return None
    words = _killed_for_nothing(container, is_alone=task.stop.cause is Cause.BY_ITSELF)
    sure, first = _sureness(task), _ended_first(container, task)
    if first:
        ended = _with_exit(say("{name} ended too", name=first[0].name), first[0])
        words = clauses([words, say("{ended}, so a stop timeout explains it as well", ended=ended)])
        sure = Confidence.UNSURE
    return Ruling(Verdict.SUSPECTED_OOM, sure, _noted(words, container, task))


def _killed_for_nothing(container: ContainerState, *, is_alone: bool) -> str:
    if is_alone:
        return say(
            "Container {name} was killed (exit code 137), its task was not asked to stop, and ECS gave no reason",
            name=container.name,
        )
    return say(
        "Container {name} was killed (exit code 137), no stop of its task is told, and ECS gave no reason",
        name=container.name,
    )


def _killed_and_misreported(container: ContainerState, task: TaskState) -> Ruling | None:
    """ECS shows the first error only (facts/ecs.md §1.3): one of its own about the stop may hide OutOfMemoryError.

    Not so where another container ended the task: then the stop itself is what failed.
    """
    if container.exit_code != SIGKILL or not HIDES_THE_REASON.match(container.reason):
        return None
    if not _ended_by_itself(task) or _ended_first(container, task):
        return None
    words = say(
        "Container {name} was killed (exit code 137); ECS tells its first error only, which may hide an OOM: {error}",
        name=container.name,
        error=container.reason[:200],
    )
    return Ruling(Verdict.SUSPECTED_OOM, Confidence.UNSURE, _noted(words, container, task))


def _no_memory(container: ContainerState, task: TaskState) -> Ruling | None:
    code = container.exit_code
    if code is None or code % 2**32 not in WINDOWS_NO_MEMORY or not _ended_by_itself(task):
        return None
    words = say(
        "Container {name} ended with Windows' code for no memory (0x{code:08X})",
        name=container.name,
        code=code % 2**32,
    )
    return Ruling(Verdict.SUSPECTED_OOM, Confidence.LIKELY, _noted(words, container, task))


def _failed(container: ContainerState, _task: TaskState) -> Ruling | None:
    code, reason = container.exit_code, container.reason[:200]
    if code == 0 or (code is None and not reason):
        return None
    words = _with_exit(say("Container {name} failed", name=container.name), container)
    told = say("{what}: {words}", what=words, words=reason) if reason else words
    return Ruling(Verdict.FAILURE, Confidence.CERTAIN, told)


def _ended_by_itself(task: TaskState) -> bool:
    return task.stop.cause in {Cause.BY_ITSELF, Cause.UNTOLD}


def _ended_first(container: ContainerState, task: TaskState) -> list[ContainerState]:
    """Other containers that ended neither by the stop's signals nor by AWS: one of them may have ended the task."""
    return [
        other
        for other in task.containers
        if other is not container
        and not other.is_injected
        and has_ended(other, task)
        and other.exit_code not in {None, SIGKILL, SIGTERM}
    ]


def _sureness(task: TaskState) -> Confidence:
    candidates: Sequence[ContainerState] = [part for part in task.containers if part.exit_code == SIGKILL]
    is_plain = task.stop.cause is Cause.BY_ITSELF and len(candidates) == 1
    return Confidence.LIKELY if is_plain else Confidence.UNSURE


def _with_exit(words: str, container: ContainerState) -> str:
    if container.exit_code is None:
        return words
    return say("{words} (exit code {code})", words=words, code=container.exit_code)


def _noted(words: str, container: ContainerState, task: TaskState) -> str:
    runs_on = "" if task.is_stopping else say("its task runs on")
    return clauses([words, runs_on, say(INJECTED_WORDS) if container.is_injected else ""])
