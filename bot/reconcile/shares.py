"""Shares: post an ephemeral answer to its channel, because the person who got it asked so."""

from collections.abc import Awaitable, Callable

import structlog

from bot.domain.telling.language import speaking
from bot.reconcile.bench import Bench
from bot.reconcile.leasing import leasing_pass
from bot.slack.message import Message
from bot.slack.posting import SlackTrouble
from bot.store import shares
from bot.store.database import StoreUnavailable
from bot.store.shares import Share

log = structlog.get_logger(__name__)

Render = Callable[[str, str], Awaitable[Message]]  # words and the Slack user who shares them


class Shares:
    """One pass posts what is due. A share in doubt is not repeated: the person sees whether it came."""

    def __init__(self, bench: Bench, render: Render) -> None:
        """`render` makes the answer to a command's words anew."""
        self._bench = bench
        self._db = bench.db
        self._render = render

    async def one_pass(self) -> bool:
        """Post what is due; whether there was anything."""
        return await leasing_pass(self._bench, shares.due, shares.lease, self._post)

    async def _post(self, share: Share) -> None:
        try:
            with speaking(self._bench.tongues.here(share.channel)):
                message = await self._render(share.words, share.user)
        except StoreUnavailable:
            raise  # nothing was posted: the share is rendered again when its lease ends
        except Exception as error:
            log.exception("share.not_rendered", share_id=share.id, user=share.user)
            await self._db.write(shares.give_up, share, type(error).__name__)
            return
        if await self._db.write(shares.intend, share, self._bench.clock()):
            await self._send(share, message)

    async def _send(self, share: Share, message: Message) -> None:
        try:
            await self._bench.poster.respond(share.response_url, message, to_all=True)
        except SlackTrouble as trouble:
            self._bench.metrics.trouble(trouble)
            log.warning("share.not_posted", share_id=share.id, user=share.user, error=str(trouble))
            await self._db.write(shares.give_up, share, str(trouble))
        else:
            log.info("share.posted", share_id=share.id, user=share.user, channel=share.channel)
            await self._db.write(shares.done, share)
