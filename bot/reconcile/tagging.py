"""Tagging: read the AWS tags of what is killed, keep them, and have all that ask for a route know them."""

from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.domain.calendar import backoff
from bot.domain.routing.known_tags import FRESH_FOR, KnownTags
from bot.reconcile.bench import Bench
from bot.reconcile.leasing import leasing_pass
from bot.reconcile.tag_haste import TagHaste
from bot.store import tags as store
from bot.store.tags import Asked

log = structlog.get_logger(__name__)

_AGAIN_AFTER = timedelta(days=1)
# What was killed lately is killed again, and its next alert need not wait for AWS: that asks for tags that are fresh. Only
# where few are known; three calls each time are much for thousands.
_LATELY, _KEPT_FRESH, _FEW = timedelta(days=1), FRESH_FOR - timedelta(minutes=2), 200
_LONGEST_REST = timedelta(hours=1)  # where they could not be read
_SOON = 4  # attempts before that
_KEPT_FOR = timedelta(days=30)  # without a kill
_OVERLAP = timedelta(minutes=2)  # other processes' clocks, and commits that took their time


class Tagging:
    """One pass reads the tags of up to ten subjects; the first kill of an incident, and every day."""

    def __init__(self, bench: Bench, haste: TagHaste, known: KnownTags) -> None:
        """`haste` asks AWS; `known` is what routes look at."""
        self._bench = bench
        self._db = bench.db
        self._haste = haste
        self._known = known
        self._caught_up: datetime | None = None

    async def one_pass(self) -> bool:
        """Read what is due; whether there was anything."""
        now = self._bench.clock()
        await self._catch_up(now)
        if await self._db.read(store.is_wanted, now, FRESH_FOR):
            await self._db.write(store.want, now, FRESH_FOR)
        return await leasing_pass(self._bench, store.due, store.lease, self._attend)

    async def _catch_up(self, now: datetime) -> None:
        """Know what other processes read, and what was read before this one began."""
        overlap = timedelta() if self._db.is_exclusive else _OVERLAP
        since = None if self._caught_up is None else self._caught_up - overlap
        for subject, tags in await self._db.read(store.learned_since, since):
            self._known.learn(subject, tags)
        self._caught_up = now

    async def _attend(self, asked: Asked) -> None:
        now = self._bench.clock()
        is_recent = await self._db.read(store.is_lively, asked.subject, now - _LATELY)
        if not is_recent and not await self._db.read(store.is_lively, asked.subject, now - _KEPT_FOR):
            self._known.forget(asked.subject)
            await self._db.write(store.forget, asked)
            return
        tags = await self._haste.read(asked.subject, now)
        rest = _KEPT_FRESH if is_recent and len(self._known) <= _FEW else _AGAIN_AFTER
        if tags.problem:
            log.warning("tags.not_read", subject=str(asked.subject), why=tags.problem)
            rest = backoff.after(asked.attempts + 1) if asked.attempts < _SOON else _LONGEST_REST
            tags = replace(tags, found=asked.before.found) if asked.before else tags
        # Known before the commit, which wakes those who wait for it.
        self._known.learn(asked.subject, tags)
        await self._db.write(store.learn, asked, tags, now + rest)
