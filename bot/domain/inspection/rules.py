"""Rules: what is wrong with a revision in use: its limits, its runtime's settings, and its headroom of two weeks."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from bot.domain.aws.task_definition import Container
from bot.domain.diagnosis.diagnosis import Finding
from bot.domain.inspection.history import History, Reading
from bot.domain.inspection.near import stuck_for
from bot.domain.inspection.remark import Inspection, Remark, Severity
from bot.domain.inspection.running import Running
from bot.domain.knobs import check, jvm
from bot.domain.knobs.box import Box
from bot.domain.telling.language import say

LOOKED_BACK = timedelta(days=14)
SEVERE_SHARE = 0.97  # of the limit
_CHANGED = 0.9  # times the peak since a deployment: below it, what ran before needed clearly less
_SETTLED = timedelta(hours=1)  # the old revision's tasks are gone by then

_HINTS = frozenset(
    {
        "knob.jvm.headroom",
        "knob.jvm.overridden",
        "knob.jvm.ignored",
        "knob.go.unset",
        "knob.node.default",
        "knob.node.ignored",
        "knob.glibc.arenas",
        "knob.glibc.unset",
        "knob.swap.unsupported",
    }
)


def inspect(histories: Iterable[History], *, percent: float, now: datetime) -> Inspection:
    """Everything that is wrong, the gravest first. `percent` of the limit is near it."""
    remarks, without, count = list[Remark](), list[Running](), 0
    for history in histories:
        count += 1
        remarks += of_revision(history.running)
        if history.peak(now - LOOKED_BACK) is None:
            without.append(history.running)
        remarks += _of_history(history, percent, now)
    remarks.sort(key=lambda one: (one.severity.rank, one.running.subject, one.container, one.rule))
    return Inspection(remarks=tuple(remarks), looked_at=count, without_data=tuple(without))


def of_revision(running: Running) -> Iterator[Remark]:
    """What its revision alone shows."""
    for container in running.definition.containers:
        yield from _limits(running, container)
        limit = container.memory_mib or running.definition.memory_mib
        for finding in check.findings(running.definition, container.name, limit):
            yield _of_finding(running, container, finding, limit)
    yield from _sum_of_limits(running)


def _limits(running: Running, container: Container) -> Iterator[Remark]:
    task_mib, own_mib = running.definition.memory_mib, container.memory_mib
    if own_mib is None and task_mib is None and not running.on_fargate:
        yield Remark(
            severity=Severity.SEVERE,
            rule="limit.none",
            running=running,
            container=container.name,
            words=say("No hard limit on a shared host: when it grows, its neighbours are killed, too."),
            evidence=_unlimited(container.reservation_mib),
            fix=say("Set memory, above its usual peak."),
        )
    if own_mib is not None and task_mib is not None and own_mib > task_mib:
        yield Remark(
            severity=Severity.SEVERE,
            rule="limit.above_task",
            running=running,
            container=container.name,
            words=say("The container's limit is above its task's: the task's is what kills."),
            evidence=say("memory {own:,} MiB in a task of {task:,} MiB", own=own_mib, task=task_mib),
            fix=say("Lower it to {mib:,} MiB at most, or raise the task.", mib=task_mib),
        )


def _unlimited(soft_mib: int | None) -> str:
    if not soft_mib:
        return say("no memory setting at all, neither memory of the container nor of the task")
    return say(
        "only memoryReservation {mib:,} MiB, neither memory of the container nor of the task", mib=soft_mib
    )


def _sum_of_limits(running: Running) -> Iterator[Remark]:
    task_mib = running.definition.memory_mib
    hard = [one.memory_mib or 0 for one in running.definition.containers]
    if task_mib is None or len(hard) < 2 or max(hard) > task_mib or sum(hard) <= task_mib:
        return
    yield Remark(
        severity=Severity.WARNING,
        rule="limit.sum_above_task",
        running=running,
        container="",
        words=say(
            "Together the containers may use more than their task has: any of them may be killed for it."
        ),
        evidence=say("limits of {sum:,} MiB in a task of {task:,} MiB", sum=sum(hard), task=task_mib),
        fix=say("Raise the task to {mib:,} MiB, or lower a container's limit.", mib=sum(hard)),
    )


def _of_finding(running: Running, container: Container, finding: Finding, limit_mib: int | None) -> Remark:
    return Remark(
        severity=_severity(finding, container, limit_mib),
        rule=finding.rule,
        running=running,
        container=container.name,
        words=finding.words,
        evidence=finding.evidence,
        fix=finding.fix,
        paste=finding.paste,
    )


def _severity(finding: Finding, container: Container, limit_mib: int | None) -> Severity:
    """A heap above the limit is a kill to come; too little room beside it, a likely one; the rest is advice."""
    if finding.rule == "knob.jvm.heap" and limit_mib:
        heap = jvm.heap_of(Box(container, limit_mib))
        return Severity.SEVERE if heap is not None and heap.mib >= limit_mib else Severity.WARNING
    return Severity.HINT if finding.rule in _HINTS else Severity.WARNING


def _of_history(history: History, percent: float, now: datetime) -> Iterator[Remark]:
    running, peak = history.running, history.peak(now - LOOKED_BACK)
    if peak is None or running.limit_mib is None:
        return
    share, stuck = history.share(peak), stuck_for(history, now)
    if share * 100 < percent and not stuck:
        return
    before = _before_the_image(history, now)
    since = running.deployed_at if before is not None and before < _CHANGED * share and not stuck else None
    rule, words = _name(stuck, is_of_image=since is not None)
    yield Remark(
        severity=Severity.SEVERE if share >= SEVERE_SHARE or stuck else Severity.WARNING,
        rule=rule,
        running=running,
        container="",
        words=words,
        evidence=_peak(history, peak, before, since),
        fix=say("Raise the limit, or find what grew; /oom near tells a size."),
    )


def _name(stuck: str, *, is_of_image: bool) -> tuple[str, str]:
    """Which rule it is, and its words."""
    if stuck:
        return "history.stuck", say("It is stuck at its limit: {why}.", why=stuck)
    if is_of_image:
        return "history.image", say("The limit does not fit what was deployed last.")
    return "history.headroom", say("Too little headroom over the last 14 days.")


def _peak(history: History, peak: Reading, before: float | None, since: datetime | None) -> str:
    """The peak; where a deployment made it, the share `before` that and its moment, `since`."""
    facts = {
        "used": history.mib(peak) or 0,
        "limit": history.running.limit_mib,
        "share": history.share(peak),
        "at": peak.at,
    }
    if since is None:
        return say(
            "peak {used:,.0f} of {limit:,} MiB ({share:.0%}) in the hour from {at:%Y-%m-%d %H:%M} UTC",
            **facts,
        )
    return say(
        "peak {used:,.0f} of {limit:,} MiB ({share:.0%}) in the hour from {at:%Y-%m-%d %H:%M} UTC, {before:.0%} before the "
        "deployment of {since:%Y-%m-%d %H:%M} UTC",
        before=before,
        since=since,
        **facts,
    )


def _before_the_image(history: History, now: datetime) -> float | None:
    """How near it came before its last deployment; None where the peak is older than that, or nobody knows."""
    deployed_at, since = history.running.deployed_at, now - LOOKED_BACK
    if deployed_at is None or deployed_at <= since:
        return None
    after, before = history.peak(deployed_at + _SETTLED), history.peak(since, deployed_at)
    whole = history.peak(since)
    return history.share(before) if after and before and after == whole else None
