"""The audit mirror: every entry of the audit trail is told in a channel, in order, at most once."""

from datetime import timedelta

import structlog

from bot.domain.language import speaking
from bot.reconcile.bench import Bench
from bot.reconcile.loop import Loop
from bot.reconcile.pace import ALL_POSTS, posts_to
from bot.slack.audit_lines import mirrored
from bot.slack.message import Message
from bot.slack.posting import NotSent, RateLimited, SlackTrouble
from bot.store import audit_trail

READER = "audit channel"
_SETTLED = timedelta(seconds=5)  # an entry that is only just being committed may have a smaller id
_TRIES = 5
_IDLE_S = 5.0

log = structlog.get_logger(__name__)


class AuditMirror:
    """A pass tells what is new. The trail itself is in the store: what a crash loses here is not lost."""

    def __init__(self, bench: Bench, channel: str) -> None:
        """Tell it in this channel."""
        self._bench = bench
        self._channel = channel

    async def one_pass(self) -> bool:
        """Whether there was anything."""
        before = self._bench.clock() - _SETTLED
        found = await self._bench.db.read(audit_trail.unread, READER, before)
        if not found:
            return False
        # Taken before it is posted: of several processes one tells it.
        if await self._bench.db.write(audit_trail.read_up_to, READER, found[-1].id):
            with speaking(self._bench.tongues.here(self._channel)):
                await self._post(mirrored(found))
        return True

    async def _post(self, message: Message) -> None:
        for _ in range(_TRIES):
            await self._bench.pace.turn(posts_to(self._channel), ALL_POSTS)
            try:
                await self._bench.poster.post(self._channel, message)
            except RateLimited as trouble:
                self._bench.pace.hold(posts_to(self._channel), trouble.retry_after_s)
            except NotSent as trouble:
                log.warning("audit.not_sent", error=str(trouble))
            except SlackTrouble as trouble:
                log.warning("audit.not_mirrored", error=str(trouble))
                return
            else:
                return
        log.warning("audit.not_mirrored", tries=_TRIES)


def build_audit_mirror(bench: Bench, channel: str) -> list[Loop]:
    """Its loop, not yet started; none where no channel is set."""
    if not channel:
        return []
    mirror = AuditMirror(bench, channel)
    return [Loop("audit_mirror", mirror.one_pass, clock=bench.clock, idle_s=_IDLE_S)]
