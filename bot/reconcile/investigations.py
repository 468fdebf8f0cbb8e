"""Investigations: collect the evidence on incidents, keep what it says, and have their alerts shown with it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from operator import attrgetter

import structlog

from bot.aws.evidence.collecting import Collected, Collector
from bot.domain.calendar import backoff
from bot.domain.chart.picture import picture
from bot.domain.diagnosis.diagnosis import Diagnosis
from bot.domain.diagnosis.evidence import Evidence
from bot.domain.incident.incident import Incident
from bot.domain.kills.death import Death
from bot.domain.telling.language import speaking
from bot.reconcile.bench import Bench
from bot.store import doubts, incidents, investigations, kills
from bot.store.database import StoreUnavailable
from bot.store.investigations import INVESTIGATED, Held, Investigation, Made
from bot.tracing.tracer import matter

log = structlog.get_logger(__name__)

Examine = Callable[[Evidence], Awaitable[Diagnosis]]

_LEASE_FOR = timedelta(seconds=120)  # eight seconds for each of a chain of sources, and their turns
_NEW_ONES_EVERY_S = 0.25  # how long a pass may keep a new incident waiting
_AGAIN_AFTER = (timedelta(seconds=150), timedelta(minutes=10))  # records of the last minutes come late
_FOLDED_TIMES = (
    2  # as many more of a storm, which share their questions: an alert of its own never waits for them
)
_MOST_ATTEMPTS = 5


class Investigations:
    """A pass begins what is due and waits for what ends first: one that hangs hinders no other."""

    def __init__(
        self, bench: Bench, collector: Collector, examine: Examine, *, at_once: int, ready_in: str = ""
    ) -> None:
        """`examine` makes a diagnosis of evidence; `at_once`: how many incidents are looked into side by side.

        `ready_in` is a region to make ready for before the first incident, "" for none.
        """
        self._bench = bench
        self._db = bench.db
        self._collector = collector
        self._examine = examine
        self._at_once = at_once
        self._ready_in = ready_in
        self._preparation: asyncio.Task[None] | None = None
        self._under_way: dict[asyncio.Task[None], Held] = {}

    async def one_pass(self) -> bool | float:
        """Look into what is due: whether there is any, or in how many seconds there will be."""
        if self._ready_in and self._preparation is None:
            self._preparation = asyncio.create_task(self._collector.make_ready(self._ready_in))
        now = self._bench.clock()
        if await self._db.read(doubts.is_any_wanted, now):
            await self._db.write_aside(doubts.open_wanted, now)
        due_at = await self._db.read(investigations.next_due)
        if due_at is not None and due_at <= now:
            await self._begin(now)
        if self._under_way:
            await asyncio.wait(
                self._under_way, timeout=_NEW_ONES_EVERY_S, return_when=asyncio.FIRST_COMPLETED
            )
            return True
        return False if due_at is None or due_at <= now else (due_at - now).total_seconds()

    async def _begin(self, now: datetime) -> None:
        folded = sum(held.is_folded for held in self._under_way.values())
        room = investigations.Room(
            alone=self._at_once - len(self._under_way) + folded,
            folded=_FOLDED_TIMES * self._at_once - folded,
        )
        if room.alone <= 0 and room.folded <= 0:
            return
        worker = self._bench.worker
        leased = await self._db.write(investigations.lease, worker, now, room=room, lease_for=_LEASE_FOR)
        for held in leased:
            task = asyncio.create_task(self._look(held), name=f"investigation {held.id}")
            self._under_way[task] = held
            task.add_done_callback(self._over)
        self._bench.metrics.under_way(len(self._under_way))

    def _over(self, task: asyncio.Task[None]) -> None:
        del self._under_way[task]
        self._bench.metrics.under_way(len(self._under_way))

    async def _look(self, held: Held) -> None:
        """One look; whatever goes wrong is its own affair and leaves it due again."""
        with structlog.contextvars.bound_contextvars(incident_id=held.incident_id):
            try:
                with self._bench.tracer.span(
                    "investigation", follows=matter(held.incident_id), incident_id=held.incident_id
                ):
                    await self._investigate(held)
            except StoreUnavailable as error:
                log.warning("investigation.store_unavailable", error=str(error))  # the lease ends by itself
            except Exception as error:
                log.exception("investigation.failed", attempts=held.attempts)
                self._bench.metrics.not_investigated("failed")
                await self._put_off(held, f"{type(error).__name__}: {error}")

    async def _put_off(self, held: Held, error: str) -> None:
        now = self._bench.clock()
        try:
            if held.attempts + 1 >= _MOST_ATTEMPTS:
                await self._db.write(investigations.close, held, error, now)
            else:
                due_at = now + backoff.after(held.attempts + 1)
                await self._db.write(investigations.retry, held, due_at, error)
        except StoreUnavailable as trouble:
            log.warning("investigation.store_unavailable", error=str(trouble))

    async def _investigate(self, held: Held) -> None:
        incident = await self._db.read(incidents.get, held.incident_id)
        deaths = await self._deaths(held.incident_id)
        if incident is None or not incident.is_unfinished or not deaths:
            await self._db.write(investigations.close, held, "nothing to look into", self._bench.clock())
            return
        began_at = self._bench.clock()
        with speaking(self._bench.tongues.of(incident.group_key)):  # what is found is kept in words
            collected = await self._collector.collect(deaths)
            diagnosis = await self._examine(collected.evidence)
        known = await self._db.read(investigations.get, held.incident_id)
        now = self._bench.clock()
        if _is_poorer(held, diagnosis, known):
            await self._leave_as_it_was(held, now, may_grow=collected.may_grow)
            return
        await self._db.write(investigations.save, held, self._made(held, incident, collected, diagnosis), now)
        self._bench.metrics.investigated(collected.evidence.gaps, (now - began_at).total_seconds())
        log.info(
            "investigation.made",
            pattern=diagnosis.pattern.value,
            gaps=len(diagnosis.gaps),
            seconds=round((now - began_at).total_seconds(), 3),
        )

    async def _leave_as_it_was(self, held: Held, now: datetime, *, may_grow: bool) -> None:
        """AWS told less than before: where it was slow or throttled it is asked once more, later."""
        self._bench.metrics.not_investigated("poorer")
        why = "AWS told less than before"
        if may_grow and held.attempts + 1 < _MOST_ATTEMPTS:
            await self._db.write(investigations.retry, held, now + _AGAIN_AFTER[-1], why)
        else:
            await self._db.write(investigations.close, held, why, now)

    async def _deaths(self, incident_id: int) -> Sequence[Death]:
        """The newest ones; of many the first and its revision's first as well, which tell when it began."""
        told = await self._db.read(kills.of_incident, incident_id)
        deaths = investigations.examined(told)
        if len(told) < kills.TOLD or not deaths:
            return deaths
        of_revision = deaths[0].task_definition_arn
        firsts = [await self._db.read(kills.first_of_incident, incident_id, arn) for arn in (of_revision, "")]
        known = {(death.task_arn, death.container) for death in deaths}
        counted = [one.death for one in firsts if one and one.death.verdict in INVESTIGATED]
        older = {(death.task_arn, death.container): death for death in counted}
        return (*deaths, *(death for name, death in older.items() if name not in known))

    def _made(self, held: Held, incident: Incident, collected: Collected, diagnosis: Diagnosis) -> Made:
        evidence, looks = collected.evidence, held.looks
        is_again = collected.may_grow and looks < len(_AGAIN_AFTER)
        return Made(
            diagnosis=diagnosis,
            picture=picture(evidence, diagnosis.limit_mib, collected.deployed),
            # Of the newest death, examined or not: a kill of another revision is looked into at once.
            task_definition_arn=max(evidence.deaths, key=attrgetter("died_at")).task_definition_arn,
            kill_at=incident.last_kill_at,
            again_at=self._bench.clock() + _AGAIN_AFTER[looks] if is_again else None,
        )


def _is_poorer(held: Held, news: Diagnosis, known: Investigation | None) -> bool:
    """Whether a second look saw less than the first: AWS may have been slow that time."""
    if not held.looks or known is None or known.diagnosis is None:
        return False
    return len(news.gaps) > len(known.diagnosis.gaps)
