"""Task verdicts: every death in one state of a task, and what they amount to."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.kills.death import Assessment, Death
from bot.domain.kills.ruling import OOM_KILLED, Ruling, has_ended, ruling_of
from bot.domain.kills.stop import Cause
from bot.domain.kills.task_state import ContainerState, TaskState
from bot.domain.kills.verdict import Confidence, Verdict
from bot.domain.telling.language import say
from bot.domain.telling.listed import clauses

FASTEST_CLOCK = timedelta(
    days=1
)  # a time further ahead is nonsense and would keep its incident open for ever
WHOLE_TASK = ContainerState(name="")


def assess_task(task: TaskState, now: datetime) -> Assessment:
    """The verdict on a task: of its containers, else of its stop as a whole."""
    deaths = tuple(
        _death(task, container, ruling_of(container, task), now)
        for container in task.containers
        if has_ended(container, task)
    )
    if all(death.verdict is Verdict.NONE for death in deaths):
        whole = _ruling_of_whole(task)
        if whole is not None:
            at_fault = _death(task, _only_container(task, whole), whole, now)
            deaths = (*(death for death in deaths if death.container != at_fault.container), at_fault)
    if deaths:
        return told_worst_first(deaths)
    return Assessment(verdict=Verdict.NONE, why=_nothing_ended(task))


def told_worst_first(deaths: Iterable[Death]) -> Assessment:
    """The assessment of these deaths (at least one): the worst verdict, and why each of them got it."""
    ordered = sorted(deaths, key=lambda death: death.verdict.severity)
    worst = ordered[0].verdict
    reasons = dict.fromkeys(death.reason for death in ordered if death.verdict is worst)
    return Assessment(verdict=worst, why=clauses(list(reasons)[:3]), deaths=tuple(ordered))


def _ruling_of_whole(task: TaskState) -> Ruling | None:
    """The verdict on a task whose containers were not at fault: it failed a check, or never started."""
    has_begun = task.started_at is not None or any(part.exit_code is not None for part in task.containers)
    if task.stop.cause is Cause.FAILED:
        has_ended_somewhere = task.has_stopped or any(has_ended(part, task) for part in task.containers)
        told = say("The task was stopped: {why}", why=task.stop.told)
        return _failure(told) if has_ended_somewhere else None
    if not task.has_stopped or task.stop.cause is Cause.ASKED:
        return None
    if task.stop.cause is Cause.NOT_STARTED:
        if OOM_KILLED.search(task.stop.told):
            words = say("The memory limit is too low for the task to start: {why}", why=task.stop.told)
            return Ruling(Verdict.OOM, Confidence.LIKELY, words)
        return _failure(say("The task failed to start: {why}", why=task.stop.told))
    if task.status == "STOPPED" and not has_begun:
        why = task.stop.told or say("ECS gave no reason")
        return _failure(say("The task stopped before it had started: {why}", why=why))
    return None


def _failure(words: str) -> Ruling:
    return Ruling(Verdict.FAILURE, Confidence.CERTAIN, words)


def _only_container(task: TaskState, ruling: Ruling) -> ContainerState:
    """Out of memory is a container's fault: the task's only one, where it has one; a failure is the task's own."""
    if ruling.verdict.is_kill and len(task.containers) == 1:
        return task.containers[0]
    return WHOLE_TASK


def _death(task: TaskState, container: ContainerState, ruling: Ruling, now: datetime) -> Death:
    ended_at = task.ended_at
    return Death(
        group_key=replace(task.owner, container=container.name),
        task_arn=task.arn,
        container=container.name,
        verdict=ruling.verdict,
        confidence=ruling.confidence,
        reason=ruling.reason,
        died_at=now if ended_at is None or ended_at > now + FASTEST_CLOCK else ended_at,
        started_at=task.started_at,
        exit_code=container.exit_code,
        task_version=task.version,
        task_definition_arn=task.definition_arn,
        limits=container.limits,
        launch_type=task.launch_type,
        image=container.image,
        image_digest=container.image_digest,
        started_by=task.started_by,
        container_instance_arn=task.container_instance_arn,
        availability_zone=task.availability_zone,
        task_stopped=task.is_stopping,
    )


def _nothing_ended(task: TaskState) -> str:
    if task.stop.cause is Cause.ASKED:
        return say("The task was stopped on request, no container's end is told: {why}", why=task.stop.told)
    if not task.status:
        return say("No container has ended")
    return say("No container has ended: the task is {status}", status=task.status)
