"""Threads: under a root message, the details once, a few single kills, and what a changed root does not push."""

from collections.abc import Iterator

import structlog

from bot.reconcile.bench import Bench
from bot.reconcile.pace import POST_INTERVAL_S
from bot.reconcile.view import KILLS_TOLD, View
from bot.slack import replies
from bot.slack.message import Message
from bot.slack.posting import RateLimited, Refused
from bot.store import notices
from bot.store.notices import Notice

log = structlog.get_logger(__name__)

_SINGLE_KILLS = 5  # so many kills get a reply of their own; after that the counter alone moves


class Thread:
    """Posts each reply once: its key is committed before the post, and a reply in doubt is not repeated."""

    def __init__(self, bench: Bench) -> None:
        """Work at this bench."""
        self._bench = bench
        self._db = bench.db
        self._poster = bench.poster
        self._pace = bench.pace

    async def fill(self, notice: Notice, view: View, channel: str, ts: str) -> None:
        """Post the replies that the thread still lacks; raises a SlackTrouble that a later pass may mend."""
        wanted = dict(wanted_replies(view))
        present = await self._db.read(notices.replies, notice.id) if wanted else {}
        for key, message in wanted.items():
            if key not in present:
                await self._post(notice, key, message, (channel, ts))

    async def _post(self, notice: Notice, key: str, message: Message, root: tuple[str, str]) -> None:
        channel, root_ts = root
        await self._pace.turn(("post", channel), POST_INTERVAL_S)
        if not await self._db.write(notices.reply_intend, notice, key, self._bench.clock()):
            return
        try:
            _, ts = await self._poster.post(channel, message, thread_ts=root_ts)
        except RateLimited as error:
            self._pace.hold(("post", channel), error.retry_after_s)
            await self._db.write(notices.reply_forget, notice, key)
            raise
        except Refused as error:
            # A reply is an extra; the root has told the story. Not tried again.
            log.warning("reply.refused", key=key, error=str(error))
            return
        await self._db.write(notices.reply_posted, notice, key, ts)


def wanted_replies(view: View) -> Iterator[tuple[str, Message]]:
    """Which replies belong under the root now, oldest first, by the key that makes each unique."""
    incident, story = view.incident, view.story
    if incident is None or story is None:
        return
    yield "details", replies.details(story)
    if view.silence is None and incident.is_unfinished and incident.kill_count < KILLS_TOLD:
        further = list(reversed(view.kills))[1:_SINGLE_KILLS]
        for number, kill in enumerate(further, start=2):
            yield f"kill:{kill.id}", replies.further_kill(story, kill.death, number)
    if incident.reopened_count and incident.is_unfinished:
        yield f"reopened:{incident.reopened_count}", replies.reopened(story)
    if view.silence is not None and incident.is_unfinished:
        yield f"silence-began:{view.silence.id}", replies.silence_began(view.silence)
    if view.ended_silence is not None and incident.is_unfinished:
        yield f"silence-ended:{view.ended_silence.id}", replies.silence_ended(story, view.ended_silence)
    if not incident.is_unfinished:
        yield f"resolved:{incident.reopened_count}", replies.resolved(story)
