"""Shares: post an ephemeral answer to its channel, because the person who got it asked so."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.slack.posting import Poster, SlackTrouble
from bot.store import shares
from bot.store.database import Database
from bot.store.shares import Share

log = structlog.get_logger(__name__)

_LEASE_FOR = timedelta(seconds=60)
_AT_ONCE = 10


class Shares:
    """One pass posts what is due. A share in doubt is not repeated: the person sees whether it came."""

    def __init__(self, db: Database, poster: Poster, *, worker: str, clock: Callable[[], datetime]) -> None:
        """`worker` names this process as the owner of leases."""
        self._db = db
        self._poster = poster
        self._worker = worker
        self._clock = clock

    async def one_pass(self) -> bool:
        """Post what is due; whether there was anything."""
        now = self._clock()
        if not await self._db.read(shares.due, now):
            return False
        leased = await self._db.write(shares.lease, self._worker, now, limit=_AT_ONCE, lease_for=_LEASE_FOR)
        for share in leased:
            await self._post(share)
        return bool(leased)

    async def _post(self, share: Share) -> None:
        if not await self._db.write(shares.intend, share, self._clock()):
            return
        try:
            await self._poster.respond(share.response_url, share.answer)
        except SlackTrouble as trouble:
            log.warning("share.not_posted", share_id=share.id, user=share.user, error=str(trouble))
            await self._db.write(shares.give_up, share, str(trouble))
        else:
            log.info("share.posted", share_id=share.id, user=share.user, channel=share.channel)
            await self._db.write(shares.done, share)
