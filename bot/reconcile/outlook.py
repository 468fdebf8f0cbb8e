"""The outlook: what AWS tells of services that still live, as the answer to one question."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.aws.calls import Calls
from bot.aws.evidence.insights import Insights
from bot.aws.evidence.pricing import PriceList
from bot.aws.survey import worker_lines
from bot.aws.survey.dwellings import Dwellings
from bot.aws.survey.histories import Histories
from bot.aws.survey.pacing import Pacing
from bot.aws.survey.surveying import Surveyor, Wish
from bot.domain.command.look import NEAR_SPANS, FindWaste, Inspect, NearMisses, ScanLogs, Survey
from bot.domain.inspection.foresight import Foresight, foresight
from bot.domain.inspection.history import History
from bot.domain.inspection.near import Nearness, nearness
from bot.domain.inspection.rules import LOOKED_BACK, inspect
from bot.domain.inspection.running import Fleet, Running
from bot.domain.inspection.waste import Waste, waste
from bot.domain.inspection.worker_kill import Scan, untold, worker_kills
from bot.domain.subject.nearest import nearest
from bot.domain.subject.query import Query
from bot.reconcile.look_orders import LookOrders
from bot.slack.answers import inspection as inspection_answer
from bot.slack.answers import near as near_answer
from bot.slack.answers import scan as scan_answer
from bot.slack.answers import waste as waste_answer
from bot.slack.answers.answer import Answer
from bot.store import looks
from bot.store.database import Database

Heard = Callable[[int], None]

_QUERY_S = 30.0  # for one cluster; nobody is paged by it


class Outlook:
    """Answers looks. Reads AWS and the store; writes nothing."""

    def __init__(
        self,
        db: Database,
        calls: Calls,
        orders: LookOrders,
        *,
        clock: Callable[[], datetime],
        pacing: Pacing | None = None,
    ) -> None:
        """All looks of a process keep one pace."""
        self._db = db
        self._calls = calls
        self._orders = orders
        self._clock = clock
        self._pacing = pacing or Pacing()
        self._surveyor = Surveyor(calls, orders.where)
        insights = Insights(orders.queries_at_once, limit_s=_QUERY_S, sleep=self._pacing.rest)
        self._dwellings = Dwellings(calls, insights)
        self._prices = PriceList(calls, clock=clock)

    async def answer(self, look: Survey, heard: Heard) -> Answer:
        """The answer; `heard` is told how many services there are as soon as that is known."""
        match look:
            case ScanLogs():
                return await self._scan(look)
            case NearMisses(span):
                return await self._near(span, heard)
            case FindWaste():
                return await self._waste(heard)
            case Inspect(cluster):
                return await self._inspect(cluster, heard)

    async def scan(self, running: Running, span: timedelta) -> Scan:
        """What one service's logs tell of kills inside, those left out that ECS told of itself."""
        now = self._clock()
        found = await worker_lines.search(self._calls, self._pacing, running, now - span, now)
        told = await self._db.read(looks.deaths, running.subject, now - span)
        kills, known = untold(worker_kills(found.lines), told)
        return Scan(
            running=running,
            span=span,
            kills=tuple(kills),
            lines=len(found.lines),
            known=known,
            is_cut=found.is_cut,
            gaps=(*found.forbidden, *found.gaps),
            forbidden=tuple(found.forbidden),
        )

    async def fleet(self) -> Fleet:
        """All services that run where we look."""
        return await self._surveyor.fleet(self._pacing, Wish())

    async def foresee(self) -> Foresight:
        """Near misses of the last week and waste, of all services at once: one history serves both."""
        fleet = await self._surveyor.fleet(self._pacing, Wish())
        histories, gaps = await self._histories(fleet, LOOKED_BACK)
        near = await self._nearness(histories, NEAR_SPANS[-1])
        found = await self._savings(histories, fleet)
        percent = self._orders.near_percent
        made = foresight(near, found, percent=percent, gaps=gaps, made_at=self._clock())
        return made.naming(one.subject for one in fleet.running)

    async def _scan(self, look: ScanLogs) -> Answer:
        query = Query.read(look.query)
        wish = Wish(chosen=lambda subjects: nearest(query, subjects).subjects)
        fleet = await self._surveyor.fleet(self._pacing, wish)
        by_subject = {one.subject: one for one in fleet.running}
        found = nearest(query, list(by_subject))
        subject = found.certain or found.likely
        if subject is not None:
            scanned = await self.scan(by_subject[subject], look.span)
            return scan_answer.scan(scanned, self._orders.account_name)
        if found.subjects:
            return scan_answer.several(look, found.subjects)
        return scan_answer.not_found(look.query, fleet.gaps)

    async def _near(self, span: timedelta, heard: Heard) -> Answer:
        fleet = await self._surveyor.fleet(self._pacing, Wish(heard=heard))
        histories, gaps = await self._histories(fleet, span)
        found, percent = await self._nearness(histories, span), self._orders.near_percent
        return near_answer.near(found, span, percent, self._orders.account_name, gaps)

    async def _waste(self, heard: Heard) -> Answer:
        fleet = await self._surveyor.fleet(self._pacing, Wish(heard=heard))
        histories, gaps = await self._histories(fleet, LOOKED_BACK)
        found = await self._savings(histories, fleet)
        return waste_answer.waste(found, self._orders.account_name, gaps)

    async def _inspect(self, cluster: str, heard: Heard) -> Answer:
        fleet = await self._surveyor.fleet(self._pacing, Wish(cluster=cluster, with_tasks=True, heard=heard))
        histories, gaps = await self._histories(fleet, LOOKED_BACK)
        found = inspect(histories, percent=self._orders.near_percent, now=self._clock())
        return inspection_answer.inspection(found, cluster, self._orders.account_name, gaps)

    async def _nearness(self, histories: Sequence[History], span: timedelta) -> Nearness:
        now, percent = self._clock(), self._orders.near_percent
        killed = await self._db.read(looks.killed, now - span)
        return nearness(histories, since=now - span, percent=percent, now=now, killed=killed)

    async def _savings(self, histories: Sequence[History], fleet: Fleet) -> Waste:
        now = self._clock()
        killed = await self._db.read(looks.killed, now - LOOKED_BACK)
        regions = {one.subject.region for one in fleet.running}
        prices = {region: await self._prices.of(region) for region in sorted(regions)}
        return waste(histories, killed=killed, prices=prices, now=now)

    async def _histories(self, fleet: Fleet, back: timedelta) -> tuple[Sequence[History], Sequence[str]]:
        now = self._clock()
        (histories, gaps), (inside, unseen) = await asyncio.gather(
            Histories(self._calls, self._pacing).of(fleet.running, now=now, back=back),
            self._dwellings.of(fleet.running, now=now),
        )
        told = [replace(one, dwellings=tuple(inside.get(one.running.subject, ()))) for one in histories]
        return told, [*fleet.gaps, *gaps, *unseen]
