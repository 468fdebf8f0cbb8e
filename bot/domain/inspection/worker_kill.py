"""Worker kills: a process killed inside a container that lived on; ECS tells of none of them, only the log does."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.diagnosis.diagnosis import Finding
from bot.domain.diagnosis.evidence import LogLine
from bot.domain.inspection.running import Running
from bot.domain.kills.death import Death, Limits
from bot.domain.kills.verdict import Confidence, Verdict
from bot.domain.signatures.silent import find_worker_kills
from bot.domain.subject.group_key import GroupKey
from bot.domain.telling.language import say

_PID = re.compile(r"\b(?:pid|process|worker)\b[^\d\n]{0,12}(\d{1,10})", re.IGNORECASE | re.ASCII)
_LONGEST = 300  # characters of a reason
_AROUND = timedelta(minutes=2)  # of a container's own death: then ECS told of it


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One masked line of one container's log; `task` is the task's id."""

    task: str
    container: str
    line: LogLine


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerKill:
    """One of them. `pid` is "" where the line does not tell it; `finding` is what the masked line tells."""

    task: str
    container: str
    line: LogLine
    pid: str
    finding: Finding

    @property
    def at(self) -> datetime:
        """The line's moment."""
        return self.line.at

    @property
    def name(self) -> str:
        """What makes it one: task, container, minute and process. The same kill may be told by several lines."""
        return f"{self.task}/{self.container}#{self.at:%Y-%m-%dT%H:%M}#{self.pid}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What the logs of one service tell, newest first; `lines` were looked at; `is_cut`: there were more.

    `known`: how many of them ECS told of, too, as the container itself died: those are no silent kills.
    """

    running: Running
    span: timedelta
    kills: tuple[WorkerKill, ...]
    lines: int = 0
    known: int = 0
    is_cut: bool = False
    gaps: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()  # of the gaps, those that a permission would close


def as_death(kill: WorkerKill, running: Running) -> Death:
    """For the history: no death of a task, so it is named after its service and what makes it one.

    Its reason is told in the language that is spoken now.
    """
    subject, definition = running.subject, running.definition
    container = definition.container(kill.container)
    own_mib = container.memory_mib if container else None
    place = f"arn:aws:ecs:{subject.region}:{subject.account}:service/{subject.cluster}/{subject.name}"
    return Death(
        group_key=GroupKey(
            subject.account, subject.region, subject.cluster, subject.kind, subject.name, kill.container
        ),
        task_arn=f"{place}#{kill.name.replace('/', ':')}",
        container=kill.container,
        verdict=Verdict.SILENT_KILL,
        confidence=Confidence.LIKELY,
        reason=_reason(kill)[:_LONGEST],
        died_at=kill.at,
        task_definition_arn=definition.arn,
        limits=Limits(container_mib=own_mib, task_mib=definition.memory_mib),
        image=container.image if container else "",
    )


def _reason(kill: WorkerKill) -> str:
    told = next(
        iter(find_worker_kills((kill.line,))), kill.finding
    )  # `finding` may be told in another language
    words = told.words.rstrip(".。")
    return say("{words} (task {task}: {line})", words=words, task=kill.task[:8], line=told.evidence)


def worker_kills(lines: Iterable[TaskLine]) -> list[WorkerKill]:
    """Each once, oldest first."""
    found: dict[str, WorkerKill] = {}
    for one in sorted(lines, key=lambda one: one.line.at):
        finding = next(iter(find_worker_kills((one.line,))), None)
        if finding is not None:
            pid = _PID.search(one.line.text)
            kill = WorkerKill(
                task=one.task,
                container=one.container,
                line=one.line,
                pid=pid[1] if pid else "",
                finding=finding,
            )
            found.setdefault(kill.name, kill)
    return list(found.values())


def untold(
    kills: Iterable[WorkerKill], told: Sequence[tuple[str, str, datetime]]
) -> tuple[list[WorkerKill], int]:
    """Those that no event told of, newest first, and how many one did: `told` are deaths: task id, container, moment."""
    found, known = [], 0
    for kill in kills:
        if any(
            (kill.task, kill.container) == (task, container) and abs(kill.at - at) <= _AROUND
            for task, container, at in told
        ):
            known += 1
        else:
            found.append(kill)
    return sorted(found, key=lambda one: one.at, reverse=True), known
