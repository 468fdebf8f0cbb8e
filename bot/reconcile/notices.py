"""Notices: lease what Slack does not show truly yet, show it as it is now, and save what was shown."""

import asyncio
from collections.abc import Awaitable, Coroutine, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.domain.calendar import backoff
from bot.domain.incident.notice import Reason, Urgency
from bot.domain.telling.language import mark, speaking
from bot.reconcile.bench import Bench
from bot.reconcile.pace import ANYTHING
from bot.reconcile.showing import Detour, LeaseLost, Shower, StillInDoubt
from bot.reconcile.storms import Storms
from bot.reconcile.thread import Thread
from bot.reconcile.turns import turns
from bot.reconcile.view import Views
from bot.reconcile.viewed import View
from bot.reconcile.warrant import Warrant
from bot.slack.posting import NotSent, OutcomeUnknown, RateLimited, Refused, SlackTrouble
from bot.store import claims, glance, notices, storms
from bot.store.leases import Claim
from bot.store.notices import Notice
from bot.store.waiting import Waiting
from bot.tracing.tracer import matter

log = structlog.get_logger(__name__)

LEASE_FOR = timedelta(seconds=90)
_AT_ONCE = 20
_LOOKED_AT = 1000  # waiting notices, the most urgent first
_REFUSED_AGAIN_AFTER = timedelta(minutes=10)
_LONGEST_REST = timedelta(seconds=30)  # of all calls, while Slack does not answer
_UNANSWERED = {NotSent.__name__, OutcomeUnknown.__name__, StillInDoubt.__name__}
LIMITS, SILENCE = mark("Slack's limits"), mark("Slack did not answer")


class Notices:
    """One pass begins to show those whose turn it is, twenty side by side; none is leased while it waits for one.

    It waits for none of them: whatever takes its time, a Slack that is slow or a thread that is long, holds up no
    alert that comes meanwhile.
    """

    def __init__(self, bench: Bench, views: Views, shower: Shower, thread: Thread, sorting: Storms) -> None:
        """`sorting` folds storms, `views` say how a notice looks, `shower` and `thread` make Slack show it."""
        self._bench = bench
        self._db = bench.db
        self._views = views
        self._shower = shower
        self._thread = thread
        self._sorting = sorting
        self._unanswered = 0  # calls in a row
        self._hindered: dict[int, str] = {}  # what kept a waiting notice from its turn
        self._under_way: dict[asyncio.Task[None], Waiting] = {}
        self._failure: BaseException | None = None  # of the store, which no notice could keep

    async def one_pass(self) -> bool | float:
        """Begin to show what is due and may be shown: whether there was any, or in how many seconds there will be."""
        if (failure := self._failure) is not None:
            self._failure = None
            raise failure
        now, begun = self._bench.clock(), {one.id for one in self._under_way.values()}
        seen = await self._db.read(glance.look, now, _LOOKED_AT)
        found, tags_in = self._views.ready([one for one in seen.found if one.id not in begun], now)
        if await self._sorting.swept(found, seen, now):
            return True
        await self._bench.pace.refresh()
        most = (1 if self._unanswered else _AT_ONCE) - len(self._under_way)
        chosen, next_in = turns(
            found, self._views.channel_of, self._bench.pace, most, self._under_way.values()
        )
        hindered = self._note_hindrances(found, chosen)
        if not chosen:
            return min(filter(None, (next_in, tags_in)), default=False)
        news = [one for one in chosen if one.id in seen.news]
        for one in news:
            self._begin(one, self._open(seen.news[one.id], hindered.get(one.id, "")))
        others = {one.id: one for one in chosen if one.id not in seen.news}
        leased = await self._lease(list(others), now)
        for notice in leased:
            self._begin(others[notice.id], self._attend(notice, hindered.get(notice.id, "")))
        return bool(news or leased)

    async def ended(self) -> None:
        """Return when nothing is under way any more; what is cut off here is cut off there."""
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def _begin(self, one: Waiting, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work, name=f"notice {one.id}")
        self._under_way[task] = one
        task.add_done_callback(self._over)

    def _over(self, task: asyncio.Task[None]) -> None:
        del self._under_way[task]
        if not task.cancelled():
            self._failure = task.exception() or self._failure

    async def _lease(self, ids: list[int], now: datetime) -> list[Notice]:
        if not ids:
            return []
        worker = self._bench.worker
        return await self._db.write(notices.lease, worker, now, limit=len(ids), lease_for=LEASE_FOR, only=ids)

    def _note_hindrances(self, found: Iterable[Waiting], chosen: Iterable[Waiting]) -> dict[int, str]:
        """What hindered those that are chosen now; the others are hindered from now on."""
        before, cause = self._hindered, SILENCE if self._unanswered else LIMITS
        waits_on = {one.id for one in found} - {one.id for one in chosen}
        self._hindered = {number: SILENCE if before.get(number) == SILENCE else cause for number in waits_on}
        return before

    async def _open(self, seen: Notice, hindered: str) -> None:
        """Show one that nobody has begun to: drawn before it is leased, so that lease and intent are one commit."""
        hindrance = _hindrance(seen) or hindered
        view = await self._drawn(seen, hindrance)
        if view is None or view.reason is None or view.due_at > self._bench.clock():
            for leased in await self._lease([seen.id], self._bench.clock()):
                await self._attend(leased, hindrance)
            return
        warrant = Warrant.begin(self._bench.clock)
        wanted = Claim(owner=self._bench.worker, now=warrant.since, limit=1, lease_for=LEASE_FOR)
        claimed = await self._db.write(claims.claim, seen, wanted, view.channels[0])
        if claimed is not None:
            with speaking(view.language):
                await self._mind(claimed, self._show(claimed, view, view.reason, warrant))

    async def _drawn(self, seen: Notice, hindrance: str) -> View | None:
        """How it should look now; None where that fails, as it will again once it is leased and can be put off."""
        try:
            return await self._views.of(seen, self._bench.clock(), hindrance)
        except Exception:  # noqa: BLE001 -- likewise
            return None

    async def _attend(self, notice: Notice, hindered: str) -> None:
        """Show one notice that is leased."""
        await self._mind(notice, self._bring_up_to_date(notice, _hindrance(notice) or hindered))

    async def _mind(self, notice: Notice, showing: Awaitable[None]) -> None:
        """Whatever goes wrong is the notice's own affair and leaves it due again."""
        with structlog.contextvars.bound_contextvars(notice_id=notice.id, incident_id=notice.incident_id):
            try:
                await showing
            except SlackTrouble as trouble:
                await self._put_off(notice, trouble)
            except LeaseLost:
                log.warning("notice.lease_lost")
            except Exception as error:
                log.exception("notice.failed")
                await self._retry(notice, backoff.after(notice.attempts + 1), error, keep_intent=True)

    async def _bring_up_to_date(self, notice: Notice, hindrance: str) -> None:
        now = self._bench.clock()
        view = await self._views.of(notice, now, hindrance)
        if view is None:
            await self._db.write(notices.give_up, notice, "what it showed has been pruned", now)
            return
        with speaking(view.language):
            if view.reason is not None and view.due_at <= now:
                await self._show(notice, view, view.reason)
            else:
                await self._tend_thread(notice, view)

    async def _show(self, notice: Notice, view: View, reason: Reason, warrant: Warrant | None = None) -> None:
        """Bring the root up to date; write down where it is before the thread may fail."""
        about = matter(notice.incident_id)
        with self._bench.tracer.span(
            "notice shown", follows=about, notice_id=notice.id, about=about, reason=reason.value
        ):
            try:
                place = await self._shower.show(notice, view, warrant)
            except Detour as elsewhere:
                bare = replace(notice, detour=elsewhere.detour, channel="", posting_since=None)
                await self._bring_up_to_date(bare, "")
                return
        self._unanswered = 0
        if place is None:
            await self._let_go(notice, view)
            return
        self._bench.metrics.shown(reason)
        log.info("notice.shown", reason=reason.value, generation=notice.generation)
        now = self._bench.clock()
        channel, ts = place
        if place != (notice.channel, notice.ts):
            await self._db.write(notices.placed, notice, channel=channel, ts=ts, now=now)
        if notice.in_storm is not None and view.is_told_by_storm and reason is Reason.MORE_KILLS:
            await self._db.write(storms.touch, [notice.in_storm], now)
        placed = replace(notice, channel=channel, ts=ts)
        await self._settle(placed, view, replies_left=bool(await self._thread.missing(placed, view)))

    async def _let_go(self, notice: Notice, view: View) -> None:
        """Its message is gone: while somebody must look, a later pass posts it anew, thread and all."""
        now = self._bench.clock()
        if view.needs_eyes:
            await self._db.write(notices.forget_root, notice, now)
        else:
            await self._db.write(notices.give_up, notice, "its message was deleted", now)

    async def _tend_thread(self, notice: Notice, view: View) -> None:
        """The root is true, or has to wait: post one reply that is missing, if this turn is for replies."""
        missing = await self._thread.missing(notice, view) if notice.ts else []
        if missing and notice.urgency == Urgency.REPLIES:
            await self._thread.post(notice, *missing.pop(0))
            self._unanswered = 0
        if view.reason is None:
            await self._settle(notice, view, replies_left=bool(missing))
        elif missing:
            await self._db.write(notices.await_replies, notice, notice.shown, Urgency.REPLIES)
        else:
            await self._db.write(notices.defer, notice, view.due_at)

    async def _settle(self, notice: Notice, view: View, *, replies_left: bool) -> None:
        """The root is true; with its thread whole, this generation is shown."""
        if replies_left:
            kept = await self._db.write(notices.await_replies, notice, view.shown, Urgency.REPLIES)
        else:
            kept = await self._db.write(
                notices.shown,
                notice,
                channel=notice.channel,
                ts=notice.ts,
                generation=notice.generation,
                shown=view.shown,
                now=self._bench.clock(),
            )
        if not kept:
            raise LeaseLost

    async def _put_off(self, notice: Notice, trouble: SlackTrouble) -> None:
        self._bench.metrics.trouble(trouble)
        log.warning(
            "notice.not_shown", trouble=type(trouble).__name__, error=str(trouble), attempts=notice.attempts
        )
        match trouble:
            case RateLimited():
                wait, keep_intent = timedelta(seconds=trouble.retry_after_s), False
            case StillInDoubt():
                if not isinstance(trouble.trouble, RateLimited):
                    self._rest()
                wait, keep_intent = timedelta(seconds=trouble.wait_s), True
            case NotSent():
                self._rest()
                wait, keep_intent = backoff.after(notice.attempts + 1), False
            case Refused():
                wait, keep_intent = _REFUSED_AGAIN_AFTER, False
            case OutcomeUnknown() | _:
                self._rest()
                wait, keep_intent = backoff.after(notice.attempts + 1), True
        await self._retry(notice, wait, trouble, keep_intent=keep_intent)

    def _rest(self) -> None:
        """Slack does not answer: nothing more for a while, and then one call at a time until it does."""
        self._unanswered += 1
        self._bench.pace.hold(ANYTHING, min(_LONGEST_REST, backoff.after(self._unanswered)).total_seconds())

    async def _retry(self, notice: Notice, wait: timedelta, error: Exception, *, keep_intent: bool) -> None:
        await self._db.write(
            notices.retry,
            notice,
            self._bench.clock() + wait,
            f"{type(error).__name__}: {error}",
            keep_intent=keep_intent,
        )


def _hindrance(notice: Notice) -> str:
    """What made the last attempt fail, where it was Slack."""
    if not notice.attempts:
        return ""
    trouble = notice.error.partition(":")[0]
    if trouble == RateLimited.__name__:
        return LIMITS
    return SILENCE if trouble in _UNANSWERED else ""
