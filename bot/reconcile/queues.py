"""Queues: take messages out of one SQS queue; each is deleted only once it is durably recorded."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import partial

import structlog

from bot.aws import queue_writing, queues
from bot.aws.calls import AwsTrouble, Calls, Forbidden, Rejected
from bot.aws.parcel_reading import Confirmation, News, Poison, read_parcel
from bot.aws.queue_reach import QueueReach
from bot.aws.queues import Parcel
from bot.domain.aws.queue import Queue
from bot.domain.calendar import backoff
from bot.domain.telling.language import say
from bot.reconcile.bench import Bench
from bot.reconcile.once import Once
from bot.reconcile.pull_metrics import PullMetrics
from bot.store import confirmations, deliveries
from bot.store.database import SchemaOutdated, StoreUnavailable
from bot.store.deliveries import Delivery
from bot.store.ledger import Rules
from bot.store.pulse import Pulse

log = structlog.get_logger(__name__)

_GLANCE_S = 1.0  # a pass is no longer than this while nothing comes, so that a stop is prompt


class Fate(Enum):
    """What becomes of a message."""

    DONE = "delete it"
    LEFT = "leave it: SQS shows it again, or moves it to the dead letters"
    NOT_NOW = "leave it, and take no more for a while"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """How messages are recorded: only envelopes of `topics` are believed."""

    topics: Collection[str]
    rules: Rules


@dataclass(frozen=True, slots=True)
class Reach:
    """How AWS is asked for a queue: `polls` for what waits long, `calls` for the rest; `by` whose keys."""

    polls: Calls
    calls: Calls
    by: QueueReach


class Poller:
    """One pass looks whether the long poll that is under way has brought anything, and takes that in."""

    def __init__(
        self, bench: Bench, queue: Queue, reach: Reach, intake: Intake, metrics: PullMetrics
    ) -> None:
        """Ready to poll `queue`."""
        self._bench = bench
        self._db = bench.db
        self._queue = queue
        self._reach = reach
        self._intake = intake
        self._metrics = metrics
        self._once = Once(bench)
        self._pulse = Pulse(bench.db)
        self._poll: asyncio.Task[list[Parcel]] | None = None
        self._dead_letters: str | None = None
        self._failures = 0
        self._resume_at: datetime | None = None
        self._is_store_down = False

    async def one_pass(self) -> bool:
        """Whether the next one should follow at once."""
        if self._rests():
            return False
        if self._is_store_down and not await self._is_store_back():
            return False
        if self._poll is None:
            self._poll = asyncio.create_task(queues.receive(self._reach.polls, self._queue, self._reach.by))
        if not (await asyncio.wait({self._poll}, timeout=_GLANCE_S))[0]:
            return True
        poll, self._poll = self._poll, None
        try:
            parcels = poll.result()
        except AwsTrouble as trouble:
            await self._trouble(trouble, "receive")
            self._back_off()
            return False
        return bool(parcels) and await self._take_in(parcels)

    async def finish(self) -> None:
        """No pass follows: take in what the poll under way brings, which SQS hides from all others for a while."""
        while self._poll is not None:
            await self.one_pass()

    async def _is_store_back(self) -> bool:
        """Asked first: SQS counts how often a message is taken, and what is taken too often ends as a dead letter."""
        try:
            await self._db.check()
        except (SchemaOutdated, StoreUnavailable):
            self._back_off()
            return False
        return True

    async def _take_in(self, parcels: list[Parcel]) -> bool:
        fates = await asyncio.gather(*(self._settle(parcel) for parcel in parcels))
        self._is_store_down = Fate.NOT_NOW in fates
        if self._is_store_down:
            self._back_off()
        else:
            self._failures, self._resume_at = 0, None
        if done := [parcel for parcel, fate in zip(parcels, fates, strict=True) if fate is Fate.DONE]:
            await self._delete(done)
        return Fate.NOT_NOW not in fates

    async def _settle(self, parcel: Parcel) -> Fate:
        """Whatever goes wrong with one message is its own affair."""
        try:
            return await self._judge(parcel)
        except StoreUnavailable as unavailable:
            self._metrics.message("unavailable")
            log.warning("queue.not_stored", queue=self._queue.url, error=str(unavailable))
            return Fate.NOT_NOW
        except Exception:
            log.exception("queue.message_failed", queue=self._queue.url, message_id=parcel.id)
            self._metrics.message("left")
            return Fate.LEFT

    async def _judge(self, parcel: Parcel) -> Fate:
        try:
            found = self._read(parcel)
        except Poison as poison:
            return await self._put_aside(parcel, str(poison))
        return await self._record(found)

    def _read(self, parcel: Parcel) -> News | Confirmation:
        try:
            read = partial(read_parcel, parcel, self._queue, self._intake.topics, self._bench.clock())
            return self._bench.tongues.told(
                read, lambda found: found.assessment.deaths if isinstance(found, News) else ()
            )
        except Poison:
            raise
        except Exception:
            log.exception("queue.message_not_understood", queue=self._queue.url, message_id=parcel.id)
            raise Poison("OOM Guard failed to read it; its log says more") from None

    async def _record(self, found: News | Confirmation) -> Fate:
        now = self._bench.clock()
        if isinstance(found, Confirmation):
            await self._db.write(confirmations.add, found.topic_arn, found.token, now)
            self._metrics.message("confirmation")
            return Fate.DONE
        recorded = await deliveries.record(
            self._db,
            Delivery(found.source, found.message_id, found.published_at),
            found.assessment,
            now,
            self._intake.rules,
        )
        await self._pulse.heard(found.assessment.account, now)
        self._metrics.message(recorded.result)
        log.info(
            "queue.message_taken",
            result=recorded.result,
            message_id=found.message_id,
            source=found.source,
            verdict=found.assessment.verdict.value,
            new_kills=recorded.new_kills,
        )
        return Fate.DONE

    async def _put_aside(self, parcel: Parcel, reason: str) -> Fate:
        """To the dead letters with it; where there is no such queue, SQS drops it when its time has come."""
        log.warning("queue.poison", queue=self._queue.url, message_id=parcel.id, why=reason)
        try:
            where = await self._dead_letter_url()
            if where is None:
                await self._once.tell(f"no-dead-letters:{self._queue.url}", *_no_dead_letters(self._queue))
                self._metrics.message("left")
                return Fate.LEFT
            await queue_writing.put_aside(self._reach.calls, where, self._reach.by, parcel, reason)
        except AwsTrouble as trouble:
            self._dead_letters = None  # another one may be configured by the time that we try again
            await self._trouble(trouble, "put aside")
            self._metrics.message("left")
            return Fate.LEFT
        self._metrics.message("poison")
        return Fate.DONE

    async def _dead_letter_url(self) -> str | None:
        if self._dead_letters is None:
            self._dead_letters = await queues.dead_letter_url(self._reach.calls, self._queue, self._reach.by)
        return self._dead_letters

    async def _delete(self, parcels: list[Parcel]) -> None:
        """What is not deleted comes again, and is a duplicate then."""
        try:
            kept = await queue_writing.delete(self._reach.calls, self._queue, self._reach.by, parcels)
        except AwsTrouble as trouble:
            await self._trouble(trouble, "delete")
        else:
            for why in kept:
                log.warning("queue.not_deleted", queue=self._queue.url, why=why)

    async def _trouble(self, trouble: AwsTrouble, step: str) -> None:
        self._metrics.trouble("queue", trouble)
        log.warning("queue.trouble", queue=self._queue.url, step=step, error=trouble.english)
        if isinstance(trouble, Forbidden | Rejected):
            await self._once.tell(f"queue:{step}:{self._queue.url}", *_told(self._queue, trouble))

    def _rests(self) -> bool:
        """Whether it is too early to ask again. A clock that was set back is no reason to wait for longer than ever."""
        if self._resume_at is None:
            return False
        return timedelta(0) < self._resume_at - self._bench.clock() <= backoff.LONGEST

    def _back_off(self) -> None:
        self._failures += 1
        self._resume_at = self._bench.clock() + backoff.after(self._failures)


def _told(queue: Queue, trouble: AwsTrouble) -> tuple[str, str]:
    """The operators' alert: one line, and what to do."""
    advice = say(
        "OOM Guard tries again by itself, and messages wait in the queue until its retention ends. The role needs sqs:ReceiveMessage, sqs:DeleteMessage and sqs:GetQueueAttributes on the queue, and sqs:GetQueueUrl and sqs:SendMessage on its dead-letter queue."
    )
    summary = say("The queue {name} cannot be worked on: {why}", name=queue.name, why=trouble)
    return summary, f"{queue.url}\n{advice}"


def _no_dead_letters(queue: Queue) -> tuple[str, str]:
    advice = say(
        "It has a message that OOM Guard cannot read (its log says why), and nowhere to put it. The message stays and comes back again and again until the queue's retention ends. Set a RedrivePolicy."
    )
    return say("The queue {name} has no dead-letter queue", name=queue.name), f"{queue.url}\n{advice}"
