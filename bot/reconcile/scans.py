"""Scans: every so often all services' logs are searched for processes killed inside, each told in an incident once."""

from collections import deque
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

import structlog

from bot.domain.command.look import LONGEST_SCAN
from bot.domain.inspection.running import Running
from bot.domain.inspection.worker_kill import WorkerKill, as_death
from bot.domain.kills.death import Assessment
from bot.domain.kills.verdict import Verdict
from bot.domain.subject.group_key import OwnerKind
from bot.domain.telling.language import say
from bot.reconcile.bench import Bench
from bot.reconcile.look_orders import LookOrders
from bot.reconcile.once import Once
from bot.reconcile.outlook import Outlook
from bot.store import deliveries, rounds
from bot.store.deliveries import Delivery
from bot.store.ledger import Rules

log = structlog.get_logger(__name__)

SCAN = "scan"
_OVERLAP = timedelta(minutes=10)  # lines come late
_MOST_TOLD = 100  # of one service in one round: an incident counts, it does not list


class Scans:
    """One pass scans one service, so that no pass is long. A round that a restart cuts off is caught up by the next."""

    def __init__(self, bench: Bench, outlook: Outlook, orders: LookOrders) -> None:
        """The first round begins when the store says that it is time."""
        self._bench = bench
        self._db = bench.db
        self._outlook = outlook
        self._orders = orders
        self._once = Once(bench)
        self._left: deque[Running] = deque()
        # What is found twice is counted once.
        self._span = min(2 * orders.scan_every + _OVERLAP, LONGEST_SCAN)

    async def one_pass(self) -> bool:
        """Scan the next service; whether there is another one."""
        if not self._left and not await self._begin():
            return False
        await self._scan(self._left.popleft())
        return bool(self._left)

    async def _begin(self) -> bool:
        """Whether it is our turn, and anything runs."""
        now = self._bench.clock()
        if not await self._db.read(rounds.is_due, SCAN, now, self._orders.scan_every):
            return False
        if not await self._db.write(rounds.take, SCAN, now, self._orders.scan_every):
            return False
        fleet = await self._outlook.fleet()
        self._left.extend(one for one in fleet.running if one.subject.kind is OwnerKind.SERVICE)
        await self._tell(fleet.gaps)
        return bool(self._left)

    async def _scan(self, running: Running) -> None:
        found = await self._outlook.scan(running, self._span)
        for kill in found.kills[:_MOST_TOLD]:
            assessment = self._bench.tongues.assessed(partial(_assessed, kill, running))
            (death,) = assessment.deaths
            await deliveries.record(
                self._db,
                Delivery(SCAN, death.task_arn, death.died_at),
                assessment,
                self._bench.clock(),
                Rules(counts=lambda _: True, reopen_within=self._orders.reopen_within),
            )
        if found.kills:
            log.warning("scan.silent_kills", subject=str(running.subject), kills=len(found.kills))
        await self._tell(found.forbidden)

    async def _tell(self, gaps: Sequence[str]) -> None:
        """The operators, once a day: the same permission mostly lacks everywhere."""
        if gaps:
            detail = say(
                "{gap}. Grant it to the role that reads there (deploy/iam/read-only.json), or set SCAN_HOURS to 0.",
                gap=gaps[0],
            )
            await self._once.tell(SCAN, say("The scan for silent kills cannot look everywhere"), detail)


def _assessed(kill: WorkerKill, running: Running) -> Assessment:
    death = as_death(kill, running)
    return Assessment(verdict=Verdict.SILENT_KILL, why=death.reason, deaths=(death,))
