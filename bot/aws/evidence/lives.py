"""Lives: the memory of the dead task and of earlier ones, from the best source that has any."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.aws.evidence import insights, metrics, performance_log
from bot.aws.evidence.gaps import Gaps
from bot.aws.evidence.performance_log import PerformanceLog
from bot.aws.evidence.site import Site
from bot.aws.trouble import AwsTrouble, Forbidden, Unreachable
from bot.domain.aws.arn import Arn
from bot.domain.aws.task_definition import TaskDefinition
from bot.domain.diagnosis.evidence import Evidence, Gap, Source
from bot.domain.diagnosis.series import Series, SeriesSource
from bot.domain.kills.death import Death
from bot.domain.subject.group_key import OwnerKind
from bot.domain.telling.language import mark, say

MOST_LIVES = 20
_NO_DATA = mark("there is no record of it (yet): that proves nothing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What was found; `own` is of the newest death."""

    own: Series | None = None
    others: tuple[Series, ...] = ()
    earlier: tuple[Series, ...] = ()

    def added_to(self, evidence: Evidence) -> Evidence:
        """The evidence with it."""
        return replace(evidence, series=self.own, earlier=self.earlier, others=self.others)


@dataclass(slots=True)
class Memories:
    """Reads the memory of one death. `history` says how far back earlier lives are looked for; zero for not at all."""

    log: PerformanceLog
    site: Site
    gaps: Gaps
    history: timedelta = field(default=timedelta(hours=24))

    async def of_task(self, death: Death) -> dict[str, Series]:
        """By container, from the performance log; {} and a gap where that tells nothing. Never raises."""
        task = Arn.parse(death.task_arn)
        cluster, task_id = task.cluster or death.group_key.cluster, task.name
        if not task.is_task:
            return {}  # an alarm tells of no task
        if not self.log.insights.is_on:
            self.gaps.add(
                Gap(source=Source.SERIES, why=say("Logs Insights is switched off in OOM Guard's settings"))
            )
            return {}
        if not performance_log.may_ask(cluster) or not performance_log.may_ask_of(task_id):
            self.gaps.add(Gap(source=Source.SERIES, why=say("its id is none that ECS gives")))
            return {}
        try:
            dead = performance_log.Dead(cluster=cluster, task_id=task_id, died_at=death.died_at)
            found = await self.log.of_task(self.site, dead)
        except AwsTrouble as trouble:
            self._tell(trouble, cluster)
            return {}
        if not found:
            self._may_come(say(_NO_DATA))
        return found

    async def of_family(self, deaths: Sequence[Death], family: str) -> tuple[Series, ...]:
        """Earlier lives of the container, newest first; () where nothing tells, of which `of_task` has said so."""
        death = deaths[0]
        cluster, container = Arn.parse(death.task_arn).cluster or death.group_key.cluster, death.container
        is_known = self.log.insights.is_on and performance_log.may_ask(cluster, family, container)
        if not self.history or not is_known or not Arn.parse(death.task_arn).is_task:
            return ()
        since = death.died_at - self.history
        wanted = performance_log.Lives(
            cluster=cluster, family=family, container=container, since=since, until=death.died_at
        )
        try:
            found = await self.log.of_family(self.site, wanted)
        except AwsTrouble:
            return ()
        found.pop(Arn.parse(death.task_arn).name, None)
        return _newest_first(found, {Arn.parse(one.task_arn).name: one for one in deaths}, since)

    async def of_service(self, death: Death, definition: TaskDefinition | None) -> Series | None:
        """From CloudWatch's metrics, the container's own or the service's. Never raises."""
        own, percent = await self.gaps.within(Source.SERIES, self._metrics(death, definition)) or (None, None)
        if own is not None:
            return own
        reserved = _reserved_mib(death, definition)
        if percent is not None and reserved:
            return metrics.in_mib(percent, reserved)
        self.gaps.add(Gap(source=Source.SERIES, why=say(_NO_DATA)))
        return None

    async def _metrics(
        self, death: Death, definition: TaskDefinition | None
    ) -> tuple[Series | None, Series | None]:
        key, task = death.group_key, Arn.parse(death.task_arn)
        is_task = definition is not None and Arn.parse(definition.arn).kind == "task-definition"
        dimensions = {
            "ClusterName": task.cluster or key.cluster,  # of a Batch job the key names the queue
            "ServiceName": key.name if key.kind is OwnerKind.SERVICE else "",
            "TaskDefinitionFamily": definition.family if definition and is_task else "",
            "TaskId": task.name if task.is_task else "",
            "ContainerName": death.container,
        }
        return await metrics.of_container(self.site, dimensions, death.died_at)

    def _tell(self, trouble: AwsTrouble, cluster: str) -> None:
        if insights.is_off(trouble):
            why = say("Container Insights is off in cluster {cluster}", cluster=cluster)
            self.gaps.add(Gap(source=Source.SERIES, why=why))
        elif isinstance(trouble, Forbidden):
            self.gaps.add(Gap(source=Source.SERIES, why=str(trouble), permission=trouble.action))
        elif isinstance(trouble, Unreachable) or insights.is_busy(trouble):
            self._may_come(str(trouble))
        else:
            self.gaps.add(Gap(source=Source.SERIES, why=str(trouble)))

    def _may_come(self, why: str) -> None:
        self.gaps.add(Gap(source=Source.SERIES, why=why))
        self.gaps.may_close = True


def lived(series: Series, death: Death) -> Series:
    """The series of a life that ended in this death."""
    return replace(
        series, started_at=death.started_at, ended_at=death.died_at, was_killed=death.verdict.is_kill
    )


def is_late(series: Series | None, died_at: datetime) -> bool:
    """Whether the last minutes before the death lack: records come minutes late."""
    if series is None or series.source is not SeriesSource.CONTAINER_INSIGHTS or not series.samples:
        return False
    return series.samples[-1].at < died_at - timedelta(seconds=2 * series.step_s)


def _newest_first(
    found: Mapping[str, Series], deaths: Mapping[str, Death], since: datetime
) -> tuple[Series, ...]:
    """Those that were killed are kept first; of a life of which no death is known only the samples tell."""
    lives = [
        lived(series, deaths[task]) if task in deaths else replace(series, started_at=_start(series, since))
        for task, series in found.items()
        if series.samples
    ]
    chosen = sorted(lives, key=lambda one: (one.was_killed, one.samples[-1].at), reverse=True)[:MOST_LIVES]
    return tuple(sorted(chosen, key=lambda one: one.samples[-1].at, reverse=True))


def _start(series: Series, since: datetime) -> datetime | None:
    """Its first sample's time; None where it may have lived before the span that was read."""
    first = series.samples[0].at
    return first if first > since + timedelta(seconds=2 * series.step_s) else None


def _reserved_mib(death: Death, definition: TaskDefinition | None) -> float | None:
    """What MemoryUtilization is a percentage of: the task's size, else what its containers reserve."""
    if definition is None:
        return death.limits.task_mib
    if definition.memory_mib:
        return definition.memory_mib
    return _total(one.reservation_mib or one.memory_mib for one in definition.containers)


def _total(sizes: Iterable[int | None]) -> float | None:
    return sum(size or 0 for size in sizes) or None
