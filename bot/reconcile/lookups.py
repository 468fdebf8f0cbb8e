"""Lookups: kills of which only the task's ARN is known; ask ECS for the rest while it still knows."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.aws import tasks
from bot.aws.calls import AwsTrouble, Calls, Forbidden, Rejected
from bot.aws.message import from_arn_alone, from_described_task
from bot.domain.aws.arn import Arn
from bot.domain.calendar import backoff
from bot.domain.kills.death import Assessment
from bot.domain.routing.route import Routes
from bot.reconcile.bench import Bench
from bot.reconcile.leasing import leasing_pass
from bot.store import deliveries, lookups
from bot.store.deliveries import Delivery
from bot.store.ledger import Rules
from bot.store.lookups import Lookup

log = structlog.get_logger(__name__)

_TOLD_BARE_AFTER = timedelta(minutes=2)  # an alert without details beats none
_ASKED_AGAIN_AFTER = timedelta(seconds=20)
_SETTLED_AFTER = timedelta(minutes=3)  # a stop timeout is at most 120 s
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
        return await leasing_pass(self._bench, lookups.due, lookups.lease, self._look_up)

    async def _look_up(self, lookup: Lookup) -> None:
        now = self._bench.clock()
        try:
            task = await self._describe(lookup.task_arn)
        except (Forbidden, Rejected) as trouble:
            log.warning("lookup.refused", task_arn=lookup.task_arn, error=trouble.english)
            await self._record_bare(lookup)
        except AwsTrouble as trouble:
            if not await self._ask_later(lookup, trouble, now):
                return
        else:
            if not await self._record_described(lookup, task, now):
                return
        await self._db.write(lookups.done, lookup)

    async def _ask_later(self, lookup: Lookup, trouble: AwsTrouble, now: datetime) -> bool:
        """Whether it is too late to ask again. Who waits for an alert is not kept waiting for its details."""
        age = now - lookup.published_at
        if age >= _TOLD_BARE_AFTER:
            await self._record_bare(lookup)
        if age >= _FORGOTTEN_AFTER:
            return True
        log.warning(
            "lookup.put_off", task_arn=lookup.task_arn, error=trouble.english, attempts=lookup.attempts
        )
        await self._db.write(lookups.retry, lookup, now + backoff.after(lookup.attempts + 1), str(trouble))
        return False

    async def _describe(self, task_arn: str) -> Mapping[str, Any] | None:
        arn = Arn.parse(task_arn)
        if not arn.is_task:
            raise Rejected("InvalidArn", "not the ARN of a task")
        return await tasks.describe(
            self._calls, region=arn.region, cluster=arn.cluster or "default", task_arn=task_arn
        )

    async def _record_described(self, lookup: Lookup, task: Mapping[str, Any] | None, now: datetime) -> bool:
        """Whether it was ECS's last word: while the task stops, one more of its containers may be killed."""
        if task is None:
            await self._record_bare(lookup)
            return True
        assessment = self._bench.tongues.assessed(lambda: from_described_task(task, now))
        is_changing = task.get("lastStatus") != "STOPPED" and all(d.task_stopped for d in assessment.deaths)
        if assessment.kills:
            await self._record(lookup, "described", assessment)
        if is_changing and now - lookup.published_at < _SETTLED_AFTER:
            await self._db.write(
                lookups.retry, lookup, now + _ASKED_AGAIN_AFTER, "the task has not stopped yet"
            )
            return False
        if not assessment.deaths:
            # Of a task on which nothing ended, the sentence said something else, such as what took its place.
            log.info("lookup.nothing_ended", task_arn=lookup.task_arn)
        elif not assessment.kills:
            await self._record_bare(lookup)
        return True

    async def _record_bare(self, lookup: Lookup) -> None:
        told = self._bench.tongues.assessed(lambda: from_arn_alone(lookup.task_arn, lookup.published_at))
        await self._record(lookup, "bare", told)

    async def _record(self, lookup: Lookup, how: str, assessment: Assessment) -> None:
        """Record the kill as a delivery would; details take the place of the bare kill.

        Each answer is a delivery of its own, as the next about the same task may tell of one more container.
        """
        await deliveries.record(
            self._db,
            Delivery("lookup", f"{how} {lookup.id}/{lookup.fence}", lookup.published_at),
            assessment,
            self._bench.clock(),
            Rules(counts=self._routes.counts, reopen_within=self._reopen_within),
        )
        log.info("lookup.recorded", how=how, task_arn=lookup.task_arn, kills=len(assessment.kills))
