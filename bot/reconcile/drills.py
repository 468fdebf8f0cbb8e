"""Drills: carry on tests of the whole path: send, show, tell how long each leg took, fold."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import structlog

from bot.aws.calls import AwsTrouble, Calls
from bot.aws.event_writing import Bus, put_synthetic
from bot.domain.kills.drill import MOST_ATTEMPTS, Step, next_step
from bot.domain.telling.language import speaking
from bot.reconcile.bench import Bench
from bot.reconcile.leasing import leasing_pass
from bot.reconcile.loop import Loop
from bot.reconcile.pace import ALL_POSTS, LOOKS, UPDATES, posts_to
from bot.reconcile.paced import paced
from bot.reconcile.warrant import FRESH_FOR, SETTLES_WITHIN, Warrant
from bot.reconcile.woken import prompt_loop
from bot.slack import drill as words
from bot.slack.answers import drill as answers
from bot.slack.message import Message
from bot.slack.posting import NoSuchMessage, NotSent, RateLimited, Refused, SlackTrouble
from bot.store import drills
from bot.store.drills import Held

log = structlog.get_logger(__name__)

_AGAIN_AFTER_S = 3.0
_BREATH_S = 0.1  # it measures how long things take
_MOST_STEPS = 8  # of one drill in one pass; each takes it further


@dataclass(frozen=True, slots=True)
class _Later:
    """Slack asks for patience."""

    seconds: float


class Drills:
    """One pass carries on what is due. `bus` is None where there is neither topic nor queue, and so no path."""

    def __init__(self, bench: Bench, calls: Calls, bus: Bus | None) -> None:
        """`calls` puts events on the bus."""
        self._bench = bench
        self._db = bench.db
        self._calls = calls
        self._bus = bus

    async def one_pass(self) -> bool:
        """Carry on what is due; whether there was anything."""
        return await leasing_pass(self._bench, drills.due, drills.lease, self._carry_on)

    async def _carry_on(self, held: Held) -> None:
        for _ in range(_MOST_STEPS):
            step, due_at = next_step(held.drill, self._bench.clock())
            if step is Step.FORGET:
                await self._db.write(drills.finish, held)
                return
            if step is Step.WAIT:
                break
            done = await self._do(step, held)
            if isinstance(done, _Later):
                due_at = self._bench.clock() + timedelta(seconds=done.seconds)
                break
            if done is None:
                return  # somebody else has it by now
            held = done
        await self._db.write(drills.put_back, held, due_at)

    async def _do(self, step: Step, held: Held) -> Held | _Later | None:
        match step:
            case Step.SEND:
                return await self._send(held)
            case Step.SHOW:
                return await self._try(held, self._show)
            case Step.TELL:
                return await self._tell(held)
            case _:
                return await self._try(held, self._fold)

    async def _note(self, held: Held, **news: Any) -> Held | None:
        return await self._db.write(drills.note, held, news)

    async def _send(self, held: Held) -> Held | None:
        """At most once: what was sent may be on its way though no answer came."""
        intended = await self._note(held, sent_at=self._bench.clock())
        if intended is None:
            return None
        if self._bus is None:
            return await self._failed(intended, answers.no_path)
        try:
            await put_synthetic(self._calls, self._bus, held.drill.token, held.drill.user)
        except AwsTrouble as trouble:
            log.warning("drill.not_sent", drill_id=held.id, error=trouble.english)
            return await self._failed(intended, trouble.__str__)
        log.info("drill.sent", drill_id=held.id, user=held.drill.user)
        return await self._note(intended, accepted_at=self._bench.clock())

    async def _failed(self, held: Held, tell: Callable[[], str]) -> Held | None:
        """Keep why, in the words of who is told."""
        with speaking(await self._bench.tongues.with_person(held.drill.user)):
            return await self._note(held, error=tell()[:400])

    async def _try(
        self, held: Held, doing: Callable[[Held], Awaitable[Held | _Later | None]]
    ) -> Held | _Later | None:
        """Slack may ask for patience a few times; then it is told."""
        try:
            return await doing(held)
        except SlackTrouble as trouble:
            self._bench.metrics.trouble(trouble)
            log.warning("drill.slack", drill_id=held.id, error=str(trouble))
            attempts = held.drill.attempts + 1
            if isinstance(trouble, Refused) or attempts >= MOST_ATTEMPTS:
                return await self._note(held, attempts=MOST_ATTEMPTS, error=f"Slack: {trouble}"[:400])
            surely = isinstance(trouble, RateLimited | NotSent)  # nothing was posted, now
            await self._note(
                held, attempts=attempts, **({"posting_at": held.drill.posting_at} if surely else {})
            )
            return _Later(trouble.retry_after_s if isinstance(trouble, RateLimited) else _AGAIN_AFTER_S)

    async def _show(self, held: Held) -> Held | _Later | None:
        channel, before = held.drill.channel, held.drill.posting_at
        with speaking(self._bench.tongues.here(channel)):
            message = words.test_message(held.drill)
        if before is not None:  # a process died over it, or Slack gave no answer: it may have the message
            settles_in = (before + SETTLES_WITHIN - self._bench.clock()).total_seconds()
            if settles_in > 0:
                return _Later(settles_in)
            metadata = message.as_arguments()["metadata"]
            look = partial(self._bench.poster.find_own, channel, metadata, before)
            if ts := await paced(self._bench.pace, look, LOOKS):
                return await self._note(held, posted_at=before, place=channel, ts=ts)
        post = partial(self._post, held, channel, message)
        return await paced(self._bench.pace, post, posts_to(channel), ALL_POSTS)

    async def _post(self, held: Held, channel: str, message: Message) -> Held | None:
        """Keep the intent, and post while it is good."""
        warrant = Warrant.begin(self._bench.clock)
        stored_at = held.drill.stored_at or warrant.since
        intended = await self._note(held, posting_at=warrant.since, stored_at=stored_at)
        if intended is None:
            return None
        if not warrant.is_fresh():
            raise RateLimited(FRESH_FOR.total_seconds())
        place, ts = await self._bench.poster.post_in_time(channel, message, warrant.may_go)
        return await self._note(intended, posted_at=self._bench.clock(), place=place, ts=ts)

    async def _tell(self, held: Held) -> Held | None:
        """Once: an answer that Slack loses is not repeated, as the address takes five at most."""
        told = await self._note(held, told_at=self._bench.clock())
        if told is None:
            return None
        with speaking(await self._bench.tongues.with_person(held.drill.user)):
            answer = answers.outcome(held.drill).privately()
        try:
            await self._bench.poster.respond(held.response_url, answer)
        except SlackTrouble as trouble:
            self._bench.metrics.trouble(trouble)
            log.warning("drill.not_told", drill_id=held.id, user=held.drill.user, error=str(trouble))
        log.info("drill.over", drill_id=held.id, came_through=held.drill.posted_at is not None)
        return told

    async def _fold(self, held: Held) -> Held | None:
        with speaking(self._bench.tongues.here(held.drill.channel, held.place)):
            message = words.folded(held.drill)
        update = partial(self._bench.poster.update, held.place, held.ts, message)
        try:
            await paced(self._bench.pace, update, UPDATES)
        except NoSuchMessage:
            log.info("drill.message_gone", drill_id=held.id)
        return await self._note(held, attempts=MOST_ATTEMPTS)


def build_drills(bench: Bench, calls: Calls, bus: Bus | None) -> list[Loop]:
    """The loop, not yet started."""
    return [prompt_loop(bench, "drills", Drills(bench, calls, bus).one_pass, breath_s=_BREATH_S)]
