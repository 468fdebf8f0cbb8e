"""Facts at hand: what AWS says of a target, read once for all clicks of a form; a slow answer is waited for again."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from bot.aws.attempt import Miss, attempt
from bot.domain.diagnosis.diagnosis import Diagnosis
from bot.domain.plan.resize_facts import Facts
from bot.domain.subject.subject import Subject
from bot.domain.telling.language import say, spoken

LONGEST_READ_S = 20.0
MOST_KEPT = 50

ReadFacts = Callable[[Subject, Diagnosis | None], Awaitable[Facts]]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Reading:
    began_at: float
    task: asyncio.Task[Facts | Miss]


class FactsAtHand:
    """Reads, and keeps what was read for a while; two who ask for the same in one language share one reading."""

    def __init__(self, read: ReadFacts | None, monotonic: Callable[[], float] = time.monotonic) -> None:
        """`read` gives the facts, or raises AwsTrouble; None where AWS is not asked."""
        self._read = read
        self._monotonic = monotonic
        self._readings: dict[tuple[Subject, str], _Reading] = {}  # what is amiss stands in facts in words

    async def of(
        self, subject: Subject, diagnosis: Diagnosis | None, *, at_most_old_s: float
    ) -> Facts | Miss:
        """The facts, read no longer ago than that, or why there are none.

        Raises TimeoutError where the caller's time is over; the reading goes on, for whoever asks next.
        """
        if self._read is None:
            return Miss(say("AWS is not asked by this installation"))
        now = self._monotonic()
        key = (subject, spoken().code)
        found = self._readings.get(key)
        if found is None or now - found.began_at > at_most_old_s or _has_failed(found.task):
            found = _Reading(now, asyncio.create_task(self._bounded(self._read(subject, diagnosis))))
            self._forget(now)
            self._readings[key] = found
        return await asyncio.shield(found.task)

    def _forget(self, now: float) -> None:
        """What nobody will ask for any more."""
        old = [key for key, one in self._readings.items() if now - one.began_at > 2 * LONGEST_READ_S]
        for key in [*old, *list(self._readings)[: max(0, len(self._readings) - MOST_KEPT)]]:
            self._readings.pop(key, None)

    async def _bounded(self, reading: Awaitable[Facts]) -> Facts | Miss:
        found = await attempt(reading, LONGEST_READ_S)
        if isinstance(found, Miss) and found.puzzle:
            log.error("resize.facts_failed", exc_info=found.puzzle)
            return Miss(say("reading it from AWS went wrong on my side; the log tells more"))
        return found


def _has_failed(task: asyncio.Task[Facts | Miss]) -> bool:
    """What went wrong is tried again at the next click."""
    return task.done() and (task.cancelled() or isinstance(task.result(), Miss))
