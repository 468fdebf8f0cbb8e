"""Storm views: what Slack should show of a storm right now."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.domain.incident import storm as storm_rules
from bot.domain.incident.notice import Reason, Shown, earliest
from bot.domain.incident.storm import Toll
from bot.domain.telling.language import speaking
from bot.reconcile import shown_text
from bot.reconcile.keeping import call_kept, late_since
from bot.reconcile.routing import Routing
from bot.reconcile.viewed import View
from bot.slack.detours import around
from bot.slack.storm import storm_message
from bot.store import storms
from bot.store.database import Database
from bot.store.notices import Notice


class StormViews:
    """Makes views of notices that show a storm."""

    def __init__(self, db: Database, routing: Routing, account_name: Callable[[str], str]) -> None:
        """As for Views."""
        self._db = db
        self._routing = routing
        self._account_name = account_name

    async def of(self, notice: Notice, storm_id: int, now: datetime, hindrance: str) -> View | None:
        """As the storm is now."""
        toll = await self._db.read(storms.toll, storm_id)
        if toll is None:
            return None
        spoken = self._routing.language(toll.incidents[0].group_key)
        with speaking(spoken):
            return replace(await self._view(notice, toll, now, hindrance), language=spoken)

    async def _view(self, notice: Notice, toll: Toll, now: datetime, hindrance: str) -> View:
        before = shown_text.read(notice.shown)
        route = self._routing.of(toll.incidents[0].group_key)
        wait = self._routing.grouping(toll.incidents[0].group_key).wait
        late = late_since(notice, before, wait, now, hindrance)
        call = await self._routing.call(notice, route, call_kept(before, route), now)
        told = storm_message(toll, self._account_name(toll.storm.place.account), call=call, late=late)
        message = around(told, notice.detour)
        digest = message.digest()
        reason = storm_rules.needs_showing(
            toll.storm, toll.kills, before, is_posted=bool(notice.ts), digest=digest
        )
        return View(
            message=message,
            reason=reason,
            shown=shown_text.write(replace(_shown(toll, digest, now), late=late, called=call)),
            channels=self._routing.channels(notice, toll.storm.place.channel),
            due_at=self._due_at(toll, reason, before, now),
            needs_eyes=toll.storm.ended_at is None,
        )

    def _due_at(self, toll: Toll, reason: Reason | None, before: Shown | None, now: datetime) -> datetime:
        """The grouping's wait is for alerts that may grow; a storm has grown."""
        if reason is None or reason is Reason.NEW:
            return now
        grouping = self._routing.grouping(toll.incidents[0].group_key)
        return earliest(reason, toll.storm.began_at, before, now, grouping)


def _shown(toll: Toll, digest: str, now: datetime) -> Shown:
    return Shown(
        digest=digest,
        phase=toll.storm.phase,
        silence_id=0,
        kill_count=toll.kills,
        reopened_count=0,
        at=now,
    )
