"""Tag haste: the AWS tags that an alert waits for are read at once, before anything is written or leased for that."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.domain.routing.known_tags import KnownTags
from bot.domain.routing.tags import Tags
from bot.domain.subject.subject import Subject

log = structlog.get_logger(__name__)

ReadTags = Callable[[Subject], Awaitable[Tags]]

_AT_ONCE = 50  # the others in their turn
_JUST_READ = timedelta(minutes=1)


class TagHaste:
    """Reads for the alerts of this process; what it finds is known at once, and kept when its turn comes."""

    def __init__(self, read: ReadTags, known: KnownTags) -> None:
        """`read` asks AWS and never raises; `known` is what routes look at."""
        self._read = read
        self._known = known
        self._under_way: dict[Subject, asyncio.Task[None]] = {}

    def hurry(self, subject: Subject) -> None:
        """Begin to read them, unless that has begun already."""
        if subject not in self._under_way and len(self._under_way) < _AT_ONCE:
            task = asyncio.create_task(self._learn(subject), name="tag-haste")
            self._under_way[subject] = task
            task.add_done_callback(lambda _: self._under_way.pop(subject, None))

    async def read(self, subject: Subject, now: datetime) -> Tags:
        """The tags, as they were read just now for an alert, or else by asking AWS."""
        if (task := self._under_way.get(subject)) is not None:
            await asyncio.wait({task})
        known = self._known.of_subject(subject)
        if known is not None and known.asked_at >= now - _JUST_READ and not known.problem:
            return known
        return await self._read(subject)

    async def _learn(self, subject: Subject) -> None:
        before = self._known.of_subject(subject)
        try:
            tags = await self._read(subject)
        except Exception:  # the alert waits no longer than it would have; whoever's turn it is tries again
            log.exception("tags.not_hurried", subject=str(subject))
            return
        if tags.problem and before is not None:
            tags = replace(tags, found=before.found)
        self._known.learn(subject, tags)
