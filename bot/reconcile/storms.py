"""Storms: sort out what one message for the whole cluster tells, and see when a storm is over."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import structlog

from bot.domain.incident.storm import Opening, Place, Storm, StormRule, gather, is_over
from bot.domain.subject.silence import Silence
from bot.reconcile.bench import Bench
from bot.reconcile.view import Views
from bot.store import storms, waiting
from bot.store.glance import Glance
from bot.store.waiting import Waiting

log = structlog.get_logger(__name__)


class Storms:
    """Runs before notices are shown: what it folds needs no turn of its own."""

    def __init__(self, bench: Bench, views: Views, rule: StormRule) -> None:
        """`views` know in which channel an incident is shown; `rule` says what a storm is."""
        self._db = bench.db
        self._views = views
        self._rule = rule

    async def _going_on(self, running: Iterable[Storm], now: datetime) -> dict[Place, int]:
        """Of the storms that are not over the ids, by their places; those that are by now are ended."""
        going_on = {}
        for storm in running:
            killed = await self._db.read(storms.killed_since, storm.id, now - self._rule.window)
            if is_over(storm, killed, now, self._rule):
                await self._db.write(storms.end, storm.id, now)
                log.info("storm.over", storm_id=storm.id)
            else:
                going_on[storm.place] = storm.id
        return going_on

    async def swept(self, found: Sequence[Waiting], glance: Glance, now: datetime) -> bool:
        """Have storms tell what is theirs to tell of what was found; whether that changed anything of it."""
        running = await self._going_on(glance.storms, now)
        folded = [one.id for one in found if one.is_folded and not one.is_posted]
        if folded:
            await self._db.write_aside(storms.retell, folded, now)
        fresh = [one for one in found if _is_fresh(one) and not one.is_folded]
        unmuted = [one for one in fresh if not _is_muted(one, glance.muting, now)]
        has_ended = len(running) < len(glance.storms)  # which its message has to tell
        return await self._gathered(unmuted, running, now) or bool(folded) or has_ended

    async def _gathered(self, fresh: Sequence[Waiting], running: dict[Place, int], now: datetime) -> bool:
        """Have storms tell of what opens in crowds; whether any did."""
        pending: dict[Place, list[Waiting]] = defaultdict(list)
        for one in fresh:
            place = self._place(one)
            if place is not None:
                pending[place].append(one)
        openings: list[Opening] = []
        for place, its in pending.items():
            others = [] if place in running else await self._db.read(waiting.of_cluster, place)
            openings += self._openings(place, its, others)
        gatherings = list(gather(openings, running, self._rule))
        for gathering in gatherings:
            storm_id = await self._db.write_aside(storms.fold, gathering, now)
            log.info("storm.gathered", storm_id=storm_id, incidents=len(gathering.openings))
        return bool(gatherings)

    def _openings(self, place: Place, pending: list[Waiting], others: list[Waiting]) -> Iterator[Opening]:
        """What waits for its root, and what has one already and counts with it."""
        ids = {one.id for one in pending}
        for one in pending:
            if at := _opened_at(one):
                yield Opening(notice_id=one.id, place=place, at=at, is_pending=True)
        for one in others:
            known = (one.waiting_since,) if one.is_in_doubt else (one.posted_at, one.reopened_at)
            at = max(filter(None, known), default=None)
            is_told = one.is_posted or one.is_in_doubt  # or is just being told
            if at and is_told and one.id not in ids and self._place(one) == place:
                yield Opening(notice_id=one.id, place=place, at=at, is_pending=False)

    def _place(self, one: Waiting) -> Place | None:
        key = one.group_key
        if key is None:
            return None
        return Place(key.account, key.region, key.cluster, self._views.channel_of(one))


def _is_fresh(one: Waiting) -> bool:
    """Whether the channel has yet to hear of it, for the first time or again, and no storm has taken it in."""
    at = _opened_at(one)
    return at is not None and (one.swept_at is None or one.swept_at < at)


def _opened_at(one: Waiting) -> datetime | None:
    """Since when the channel should hear of it; None where it only counts up."""
    if not one.is_posted:
        return one.waiting_since
    return one.reopened_at if one.reopened_at == one.waiting_since else None


def _is_muted(one: Waiting, muting: Iterable[Silence], now: datetime) -> bool:
    return one.group_key is not None and any(silence.mutes(one.group_key, now) for silence in muting)
