"""Views: what Slack should show of a notice right now, read from the store and rendered."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain import storm as storm_rules
from bot.domain.calling import Call
from bot.domain.chart import chart
from bot.domain.incident import Incident
from bot.domain.language import speaking
from bot.domain.notice import Grouping, Reason, Shown, earliest, hurried, lateness, needs_showing
from bot.domain.route import Route, Routes
from bot.domain.silence import Silence
from bot.domain.storm import Toll
from bot.domain.story import Story, tell
from bot.reconcile import shown_text
from bot.reconcile.lesser_views import LesserViews
from bot.reconcile.remembered import mark, state
from bot.reconcile.report_views import ReportViews
from bot.reconcile.routing import Manner, Routing
from bot.reconcile.viewed import View
from bot.slack import alert
from bot.slack.detours import around
from bot.slack.message import Message
from bot.slack.plate import plate
from bot.slack.storm import storm_message
from bot.store import incidents, investigations, kills, resizes, silences, storms
from bot.store.database import Database
from bot.store.investigations import Investigation
from bot.store.kills import Kill
from bot.store.notices import Notice
from bot.store.waiting import Waiting

KILLS_TOLD = 50
_A_DAY = timedelta(days=1)


class Views:
    """Makes views of notices."""

    def __init__(
        self,
        db: Database,
        routes: Routes,
        *,
        account_name: Callable[[str], str],
        operator_channel: str,
        manner: Manner | None = None,
    ) -> None:
        """`account_name` gives an account id's name, or the id itself."""
        self._db = db
        self._routing = Routing(routes, manner or Manner())
        self._lesser = LesserViews(db, self._routing, account_name, operator_channel)
        self._reports = ReportViews(db, routes, self._routing, account_name)
        self._account_name = account_name
        self._operator_channel = operator_channel

    def ready(self, found: list[Waiting], now: datetime) -> tuple[list[Waiting], float | None]:
        """Those that wait for no tags of theirs, and the seconds until the first of the others waits no more."""
        return self._routing.ready(found, now)

    def channel_of(self, one: Waiting) -> str:
        """Where a notice is shown, or will be if nothing comes in between."""
        if one.channel:
            return one.channel
        return self._operator_channel if one.group_key is None else self._routing.of(one.group_key).channel

    async def of(self, notice: Notice, now: datetime, hindrance: str = "") -> View | None:
        """How the notice should look now; None where what it showed has been pruned.

        `hindrance`: what kept it from being shown until now, "" where nobody knows.
        """
        if notice.incident_id is not None:
            return await self._of_incident(notice, notice.incident_id, now, hindrance)
        if notice.storm_id is not None:
            return await self._of_storm(notice, notice.storm_id, now, hindrance)
        if notice.resize_id is not None:
            return await self._lesser.of_resize(notice, notice.resize_id, now)
        if notice.warning_id is not None:
            return await self._lesser.of_warning(notice, notice.warning_id, now)
        if notice.report_id is not None:
            return await self._reports.of(notice, notice.report_id, now)
        return await self._lesser.of_operator_alert(notice, now)

    async def _of_incident(
        self, notice: Notice, incident_id: int, now: datetime, hindrance: str
    ) -> View | None:
        incident = await self._db.read(incidents.get, incident_id)
        if incident is None:
            return None
        spoken = self._routing.language(incident.group_key)
        with speaking(spoken):
            return replace(await self._of_known(notice, incident, now, hindrance), language=spoken)

    async def _of_known(self, notice: Notice, incident: Incident, now: datetime, hindrance: str) -> View:
        told = await self._db.read(kills.of_incident, incident.id, KILLS_TOLD)
        silence = await self._silence(incident, now)
        before = shown_text.read(notice.shown)
        found = await self._db.read(investigations.get, incident.id)
        route, grouping = self._routing.of(incident.group_key), self._routing.grouping(incident.group_key)
        call = await self._routing.call(notice, route, _kept(before, route), now)
        story = replace(
            await self._story(incident, told, silence, found, now),
            late=_late(notice, before, grouping, now, hindrance),
            owner=call.mentioned,
            unmentioned=None if call.is_mentioned else call,
        )
        message, without_chart = _messages(story, found, notice.detour)
        is_posted = bool(notice.ts)
        is_told = await self._is_told_by_storm(notice, incident)
        digest = message.digest()
        reason = needs_showing(incident, silence, before, is_posted=is_posted, digest=digest)
        reason = hurried(reason, before, is_diagnosed=story.diagnosis is not None, resize=mark(story.resize))
        if notice.is_folded and is_told and not is_posted:
            reason = None
        ended_silence = await self._ended_silence(before, silence)
        remembered = state(story, silence, ended_silence, now, digest if is_posted or reason else "")
        remembered = replace(remembered, called=call)
        began_at = max(incident.opened_at, incident.reopened_at or incident.opened_at)
        return View(
            message=message,
            reason=reason,
            shown=shown_text.write(remembered),
            channels=self._routing.channels(notice, route.channel),
            due_at=now if reason is None else earliest(reason, began_at, before, now, grouping),
            needs_eyes=incident.is_unfinished,
            incident=incident,
            before=before,
            silence=silence,
            ended_silence=ended_silence,
            story=story,
            call_now=await self._routing.call_now(route, now),
            kills=tuple(told),
            is_told_by_storm=is_told,
            without_chart=without_chart,
        )

    async def _story(
        self,
        incident: Incident,
        told: list[Kill],
        silence: Silence | None,
        found: Investigation | None,
        now: datetime,
    ) -> Story:
        story = tell(
            incident,
            [kill.death for kill in told],
            silence=silence,
            account_name=self._account_name(incident.group_key.account),
            owner="",
            now=now,
            kills_24h=await self._db.read(kills.count_since, incident.group_key, now - _A_DAY),
            diagnosis=found.diagnosis if found else None,
            is_investigated=found is not None and found.is_open and found.diagnosis is None,
        )
        return replace(story, resize=await self._db.read(resizes.of_incident, incident.id))

    async def _is_told_by_storm(self, notice: Notice, incident: Incident) -> bool:
        storm = None if notice.in_storm is None else await self._db.read(storms.get, notice.in_storm)
        return storm is not None and storm_rules.tells_of(storm, incident.last_kill_at)

    async def _of_storm(self, notice: Notice, storm_id: int, now: datetime, hindrance: str) -> View | None:
        toll = await self._db.read(storms.toll, storm_id)
        if toll is None:
            return None
        spoken = self._routing.language(toll.incidents[0].group_key)
        with speaking(spoken):
            return replace(await self._of_toll(notice, toll, now, hindrance), language=spoken)

    async def _of_toll(self, notice: Notice, toll: Toll, now: datetime, hindrance: str) -> View:
        before = shown_text.read(notice.shown)
        key = toll.incidents[0].group_key
        grouping, route = self._routing.grouping(key), self._routing.of(key)
        late = _late(notice, before, grouping, now, hindrance)
        call = await self._routing.call(notice, route, _kept(before, route), now)
        message = storm_message(toll, self._account_name(toll.storm.place.account), call=call, late=late)
        message = around(message, notice.detour)
        reason = storm_rules.needs_showing(
            toll.storm, toll.kills, before, is_posted=bool(notice.ts), digest=message.digest()
        )
        shown = Shown(
            digest=message.digest(),
            phase=toll.storm.phase,
            silence_id=0,
            kill_count=toll.kills,
            reopened_count=0,
            at=now,
            late=late,
            called=call,
        )
        # The grouping's wait is for alerts that may grow; a storm has grown.
        is_first = reason is None or reason is Reason.NEW
        return View(
            message=message,
            reason=reason,
            shown=shown_text.write(shown),
            channels=self._routing.channels(notice, toll.storm.place.channel),
            due_at=now
            if is_first or reason is None
            else earliest(reason, toll.storm.began_at, before, now, grouping),
            needs_eyes=toll.storm.ended_at is None,
        )

    async def _silence(self, incident: Incident, now: datetime) -> Silence | None:
        """The silence that mutes the incident longest, if any does."""
        muting = [
            one for one in await self._db.read(silences.active, now) if one.mutes(incident.group_key, now)
        ]
        return max(muting, key=lambda one: one.ends_at, default=None)

    async def _ended_silence(self, before: Shown | None, silence: Silence | None) -> Silence | None:
        """The one that muted the incident last, if it does no more: its end is told in the thread once."""
        if before is None or silence is not None:
            return None
        ended_id = before.silence_id or before.ended_silence_id
        return await self._db.read(silences.get, ended_id) if ended_id else None


def _messages(story: Story, found: Investigation | None, detour: str) -> tuple[Message, Message | None]:
    """The alert, and the same without its chart where it has one."""
    bare = around(alert.alert(story), detour)
    drawn = chart(found.picture, found.diagnosis) if found and found.picture else None
    if found is None or drawn is None or not found.chart_file_id or story.is_over:
        return bare, None
    incident = story.incident
    block_id = f"incident.{incident.id}.{incident.generation}.chart"
    return around(alert.alert(story, plate(drawn, found.chart_file_id, block_id)), detour), bare


def _kept(before: Shown | None, route: Route) -> Call | None:
    """How the message called the owner, where it was shown; an earlier version always mentioned them."""
    if before is None or not before.digest:
        return None
    return before.called or Call(owner=route.owner)


def _late(notice: Notice, before: Shown | None, grouping: Grouping, now: datetime, hindrance: str) -> str:
    """What the root says of its own lateness: told once, when it is posted, and kept."""
    if before is not None and before.digest:
        return before.late
    if notice.ts or notice.waiting_since is None:
        return ""
    return lateness(notice.waiting_since + grouping.wait, now, hindrance)
