"""Lookups: kills of which only the task's ARN is known; ask ECS for the rest while it still knows."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import structlog

from bot.aws import tasks
from bot.aws.calls import AwsTrouble, Calls, Forbidden, Rejected
from bot.aws.message import from_arn_alone, from_described_task
from bot.domain import backoff
from bot.domain.arn import Arn
from bot.domain.death import Assessment
from bot.domain.route import Routes
from bot.reconcile.bench import Bench
from bot.store import deliveries, lookups
from bot.store.deliveries import Delivery
from bot.store.lookups import Lookup

log = structlog.get_logger(__name__)

_LEASE_FOR = timedelta(seconds=60)
_AT_ONCE = 10
_FORGOTTEN_AFTER = timedelta(hours=1)  # "at least one hour", says the API reference of DescribeTasks


class Lookups:
    """One pass asks ECS for up to ten tasks."""

    def __init__(self, bench: Bench, calls: Calls, *, routes: Routes, reopen_within: timedelta) -> None:
        """`routes` say which deaths count; `reopen_within` as for deliveries."""
        self._bench = bench
        self._db = bench.db
        self._calls = calls
        self._routes = routes
        self._reopen_within = reopen_within

    async def one_pass(self) -> bool:
        """Look up what is due; whether there was anything."""
        now = self._bench.clock()
        if not await self._db.read(lookups.due, now):
            return False
        leased = await self._db.write(
            lookups.lease, self._bench.worker, now, limit=_AT_ONCE, lease_for=_LEASE_FOR
        )
        for lookup in leased:
            await self._look_up(lookup)
        return bool(leased)

    async def _look_up(self, lookup: Lookup) -> None:
        now = self._bench.clock()
        try:
            task = await self._describe(lookup.task_arn)
        except (Forbidden, Rejected) as trouble:
            log.warning("lookup.refused", task_arn=lookup.task_arn, error=str(trouble))
            await self._record(lookup, from_arn_alone(lookup.task_arn, lookup.published_at))
            return
        except AwsTrouble as trouble:
            if now - lookup.published_at < _FORGOTTEN_AFTER:
                due_at = now + backoff.after(lookup.attempts + 1)
                await self._db.write(lookups.retry, lookup, due_at, str(trouble))
                return
            await self._record(lookup, from_arn_alone(lookup.task_arn, lookup.published_at))
            return
        assessment = None if task is None else from_described_task(task, now)
        if assessment is None or not assessment.kills:
            assessment = from_arn_alone(lookup.task_arn, lookup.published_at)
        await self._record(lookup, assessment)

    async def _describe(self, task_arn: str) -> Mapping[str, Any] | None:
        arn = Arn.parse(task_arn)
        if not arn.is_task:
            raise Rejected("InvalidArn", "not the ARN of a task")
        return await tasks.describe(
            self._calls, region=arn.region, cluster=arn.cluster or "default", task_arn=task_arn
        )

    async def _record(self, lookup: Lookup, assessment: Assessment) -> None:
        """Record the kill as if a delivery had told it whole."""
        await self._db.write(
            deliveries.record,
            Delivery(topic_arn="lookup", message_id=lookup.task_arn, published_at=lookup.published_at),
            assessment,
            self._bench.clock(),
            counts=self._routes.counts,
            reopen_within=self._reopen_within,
        )
        await self._db.write(lookups.done, lookup)
        log.info("lookup.recorded", task_arn=lookup.task_arn, kills=len(assessment.kills))
