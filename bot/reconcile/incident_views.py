"""Incident views: what Slack should show of an incident right now."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain import storm as storm_rules
from bot.domain.calling import Call
from bot.domain.chart import chart
from bot.domain.incident import Incident
from bot.domain.language import speaking
from bot.domain.notice import Reason, Shown, earliest, hurried, needs_showing
from bot.domain.silence import Silence
from bot.domain.story import Story, tell
from bot.reconcile import shown_text
from bot.reconcile.keeping import call_kept, late_since
from bot.reconcile.remembered import mark, state
from bot.reconcile.routing import Routing
from bot.reconcile.viewed import View
from bot.slack import alert
from bot.slack.detours import around
from bot.slack.message import Message
from bot.slack.plate import plate
from bot.store import incidents, investigations, kills, resizes, silences, storms
from bot.store.database import Database
from bot.store.investigations import Investigation
from bot.store.kills import Kill
from bot.store.notices import Notice

KILLS_TOLD = 50
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """What the store says of one incident and of its notice."""

    notice: Notice
    incident: Incident
    told: list[Kill]
    silence: Silence | None
    ended_silence: Silence | None
    found: Investigation | None
    before: Shown | None
    is_told_by_storm: bool
    now: datetime


class IncidentViews:
    """Makes views of notices that show an incident."""

    def __init__(self, db: Database, routing: Routing, account_name: Callable[[str], str]) -> None:
        """As for Views."""
        self._db = db
        self._routing = routing
        self._account_name = account_name

    async def of(self, notice: Notice, incident_id: int, now: datetime, hindrance: str) -> View | None:
        """As the incident is now."""
        incident = await self._db.read(incidents.get, incident_id)
        if incident is None:
            return None
        spoken = self._routing.language(incident.group_key)
        with speaking(spoken):
            facts = await self._facts(notice, incident, now)
            return replace(await self._view(facts, hindrance), language=spoken)

    async def _facts(self, notice: Notice, incident: Incident, now: datetime) -> _Facts:
        before, silence = shown_text.read(notice.shown), await self._silence(incident, now)
        return _Facts(
            notice=notice,
            incident=incident,
            told=await self._db.read(kills.of_incident, incident.id, KILLS_TOLD),
            silence=silence,
            ended_silence=await self._ended_silence(before, silence),
            found=await self._db.read(investigations.get, incident.id),
            before=before,
            is_told_by_storm=await self._is_told_by_storm(notice, incident),
            now=now,
        )

    async def _view(self, facts: _Facts, hindrance: str) -> View:
        route = self._routing.of(facts.incident.group_key)
        call = await self._routing.call(facts.notice, route, call_kept(facts.before, route), facts.now)
        story = await self._story(facts, call, hindrance)
        message, without_chart = _messages(story, facts.found, facts.notice.detour)
        digest = message.digest()
        reason = _reason(facts, story, digest)
        remembered = _remembered(facts, story, call, digest if facts.notice.ts or reason else "")
        return View(
            message=message,
            reason=reason,
            shown=shown_text.write(remembered),
            channels=self._routing.channels(facts.notice, route.channel),
            due_at=self._due_at(facts, reason),
            needs_eyes=facts.incident.is_unfinished,
            incident=facts.incident,
            before=facts.before,
            silence=facts.silence,
            ended_silence=facts.ended_silence,
            story=story,
            call_now=await self._routing.call_now(route, facts.now),
            kills=tuple(facts.told),
            is_told_by_storm=facts.is_told_by_storm,
            without_chart=without_chart,
        )

    def _due_at(self, facts: _Facts, reason: Reason | None) -> datetime:
        if reason is None:
            return facts.now
        incident = facts.incident
        began_at = max(incident.opened_at, incident.reopened_at or incident.opened_at)
        return earliest(reason, began_at, facts.before, facts.now, self._routing.grouping(incident.group_key))

    async def _story(self, facts: _Facts, call: Call, hindrance: str) -> Story:
        incident, found, key = facts.incident, facts.found, facts.incident.group_key
        story = tell(
            incident,
            [kill.death for kill in facts.told],
            silence=facts.silence,
            account_name=self._account_name(key.account),
            owner=call.mentioned,
            now=facts.now,
            kills_24h=await self._db.read(kills.count_since, key, facts.now - _A_DAY),
            diagnosis=found.diagnosis if found else None,
            is_investigated=found is not None and found.is_open and found.diagnosis is None,
        )
        wait = self._routing.grouping(key).wait
        return replace(
            story,
            late=late_since(facts.notice, facts.before, wait, facts.now, hindrance),
            unmentioned=None if call.is_mentioned else call,
            resize=await self._db.read(resizes.of_incident, incident.id),
        )

    async def _is_told_by_storm(self, notice: Notice, incident: Incident) -> bool:
        storm = None if notice.in_storm is None else await self._db.read(storms.get, notice.in_storm)
        return storm is not None and storm_rules.tells_of(storm, incident.last_kill_at)

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


def _reason(facts: _Facts, story: Story, digest: str) -> Reason | None:
    """Why it must be shown (again); a storm that tells of it spares it a first message."""
    is_posted = bool(facts.notice.ts)
    if facts.notice.is_folded and facts.is_told_by_storm and not is_posted:
        return None
    reason = needs_showing(facts.incident, facts.silence, facts.before, is_posted=is_posted, digest=digest)
    is_diagnosed = story.diagnosis is not None
    return hurried(reason, facts.before, is_diagnosed=is_diagnosed, resize=mark(story.resize))


def _remembered(facts: _Facts, story: Story, call: Call, digest: str) -> Shown:
    return replace(state(story, facts.silence, facts.ended_silence, facts.now, digest), called=call)


def _messages(story: Story, found: Investigation | None, detour: str) -> tuple[Message, Message | None]:
    """The alert, and the same without its chart where it has one."""
    bare = around(alert.alert(story), detour)
    drawn = chart(found.picture, found.diagnosis) if found and found.picture else None
    if found is None or drawn is None or not found.chart_file_id or story.is_over:
        return bare, None
    incident = story.incident
    block_id = f"incident.{incident.id}.{incident.generation}.chart"
    return around(alert.alert(story, plate(drawn, found.chart_file_id, block_id)), detour), bare
