"""Sweep: ask ECS every so often which tasks stopped, and record the kills that no event told of."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from typing import Any

import structlog

from bot.aws import identity, stopped
from bot.aws.accounts import Place
from bot.aws.calls import AwsTrouble, Calls, Forbidden, Rejected
from bot.aws.message import from_described_task
from bot.domain.aws.arn import Arn
from bot.domain.kills.death import Assessment, Death
from bot.reconcile import sweep_words
from bot.reconcile.bench import Bench
from bot.reconcile.once import Once
from bot.reconcile.pull_metrics import PullMetrics
from bot.store import deliveries, letterbox, recoveries, rounds
from bot.store.deliveries import Delivery
from bot.store.ledger import Rules
from bot.store.recoveries import SWEEP

log = structlog.get_logger(__name__)

_ON_ITS_WAY = timedelta(minutes=2)  # an event may take so long; then it is lost
_GLANCE_S = 1.0  # a pass is no longer than this, so that a stop is prompt
_ALL = ""
_AT_ONCE = 8  # clusters; one after the other, five hundred accounts would take longer than ECS remembers
_NOT_FOUND = "ClusterNotFoundException"


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """Where and how often is swept.

    `clusters` are names or ARNs, none for all. A name is looked for in each of `places`; one of them without an
    account is in our own, and one that `has_role` denies is left out unless it is. `counts` and `reopen_within` are as for deliveries.
    """

    places: Sequence[Place]
    has_role: Callable[[Place], bool]
    clusters: Sequence[str]
    every: timedelta
    counts: Callable[[Death], bool]
    reopen_within: timedelta


@dataclass(frozen=True, slots=True)
class Step:
    """One cluster to sweep; "" stands for all of the place."""

    place: Place
    cluster: str


class Sweep:
    """A few clusters are swept side by side; a pass sees some of them end, so that none is long.

    An account that hangs holds up no other one.
    """

    def __init__(self, bench: Bench, calls: Calls, beat: Beat, metrics: PullMetrics) -> None:
        """The first sweep begins at once, whoever made the last one."""
        self._bench = bench
        self._db = bench.db
        self._calls = calls
        self._beat = beat
        self._metrics = metrics
        self._once = Once(bench)
        self._own = ""
        self._is_first = True
        self._is_under_way = False
        self._steps: deque[Step] = deque()
        self._taken: set[asyncio.Task[None]] = set()
        self._not_found: set[str] = set()

    async def one_pass(self) -> bool:
        """Sweep the next clusters; whether there are more."""
        if not self._is_under_way:
            if not await self._is_our_turn():
                return False
            self._steps = deque(_steps(await self._places(), self._beat.clusters))
            self._not_found = set(self._beat.clusters)
            self._is_under_way = True
        self._begin_some()
        if self._taken:
            await self._see_some_end()
            return True
        await self._finish()
        self._is_under_way = False
        return False

    async def finish(self) -> None:
        """No pass follows: what was begun ends."""
        while self._taken:
            await self._see_some_end()

    def _begin_some(self) -> None:
        while self._steps and len(self._taken) < _AT_ONCE:
            self._taken.add(asyncio.create_task(self._take(self._steps.popleft())))

    async def _see_some_end(self) -> None:
        """Those that end within a moment. Raises the first error among them."""
        ended, self._taken = await asyncio.wait(
            self._taken, timeout=_GLANCE_S, return_when=asyncio.FIRST_COMPLETED
        )
        for error in [one.exception() for one in ended]:
            if error is not None:
                raise error

    async def _is_our_turn(self) -> bool:
        now = self._bench.clock()
        if not self._is_first and not await self._db.read(rounds.is_due, SWEEP, now, self._beat.every):
            return False
        is_ours = await self._db.write(rounds.take, SWEEP, now, self._beat.every)
        is_first, self._is_first = self._is_first, False
        return is_ours or is_first

    async def _places(self) -> list[Place]:
        """Each once: our own account may be named in the settings, too. Others may be named and nothing else."""
        places = []
        for place in self._beat.places:
            own = await self._own_account(place.region)
            if place.account in {"", own}:
                places.append(Place(own, place.region))
            elif self._beat.has_role(place):
                places.append(place)
        return list(dict.fromkeys(places))

    async def _own_account(self, region: str) -> str:
        """Asked for until it is known; "" while it is not."""
        if not self._own:
            try:
                self._own = await identity.own_account(self._calls, region)
            except AwsTrouble as trouble:
                log.info("sweep.own_account_unknown", error=trouble.english)
        return self._own

    async def _take(self, step: Step) -> None:
        """AWS's troubles cost one step, never the sweep."""
        try:
            if step.cluster == _ALL:
                found = await stopped.clusters(self._calls, step.place)
                self._steps.extendleft(Step(step.place, cluster) for cluster in reversed(found))
            else:
                async for tasks in stopped.stopped_tasks(self._calls, step.place, step.cluster):
                    await self._recover(tasks)
                self._not_found.discard(step.cluster)
        except AwsTrouble as trouble:
            await self._trouble(trouble, step)

    async def _recover(self, tasks: Sequence[Mapping[str, Any]]) -> None:
        """Record those kills that are not known and that no event can be on its way of any more."""
        now = self._bench.clock()
        assess = self._bench.tongues.assessed
        kills = [kill for task in tasks for kill in assess(partial(from_described_task, task, now)).kills]
        late = [kill for kill in kills if kill.died_at <= now - _ON_ITS_WAY and self._beat.counts(kill)]
        if not late or await self._db.read(letterbox.holds_news):
            return  # what seems lost may lie in the letter box; the next sweep will tell
        missing = await self._db.read(recoveries.unknown, late)
        for task_arn, deaths in groupby(missing, key=lambda death: death.task_arn):
            await self._record(task_arn, tuple(deaths), now)

    async def _record(self, task_arn: str, deaths: tuple[Death, ...], now: datetime) -> None:
        """As a delivery would; an event that comes later all the same folds into the same kill."""
        first = deaths[0]
        names = ",".join(sorted(death.container for death in deaths))
        recorded = await deliveries.record(
            self._db,
            Delivery(SWEEP, f"{task_arn} {first.task_version} {names}", first.died_at, recovered=True),
            Assessment(verdict=first.verdict, why=first.reason, deaths=deaths),
            now,
            Rules(counts=self._beat.counts, reopen_within=self._beat.reopen_within),
        )
        if recorded.new_kills:
            self._metrics.recovered(recorded.new_kills)
            log.warning("sweep.recovered", task_arn=task_arn, kills=recorded.new_kills)

    async def _finish(self) -> None:
        await self._db.write(recoveries.finish, self._bench.clock(), sweep_words.recovered)
        if self._not_found:
            names = sorted(self._not_found)
            await self._once.tell(f"sweep:not found:{', '.join(names)}", *sweep_words.not_found(names))

    async def _trouble(self, trouble: AwsTrouble, step: Step) -> None:
        if isinstance(trouble, Rejected) and trouble.code == _NOT_FOUND:
            return  # in this place; it is told at the end if there is none anywhere
        self._not_found.discard(step.cluster)  # nobody knows
        self._metrics.trouble("sweep", trouble)
        where = {"account": step.place.account, "region": step.place.region, "cluster": step.cluster}
        log.warning("sweep.trouble", error=trouble.english, **where)
        if isinstance(trouble, Forbidden):
            key = f"sweep:{step.place.account}:{trouble.action}"
            await self._once.tell(key, *sweep_words.forbidden(trouble.action, str(trouble)))


def _steps(places: Iterable[Place], clusters: Sequence[str]) -> Iterator[Step]:
    for place in places:
        if not clusters:
            yield Step(place, _ALL)
        for cluster in clusters:
            if _may_be_in(cluster, place):
                yield Step(place, cluster)


def _may_be_in(cluster: str, place: Place) -> bool:
    arn = Arn.parse(cluster)
    return not arn or (arn.region == place.region and place.account in {"", arn.account})
