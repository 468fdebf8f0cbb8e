"""Threads: under a root message, the details once, a few single kills, and what a changed root does not push."""

from collections.abc import Iterator
from dataclasses import replace

import structlog

from bot.domain.alert.story import Story
from bot.domain.incident.calling import Call
from bot.domain.incident.incident import Incident
from bot.domain.resize.resize import Resize
from bot.reconcile.bench import Bench
from bot.reconcile.pace import ALL_POSTS, posts_to
from bot.reconcile.showing import LeaseLost
from bot.reconcile.viewed import View
from bot.slack import replies as told
from bot.slack.message import Message
from bot.slack.posting import RateLimited, Refused
from bot.slack.resize import details as plan
from bot.slack.resize import replies as of_resize
from bot.store import replies
from bot.store.alert_facts import KILLS_TOLD
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

    async def missing(self, notice: Notice, view: View) -> list[tuple[str, Message]]:
        """The replies that the thread still lacks with their keys, oldest first."""
        wanted = list(wanted_replies(view))
        present = await self._db.read(replies.of_notice, notice.id) if wanted else {}
        return [(key, message) for key, message in wanted if key not in present]

    async def post(self, notice: Notice, key: str, message: Message) -> None:
        """Post one reply; raises a SlackTrouble that a later pass may mend, or LeaseLost."""
        await self._pace.turn(posts_to(notice.channel), ALL_POSTS)
        if not await self._db.write(replies.intend, notice, key, self._bench.clock()):
            raise LeaseLost
        try:
            _, ts = await self._poster.post(notice.channel, message, thread_ts=notice.ts)
        except RateLimited as error:
            self._pace.hold(posts_to(notice.channel), error.retry_after_s)
            await self._db.write(replies.forget, notice, key)
            raise
        except Refused as error:
            # A reply is an extra; the root has told the story. Not tried again.
            log.warning("reply.refused", key=key, error=str(error))
            return
        await self._db.write(replies.posted, notice, key, ts)


def wanted_replies(view: View) -> Iterator[tuple[str, Message]]:
    """Which replies belong under the root now, oldest first, by the key that makes each unique."""
    incident, story = view.incident, view.story
    if incident is not None and story is not None:
        yield from _of_incident(view, incident, story)
    resize = view.resize if story is None else story.resize
    if resize is not None:
        yield from _of_resize(resize, has_alert=story is not None)


def _of_incident(view: View, incident: Incident, story: Story) -> Iterator[tuple[str, Message]]:
    yield "details", told.details(story)
    if view.silence is None and incident.is_unfinished and incident.kill_count < KILLS_TOLD:
        further = list(reversed(view.kills))[1:_SINGLE_KILLS]
        for number, kill in enumerate(further, start=2):
            yield f"kill:{kill.id}", told.further_kill(story, kill.death, number)
    is_hushed = view.silence is not None or view.is_told_by_storm
    if incident.reopened_count and incident.is_unfinished and not is_hushed:
        yield f"reopened:{incident.reopened_count}", told.reopened(_calling(story, view.call_now))
    if view.silence is not None and incident.is_unfinished:
        yield f"silence-began:{view.silence.id}", told.silence_began(view.silence)
    if view.ended_silence is not None and incident.is_unfinished:
        yield f"silence-ended:{view.ended_silence.id}", told.silence_ended(story, view.ended_silence)
    if not incident.is_unfinished:
        yield f"resolved:{incident.reopened_count}", told.resolved(story)


def _calling(story: Story, call: Call) -> Story:
    """The story as it is told now: who is called may have gone home since the alert was posted, or come to work."""
    return replace(story, owner=call.mentioned, unmentioned=None if call.is_mentioned else call)


def _of_resize(resize: Resize, *, has_alert: bool) -> Iterator[tuple[str, Message]]:
    """The plan where the root has no room for it; how it ended, and that it was undone."""
    number, status = resize.spec.id, resize.status
    if has_alert:
        yield f"resize:{number}", plan.reply(resize)
    if status.phase.is_final:
        yield f"resize:{number}:{status.phase.value}", of_resize.ended(resize)
    if status.regressed_at is not None:
        yield f"resize:{number}:undone", of_resize.undone(resize)
