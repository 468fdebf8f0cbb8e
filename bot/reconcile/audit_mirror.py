"""The audit mirror: every entry of the audit trail is told in a channel, in order, at most once."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.domain.telling.language import speaking
from bot.reconcile.bench import Bench
from bot.reconcile.loop import Loop
from bot.reconcile.pace import ALL_POSTS, ANYTHING, LOOKS, posts_to
from bot.reconcile.paced import paced
from bot.reconcile.warrant import SETTLES_WITHIN
from bot.slack.audit_lines import mirrored
from bot.slack.message import Message
from bot.slack.posting import NotSent, OutcomeUnknown, RateLimited, Refused, SlackTrouble
from bot.store import audit_trail

READER = "audit channel"
_SETTLED = timedelta(seconds=5)  # an entry that is only just being committed may have a smaller id
_IDLE_S = 5.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Page:
    """Entries as they are told: after one entry, up to another. `since`: posted then, and nobody knows whether it came."""

    after: int
    last: int
    message: Message
    since: datetime


class AuditMirror:
    """A pass tells what is new. What a crash leaves in doubt is not told again: the trail itself is in the store."""

    def __init__(self, bench: Bench, channel: str) -> None:
        """Tell it in this channel."""
        self._bench = bench
        self._db = bench.db
        self._pace = bench.pace
        self._channel = channel
        self._doubt: _Page | None = None

    async def one_pass(self) -> bool | float:
        """Whether there was anything, or in how many seconds it may be told."""
        if self._doubt is not None:
            return await self._clear_up(self._doubt)
        now = self._bench.clock()
        found = await self._db.read(audit_trail.unread, READER, now - _SETTLED)
        if not found:
            return False
        budgets = (ANYTHING, posts_to(self._channel), ALL_POSTS)
        if wait_s := max(map(self._pace.wait_s, budgets)):
            return wait_s
        # Taken before it is posted: of several processes one tells it.
        if not await self._db.write(audit_trail.read_up_to, READER, found[-1].id):
            return True
        with speaking(self._bench.tongues.here(self._channel)):
            page = _Page(found[0].id - 1, found[-1].id, mirrored(found), now)
        return await self._tell(page)

    async def _tell(self, page: _Page) -> bool | float:
        now = self._bench.clock()
        post = partial(self._bench.poster.post, self._channel, page.message)
        try:
            await paced(self._pace, post, posts_to(self._channel), ALL_POSTS)
        except (RateLimited, NotSent) as trouble:
            log.warning("audit.not_sent", error=str(trouble))
            await self._db.write(audit_trail.give_back, READER, page.last, page.after)
            return trouble.retry_after_s if isinstance(trouble, RateLimited) else _IDLE_S
        except OutcomeUnknown as trouble:
            log.warning("audit.in_doubt", error=str(trouble))
            self._doubt = replace(page, since=now)
            return SETTLES_WITHIN.total_seconds()
        except SlackTrouble as trouble:
            log.warning("audit.not_mirrored", error=str(trouble))
        return True

    async def _clear_up(self, page: _Page) -> bool | float:
        """Look whether Slack has it, as soon as Slack must have; only what it has not is told again."""
        wait_s = (page.since + SETTLES_WITHIN - self._bench.clock()).total_seconds()
        if wait_s > 0:
            return wait_s
        metadata = page.message.as_arguments()["metadata"]
        look = partial(self._bench.poster.find_own, self._channel, metadata, page.since)
        try:
            found = await paced(self._pace, look, LOOKS)
        except Refused as refusal:
            log.warning("audit.not_mirrored", error=f"cannot look whether it came: {refusal}")
            found = ""
        except SlackTrouble as trouble:
            return trouble.retry_after_s if isinstance(trouble, RateLimited) else _IDLE_S
        self._doubt = None
        return True if found is not None else await self._tell(page)


def build_audit_mirror(bench: Bench, channel: str) -> list[Loop]:
    """Its loop, not yet started; none where no channel is set."""
    if not channel:
        return []
    mirror = AuditMirror(bench, channel)
    return [Loop("audit_mirror", mirror.one_pass, clock=bench.clock, idle_s=_IDLE_S)]
