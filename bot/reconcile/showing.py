"""Showing: bring one notice's message in Slack to what the view says, never posting it twice."""

from dataclasses import replace
from datetime import timedelta

import structlog

from bot.domain.calendar import backoff
from bot.domain.routing import detour
from bot.domain.telling.language import say, speaking
from bot.reconcile.bench import Bench
from bot.reconcile.pace import ALL_POSTS, LOOKS, UPDATES, posts_to
from bot.reconcile.viewed import View
from bot.reconcile.warrant import FRESH_FOR, SETTLES_WITHIN, Warrant
from bot.slack.message import Message
from bot.slack.posting import (
    NoSuchChannel,
    NoSuchMessage,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Refused,
    SlackTrouble,
)
from bot.store import investigations, notices, operator_alerts
from bot.store.notices import Notice

log = structlog.get_logger(__name__)

_TRIES = 3
_BAD_BLOCKS = frozenset({"invalid_blocks", "invalid_attachments"})


class LeaseLost(Exception):
    """Somebody else works on the notice by now: what was begun must not go on."""


class StoreTooSlow(RateLimited):
    """No intent was committed in time: nothing was sent, as if Slack had asked to wait."""

    def __str__(self) -> str:
        """What happened."""
        return "the store was too slow: nothing was posted"


class Detour(Exception):
    """The channel is closed; the notice knows that by now, and its message has to say so elsewhere."""

    def __init__(self, detour: str) -> None:
        """`detour` as the notice keeps it."""
        super().__init__(detour)
        self.detour = detour


class StillInDoubt(SlackTrouble):
    """Whether the message was posted before could not be looked up now."""

    def __init__(self, trouble: SlackTrouble, wait_s: float) -> None:
        """Look again after so many seconds; `trouble` is what stood in the way."""
        super().__init__(f"cannot look for my own message: {trouble}")
        self.trouble = trouble
        self.wait_s = wait_s


class Shower:
    """Posts a notice's root message once and updates it ever after."""

    def __init__(self, bench: Bench) -> None:
        """Work at this bench."""
        self._bench = bench
        self._db = bench.db
        self._poster = bench.poster
        self._pace = bench.pace

    async def show(
        self, notice: Notice, view: View, warrant: Warrant | None = None
    ) -> tuple[str, str] | None:
        """Post or update; return channel and ts, or None where its message or channel is gone.

        `warrant`: of the intent to post to the first of its channels, where that was committed with the lease.

        Raises:
            SlackTrouble: it did not work out; the intent to post stays committed.
            LeaseLost: nothing was posted.
            Detour: nothing was posted, as its channel is closed.
        """
        try:
            return await self._show(notice, view, warrant)
        except Refused as refusal:
            if refusal.error not in _BAD_BLOCKS or view.without_chart is None:
                raise
            # Its file is gone, or this workspace knows no such block. An alert is more than its chart.
            log.warning("notice.chart_refused", error=str(refusal), incident_id=notice.incident_id)
            if view.incident is not None:
                await self._db.write(investigations.chart_refused, view.incident.id, self._bench.clock())
            return await self._show(notice, replace(view, message=view.without_chart), warrant)

    async def _show(self, notice: Notice, view: View, warrant: Warrant | None) -> tuple[str, str] | None:
        if notice.ts:
            return await self._update(notice, view)
        if notice.posting_since is not None and warrant is None:
            found = await self._find_own(notice, view)
            if found is not None:
                await self._take_up(notice, *found)
                await self._change(*found, view.message)
                return found
        return await self._post_where_it_belongs(notice, view, warrant)

    async def _update(self, notice: Notice, view: View) -> tuple[str, str] | None:
        try:
            await self._change(notice.channel, notice.ts, view.message)
        except (NoSuchMessage, NoSuchChannel) as error:
            log.info(
                "notice.root_gone", notice_id=notice.id, incident_id=notice.incident_id, error=error.error
            )
            return None
        return notice.channel, notice.ts

    async def _take_up(self, notice: Notice, channel: str, ts: str) -> None:
        """Write down where the message was found: if changing it fails now, nobody must post it again."""
        if not await self._db.write(notices.placed, notice, channel=channel, ts=ts, now=self._bench.clock()):
            raise LeaseLost

    async def _change(self, channel: str, ts: str, message: Message) -> None:
        await self._pace.turn(UPDATES)
        try:
            await self._poster.update(channel, ts, message)
        except RateLimited as error:
            self._pace.hold(UPDATES, error.retry_after_s)
            raise

    async def _find_own(self, notice: Notice, view: View) -> tuple[str, str] | None:
        """After an unknown outcome: the message, if Slack did post it."""
        metadata = view.message.as_arguments().get("metadata")
        if metadata is None or notice.posting_since is None:
            return None
        settled_at = notice.posting_since + SETTLES_WITHIN
        if (wait := settled_at - self._bench.clock()) > timedelta(0):
            raise StillInDoubt(OutcomeUnknown("Slack may still be at it"), wait.total_seconds())
        channel = notice.channel or view.channels[0]
        try:
            await self._pace.turn(LOOKS)
            ts = await self._poster.find_own(channel, metadata, notice.posting_since)
        except RateLimited as error:
            self._pace.hold(LOOKS, error.retry_after_s)
            raise StillInDoubt(error, error.retry_after_s) from error
        except (NotSent, OutcomeUnknown) as error:
            wait_s = backoff.after(notice.attempts + 1).total_seconds()
            raise StillInDoubt(error, wait_s) from error
        except Refused as error:
            # Without the history scope we cannot look. An alert twice is better than none.
            log.warning("notice.cannot_look_for_own_message", error=error.error, notice_id=notice.id)
            return None
        return None if ts is None else (channel, ts)

    async def _post_where_it_belongs(
        self, notice: Notice, view: View, warrant: Warrant | None
    ) -> tuple[str, str]:
        """Post to the first of its channels; where that is closed and there are others, make a detour."""
        channel, *others = view.channels
        try:
            return await self._post(notice, channel, view.message, warrant)
        except NoSuchChannel as error:
            if not others:
                await self._try_all_again(notice)
                raise
            await self._report_channel(channel, error)
            raise Detour(await self._note(notice, channel, error)) from error

    async def _try_all_again(self, notice: Notice) -> None:
        """Every channel is closed: at the next attempt whichever is open by then will do."""
        if notice.detour and not await self._db.write(notices.detoured, notice, ""):
            raise LeaseLost

    async def _note(self, notice: Notice, channel: str, error: NoSuchChannel) -> str:
        """Write down that the channel is closed, before the message is made anew."""
        noted = detour.added(notice.detour, channel, error.error)
        if not await self._db.write(notices.detoured, notice, noted):
            raise LeaseLost
        return noted

    async def _post(
        self, notice: Notice, channel: str, message: Message, warrant: Warrant | None
    ) -> tuple[str, str]:
        await self._pace.turn(posts_to(channel), ALL_POSTS)
        if warrant is None or not warrant.is_fresh():
            warrant = await self._intend(notice, channel)
        try:
            return await self._poster.post_in_time(channel, message, warrant.may_go)
        except RateLimited as error:
            self._pace.hold(posts_to(channel), error.retry_after_s)
            raise

    async def _intend(self, notice: Notice, channel: str) -> Warrant:
        """Commit the intent, and be in time: a process that hung in between may not be alone with it any more."""
        for _ in range(_TRIES):
            warrant = Warrant.begin(self._bench.clock)
            if not await self._db.write(notices.intend, notice, channel, warrant.since):
                raise LeaseLost
            if warrant.is_fresh():
                return warrant
        raise StoreTooSlow(FRESH_FOR.total_seconds())

    async def _report_channel(self, channel: str, error: NoSuchChannel) -> None:
        log.warning("notice.channel_closed", channel=channel, error=error.error)
        with speaking(self._bench.tongues.with_operators()):
            summary = say(
                "Slack does not let me post to channel {channel} ({error})",
                channel=channel,
                error=error.error,
            )
            detail = say(
                "Its alerts go to the default channel meanwhile. Unarchive the channel, or invite OOM Guard to it, or change the route."
            )
        now = self._bench.clock()
        await self._db.write(operator_alerts.raise_alert, f"channel:{channel}", summary, detail, now)
