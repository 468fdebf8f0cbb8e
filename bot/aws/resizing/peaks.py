"""Peaks: the most memory that the new revision was seen to use since its deployment was steady."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.aws.evidence import metrics
from bot.aws.evidence.insights import Insights, Query, quoted
from bot.aws.evidence.kept import Kept
from bot.aws.evidence.performance_log import group, may_ask
from bot.aws.evidence.site import Site
from bot.aws.trouble import AwsTrouble
from bot.domain.aws.arn import Arn
from bot.domain.plan.plan import TargetKind
from bot.domain.resize.resize import Resize
from bot.domain.resize.watch import limit_mib

log = structlog.get_logger(__name__)

_LOG_KEPT_S = 1800.0  # queries are paid by what they scan
_METRIC_KEPT_S = 300.0
_LATE = timedelta(minutes=3)  # records come minutes later


class Peaks:
    """Asks Container Insights' log now and then, and the service's metric where there is no such log."""

    def __init__(self, insights: Insights, clock: Callable[[], datetime]) -> None:
        """`clock` gives aware UTC; what was asked lately is not asked again."""
        self._insights = insights
        self._clock = clock
        self._logged: Kept[float | None] = Kept(_LOG_KEPT_S, clock=self._seconds)
        self._measured: Kept[float | None] = Kept(_METRIC_KEPT_S, clock=self._seconds)

    def _seconds(self) -> float:
        return self._clock().timestamp()

    async def of(self, site: Site, resize: Resize) -> float | None:
        """MiB, of the planned container or, where only the task is limited, of the whole task; None for no record."""
        steady_at, now = resize.status.steady_at, self._clock()
        if steady_at is None or resize.spec.plan.target.kind is TargetKind.JOB or now < steady_at + _LATE:
            return None
        is_over = resize.watch_ends_at is not None and now + _LATE >= resize.watch_ends_at
        question = (resize.spec.id, steady_at, is_over)
        try:
            found = None
            if self._insights.is_on:
                found = await self._logged.get(question, lambda: self._from_log(site, resize, steady_at))
            if found is None:
                found = await self._measured.get(question, lambda: self._from_metric(site, resize, steady_at))
        except AwsTrouble as trouble:
            log.info("resize.peak_unknown", resize_id=resize.spec.id, error=trouble.english)
            return None
        return found

    async def _from_log(self, site: Site, resize: Resize, since: datetime) -> float | None:
        arn, cluster = Arn.parse(resize.status.new_revision_arn), resize.spec.plan.target.subject.cluster
        if arn.revision is None or not may_ask(cluster, arn.name, resize.spec.plan.container):
            return None
        whose = (
            f"TaskDefinitionFamily={quoted(arn.name)} and TaskDefinitionRevision={quoted(str(arn.revision))}"
        )
        what = 'Type="Task"'
        if _has_own_limit(resize):
            what = f'Type="Container" and ContainerName={quoted(resize.spec.plan.container)}'
        asked = (f"filter {what} and {whose}", "stats max(MemoryUtilized) as peak by TaskDefinitionFamily")
        query = Query(group=group(cluster), text=" | ".join(asked), since=since, until=self._clock())
        try:
            rows = await self._insights.rows(site, query)
        except AwsTrouble as trouble:
            log.info("resize.log_unknown", resize_id=resize.spec.id, error=trouble.english)
            return None
        return max((peak for row in rows if (peak := _number(row.get("peak", ""))) is not None), default=None)

    async def _from_metric(self, site: Site, resize: Resize, since: datetime) -> float | None:
        """In per cent of the task: of a container only where nothing else is in it."""
        plan, limit = resize.spec.plan, limit_mib(resize)
        is_alone = plan.change is not None and (plan.change.task_memory_mib[1] or limit) == limit
        if plan.target.kind is not TargetKind.SERVICE or limit is None or not is_alone:
            return None
        subject = plan.target.subject
        dimensions = {"ClusterName": subject.cluster, "ServiceName": subject.name}
        _, percent = await metrics.of_container(site, dimensions, self._clock())
        if percent is None:
            return None
        samples = metrics.in_mib(percent, float(limit)).samples
        return max((one.mib for one in samples if one.at >= since), default=None)


def _has_own_limit(resize: Resize) -> bool:
    change, name = resize.spec.plan.change, resize.spec.plan.container
    return change is not None and any(one.new_memory_mib for one in change.containers if one.name == name)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
