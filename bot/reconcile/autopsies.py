"""Autopsies: look at the last log lines of containers that failed, and tell of those whose runtime ran out of memory."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import structlog

from bot.domain.diagnosis.diagnosis import Finding
from bot.domain.diagnosis.evidence import LogLine
from bot.domain.investigation import autopsy
from bot.domain.kills.death import Death
from bot.domain.routing.route import Routes
from bot.domain.telling.language import speaking
from bot.reconcile.bench import Bench
from bot.reconcile.leasing import leasing_pass
from bot.store import autopsies, deliveries
from bot.store.autopsies import Autopsy
from bot.store.deliveries import Delivery
from bot.store.ledger import Rules

log = structlog.get_logger(__name__)

ReadLog = Callable[[Death], Awaitable[Sequence[LogLine] | str]]

_NEXT_AFTER = timedelta(
    seconds=10
)  # where memory was found: the others of its revision are likely to be kills, too
_AGAIN_AFTER = timedelta(minutes=10)  # where nothing was: a crash loop says the same each time
_TRIED_AGAIN_AFTER = (timedelta(minutes=1), timedelta(minutes=5))  # AWS throttles, lines come late
MEMORY, OTHER, UNREAD = "memory", "other", "unread"


class Autopsies:
    """One pass looks at up to ten logs."""

    def __init__(self, bench: Bench, read_log: ReadLog, *, routes: Routes, reopen_within: timedelta) -> None:
        """`read_log` gives a container's last lines, oldest first, or in words why there are none; it never raises.

        `routes` say which deaths count; `reopen_within` as for deliveries.
        """
        self._bench = bench
        self._db = bench.db
        self._read_log = read_log
        self._routes = routes
        self._reopen_within = reopen_within

    async def one_pass(self) -> bool:
        """Look at what is due; whether there was anything."""
        return await leasing_pass(self._bench, autopsies.due, autopsies.lease, self._examine)

    async def _examine(self, held: Autopsy) -> None:
        result, finding = await self._look(held.death)
        if result is UNREAD and held.death is not None and held.attempts < len(_TRIED_AGAIN_AFTER):
            now = self._bench.clock()
            due_at = now + _TRIED_AGAIN_AFTER[held.attempts]
            await self._db.write(autopsies.retry, held, now, due_at=due_at)
            return
        if held.death is not None and finding is not None:
            await self._tell(held, held.death, finding)
        rests = _NEXT_AFTER if finding else _AGAIN_AFTER
        now = self._bench.clock()
        await self._db.write(autopsies.done, held, now, rests=rests, speaks_for_all=finding is None)
        self._bench.metrics.examined(result)

    async def _look(self, death: Death | None) -> tuple[str, Finding | None]:
        if death is None:
            return UNREAD, None
        lines = await self._read_log(death)
        if isinstance(lines, str):
            log.info("autopsy.log_not_read", task_arn=death.task_arn, why=lines)
            return UNREAD, None
        # In a thread: hundreds of lines are matched against dozens of patterns. What they tell is kept.
        with speaking(self._bench.tongues.of(death.group_key)):
            finding = await asyncio.to_thread(autopsy.finding_of, lines)
        return (MEMORY, finding) if finding else (OTHER, None)

    async def _tell(self, held: Autopsy, death: Death, finding: Finding) -> None:
        """Record the failure as a suspicion. Told twice, after a crash before it was done, it changes nothing."""
        await deliveries.record(
            self._db,
            Delivery("autopsy", f"{held.id}/{held.fence}", self._bench.clock()),
            self._bench.tongues.assessed(lambda: autopsy.told_by_log(death, finding)),
            self._bench.clock(),
            Rules(counts=self._routes.counts, reopen_within=self._reopen_within),
        )
        log.info("autopsy.memory_found", task_arn=death.task_arn, rule=finding.rule)
