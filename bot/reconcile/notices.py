"""Notices: lease what Slack does not show truly yet, show it as it is now, and save what was shown."""

import asyncio
from datetime import datetime, timedelta

import structlog

from bot.domain import backoff
from bot.domain.notice import earliest
from bot.reconcile.bench import Bench
from bot.reconcile.showing import Shower
from bot.reconcile.thread import Thread
from bot.reconcile.view import View, Views
from bot.slack.posting import NotSent, OutcomeUnknown, RateLimited, Refused, SlackTrouble
from bot.store import notices
from bot.store.notices import Notice

log = structlog.get_logger(__name__)

LEASE_FOR = timedelta(seconds=90)
_AT_ONCE = 20
_REFUSED_AGAIN_AFTER = timedelta(minutes=10)


class Notices:
    """One pass shows up to twenty notices, side by side."""

    def __init__(self, bench: Bench, views: Views, shower: Shower, thread: Thread) -> None:
        """`views` say how a notice should look, `shower` and `thread` make Slack show it."""
        self._bench = bench
        self._db = bench.db
        self._views = views
        self._shower = shower
        self._thread = thread

    async def one_pass(self) -> bool:
        """Show what is due; whether there was anything."""
        now = self._bench.clock()
        if not await self._db.read(notices.due, now):
            return False
        leased = await self._db.write(
            notices.lease, self._bench.worker, now, limit=_AT_ONCE, lease_for=LEASE_FOR
        )
        await asyncio.gather(*(self._attend(notice) for notice in leased))
        return bool(leased)

    async def _attend(self, notice: Notice) -> None:
        """Show one notice; whatever goes wrong is its own affair and leaves it due again."""
        with structlog.contextvars.bound_contextvars(notice_id=notice.id, incident_id=notice.incident_id):
            try:
                await self._bring_up_to_date(notice)
            except SlackTrouble as trouble:
                await self._put_off(notice, trouble)
            except Exception as error:
                log.exception("notice.failed")
                await self._retry(notice, backoff.after(notice.attempts + 1), error, keep_intent=True)

    async def _bring_up_to_date(self, notice: Notice) -> None:
        now = self._bench.clock()
        view = await self._views.of(notice, now)
        if view is None:
            await self._db.write(notices.give_up, notice, "what it showed has been pruned", now)
            return
        due_at = self._due_at(view, now)
        if due_at > now:
            await self._db.write(notices.defer, notice, due_at)
            return
        place: tuple[str, str] | None = (notice.channel, notice.ts)
        if view.reason is not None:
            place = await self._shower.show(notice, view)
            self._bench.metrics.shown(view.reason)
            log.info("notice.shown", reason=view.reason.value, generation=notice.generation)
        if place is None:
            await self._db.write(notices.give_up, notice, "its message was deleted", now)
        else:
            await self._save(notice, view, place)

    async def _save(self, notice: Notice, view: View, place: tuple[str, str]) -> None:
        """Write down where the root is before the thread may fail, and what it shows once the thread is whole."""
        channel, ts = place
        if place != (notice.channel, notice.ts):
            await self._db.write(notices.placed, notice, channel=channel, ts=ts)
        if ts:
            await self._thread.fill(notice, view, channel, ts)
        kept = await self._db.write(
            notices.shown,
            notice,
            channel=channel,
            ts=ts,
            generation=notice.generation,
            shown=view.shown,
            now=self._bench.clock(),
        )
        if not kept:
            log.warning("notice.lease_lost")

    @staticmethod
    def _due_at(view: View, now: datetime) -> datetime:
        if view.reason is None or view.incident is None:
            return now
        return earliest(view.reason, view.incident, view.before, now)

    async def _put_off(self, notice: Notice, trouble: SlackTrouble) -> None:
        self._bench.metrics.trouble(trouble)
        log.warning(
            "notice.not_shown", trouble=type(trouble).__name__, error=str(trouble), attempts=notice.attempts
        )
        match trouble:
            case RateLimited():
                wait, keep_intent = timedelta(seconds=trouble.retry_after_s), False
            case NotSent():
                wait, keep_intent = backoff.after(notice.attempts + 1), False
            case Refused():
                wait, keep_intent = _REFUSED_AGAIN_AFTER, False
            case OutcomeUnknown() | _:
                wait, keep_intent = backoff.after(notice.attempts + 1), True
        await self._retry(notice, wait, trouble, keep_intent=keep_intent)

    async def _retry(self, notice: Notice, wait: timedelta, error: Exception, *, keep_intent: bool) -> None:
        await self._db.write(
            notices.retry,
            notice,
            self._bench.clock() + wait,
            f"{type(error).__name__}: {error}",
            keep_intent=keep_intent,
        )
