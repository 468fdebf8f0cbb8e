"""Looks: answer what takes a while, to the one who asked, through the address that came with the question."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import structlog

from bot.domain.command.grammar import parse
from bot.domain.command.look import Examine, Look
from bot.domain.telling.language import speaking
from bot.reconcile.abreast import abreast
from bot.reconcile.bench import Bench
from bot.reconcile.doctor import Doctor
from bot.reconcile.outlook import Outlook
from bot.slack.answers import late
from bot.slack.answers.answer import Answer
from bot.slack.answers.checkup import checkup_answer
from bot.slack.posting import SlackTrouble
from bot.store import looks
from bot.store.database import StoreUnavailable
from bot.store.looks import Held

log = structlog.get_logger(__name__)

LIMIT_S = 240.0  # a loop whose pass takes five minutes looks dead
PROGRESS_AFTER_S = 1.5  # so long a silence wants a word; an answer that comes sooner stands alone
_LEASE_FOR = timedelta(minutes=6)
_AT_ONCE = 3
_MOST_TRIES = 3  # then it is the question that kills us
_GOOD_FOR = timedelta(minutes=29)  # a response_url; five uses, of which an answer takes two


class Looks:
    """One pass answers what is due. An answer may come twice after a crash; it changes nothing."""

    def __init__(
        self,
        bench: Bench,
        outlook: Outlook,
        doctor: Doctor,
        *,
        limit_s: float = LIMIT_S,
        patience_s: float = PROGRESS_AFTER_S,
    ) -> None:
        """`limit_s`: how long one look may take; `patience_s`: after how long the person is told what goes on."""
        self._bench = bench
        self._db = bench.db
        self._outlook = outlook
        self._doctor = doctor
        self._limit_s = limit_s
        self._patience_s = patience_s

    async def one_pass(self) -> bool:
        """Answer what is due; whether there was anything."""
        now = self._bench.clock()
        if not await self._db.read(looks.due, now):
            return False
        held = await self._db.write(
            looks.lease, self._bench.worker, now, limit=_AT_ONCE, lease_for=_LEASE_FOR
        )
        await abreast(self._attend, held)
        return bool(held)

    async def _attend(self, held: Held) -> None:
        is_late = self._bench.clock() - held.asked_at > _GOOD_FOR
        if not is_late:
            with speaking(await self._bench.tongues.with_person(held.user)):
                answer = await self._answer(held) if held.fence <= _MOST_TRIES else late.gave_up(held.words)
                await self._send(held, answer)
        await self._db.write(looks.finish, held)

    async def _answer(self, held: Held) -> Answer:
        look = parse(held.words)
        if not isinstance(look, Look):
            return late.gave_up(held.words)  # an older version asked
        counted: list[int] = []
        word = late.examining if isinstance(look, Examine) else late.under_way
        progress = asyncio.create_task(self._tell(held, counted, word))
        try:
            async with asyncio.timeout(self._limit_s):
                if isinstance(look, Examine):
                    return checkup_answer(await self._doctor.examine(counted.append))
                return await self._outlook.answer(look, counted.append)
        except StoreUnavailable:
            raise  # it is answered when the lease ends
        except TimeoutError:
            return late.took_too_long(held.words, self._limit_s)
        except Exception as error:
            log.exception("look.failed", look_id=held.id, user=held.user)
            return late.failed(held.words, type(error).__name__)
        finally:
            progress.cancel()

    async def _tell(self, held: Held, counted: list[int], word: Callable[[int | None], Answer]) -> None:
        """One word while it takes longer."""
        await asyncio.sleep(self._patience_s)
        await self._send(held, word(counted[0] if counted else None))

    async def _send(self, held: Held, answer: Answer) -> None:
        try:
            await self._bench.poster.respond(held.response_url, answer.privately())
        except SlackTrouble as trouble:
            self._bench.metrics.trouble(trouble)
            log.warning("look.not_answered", look_id=held.id, user=held.user, error=str(trouble))
        else:
            log.info("look.answered", look_id=held.id, user=held.user)
