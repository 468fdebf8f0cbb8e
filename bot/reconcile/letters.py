"""Letters: messages that wait in the letter box are recorded, as soon as and as far as those who come leave room."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.domain.calendar import backoff
from bot.domain.kills.death import Assessment
from bot.language.reading import Reading
from bot.reconcile.bench import Bench
from bot.reconcile.loop import Loop
from bot.reconcile.woken import prompt_loop
from bot.store import letterbox
from bot.store.database import StoreUnavailable
from bot.store.ledger import Rules
from bot.store.letterbox import Letter, LetterBox, Opened
from bot.store.pulse import Pulse
from bot.tracing.tracer import matter

log = structlog.get_logger(__name__)

# Sizes that statements are made for (bot/store/prepared.py): 30 and 90 ms of work in the one writer, whom others wait for.
_AT_ONCE_IN_A_CROWD, _AT_ONCE = 64, 256
_MOST_FAILURES = 16  # in one pass: each is a few transactions in the one writer
_BREATH_S = 0.1
_REST_S = 0.15  # while more come: their being kept goes first


@dataclass(frozen=True, slots=True)
class Recording:
    """How letters are read and which deaths count; `count` hears "recorded" or "duplicate" for each."""

    reading: Reading
    rules: Rules
    count: Callable[[str], None]


class Letters:
    """One pass records some letters, the oldest first."""

    def __init__(self, bench: Bench, box: LetterBox, recording: Recording) -> None:
        """Ready to empty the box."""
        self._bench = bench
        self._box = box
        self._recording = recording
        self._pulse = Pulse(bench.db)

    async def one_pass(self) -> bool:
        """Whether the next one should follow at once."""
        if not await self._box.look():
            return False
        limit = _AT_ONCE_IN_A_CROWD if self._bench.db.is_crowded else _AT_ONCE
        now = self._bench.clock()
        try:
            opened = await self._record(limit, now)
        except StoreUnavailable:
            raise
        except Exception:
            # Whatever it was, those that are not to blame shall not wait for the one that is.
            log.exception("letter.batch_failed")
            opened = await self._one_by_one(limit, now)
        await self._told(opened)
        return bool(opened)

    async def _one_by_one(self, limit: int, now: datetime) -> list[Opened]:
        """As many as are due, but for those that cannot be recorded, which wait."""
        opened: list[Opened] = []
        failed = 0
        while len(opened) < limit and failed < _MOST_FAILURES:
            try:
                found = await self._record(1, now)
            except StoreUnavailable:
                raise
            except Exception as error:  # noqa: BLE001 -- likewise
                failed += 1
                is_any = await self._put_off(error, now)
            else:
                is_any = bool(found)
                opened += found
            if not is_any:
                break
        return opened

    async def _record(self, limit: int, now: datetime) -> list[Opened]:
        return await self._bench.db.write(letterbox.record_due, limit, now, self._read, self._recording.rules)

    async def _told(self, opened: Sequence[Opened]) -> None:
        """Those who watch hear of it, once it is durable."""
        with self._bench.tracer.span("letters recorded", letters=len(opened)) as span:
            for one in opened:
                span.leads_to(*(matter(number) for number in one.recorded.incident_ids))
                self._tell(one)
        for account, last in {one.assessment.account: one for one in opened}.items():
            await self._pulse.heard(account, last.letter.arrived_at)

    def _read(self, letter: Letter) -> Assessment:
        return self._recording.reading.assessed(
            letter.message, letter.subject, letter.arrived_at, letter.delivery.message_id
        )

    def _tell(self, opened: Opened) -> None:
        self._recording.count(opened.recorded.result)
        log.info(
            "letter.recorded",
            result=opened.recorded.result,
            message_id=opened.letter.delivery.message_id,
            topic_arn=opened.letter.delivery.topic_arn,
            verdict=opened.assessment.verdict.value,
            incident_ids=opened.recorded.incident_ids,
            new_kills=opened.recorded.new_kills,
        )

    async def _put_off(self, error: Exception, now: datetime) -> bool:
        """Whether there was a letter that could not be recorded, and waits now."""
        message_id = await self._bench.db.write(
            letterbox.put_off, now, lambda attempts: now + backoff.after(attempts), repr(error)
        )
        log.error("letter.put_off", message_id=message_id, error=repr(error)[:500])
        return bool(message_id)


def letters_loop(bench: Bench, box: LetterBox, recording: Recording) -> Loop:
    """The loop, not yet started, that commits wake."""
    letters = Letters(bench, box, recording)
    return prompt_loop(bench, "letters", letters.one_pass, breath_s=_BREATH_S, rest_s=_REST_S)
