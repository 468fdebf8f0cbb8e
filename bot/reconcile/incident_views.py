"""Incident views: what Slack should show of an incident right now."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.alert.story import Story, tell
from bot.domain.chart.chart import chart
from bot.domain.incident import storm as storm_rules
from bot.domain.incident.calling import Call
from bot.domain.incident.incident import Incident
from bot.domain.incident.notice import Reason, Shown, earliest, hurried, needs_showing
from bot.domain.telling.language import speaking
from bot.reconcile import shown_text
from bot.reconcile.keeping import call_kept, late_since
from bot.reconcile.remembered import mark, state
from bot.reconcile.routing import Routing
from bot.reconcile.viewed import View
from bot.slack import alert
from bot.slack.detours import around
from bot.slack.message import Message
from bot.slack.plate import plate
from bot.store import alert_facts
from bot.store.alert_facts import AlertFacts
from bot.store.database import Database
from bot.store.investigations import Investigation
from bot.store.notices import Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sight:
    """A notice, what the store says of its incident, and how Slack shows it."""

    notice: Notice
    facts: AlertFacts
    before: Shown | None
    now: datetime

    @property
    def incident(self) -> Incident:
        """The one that is shown."""
        return self.facts.incident

    @property
    def is_told_by_storm(self) -> bool:
        """Whether a storm speaks for it."""
        storm = self.facts.storm
        return storm is not None and storm_rules.tells_of(storm, self.incident.last_kill_at)


class IncidentViews:
    """Makes views of notices that show an incident."""

    def __init__(self, db: Database, routing: Routing, account_name: Callable[[str], str]) -> None:
        """As for Views."""
        self._db = db
        self._routing = routing
        self._account_name = account_name

    async def of(self, notice: Notice, now: datetime, hindrance: str) -> View | None:
        """As the incident is now; None where it has been pruned."""
        before = shown_text.read(notice.shown)
        ended_id = 0 if before is None else before.silence_id or before.ended_silence_id
        facts = await self._db.read(alert_facts.read, notice, now, ended_id)
        if facts is None:
            return None
        sight = _Sight(notice=notice, facts=facts, before=before, now=now)
        spoken = self._routing.language(facts.incident.group_key)
        with speaking(spoken):
            return replace(await self._view(sight, hindrance), language=spoken)

    async def _view(self, sight: _Sight, hindrance: str) -> View:
        route = self._routing.of(sight.incident.group_key)
        call = await self._routing.call(sight.notice, route, call_kept(sight.before, route), sight.now)
        story = self._story(sight, call, hindrance)
        message, without_chart = _messages(story, sight.facts.investigation, sight.notice.detour)
        digest = message.digest()
        reason = _reason(sight, story, digest)
        remembered = _remembered(sight, story, call, digest if sight.notice.ts or reason else "")
        return View(
            message=message,
            reason=reason,
            shown=shown_text.write(remembered),
            channels=self._routing.channels(sight.notice, route.channel),
            due_at=self._due_at(sight, reason),
            needs_eyes=sight.incident.is_unfinished,
            incident=sight.incident,
            before=sight.before,
            silence=sight.facts.silence,
            ended_silence=sight.facts.ended_silence,
            story=story,
            call_now=await self._routing.call_now(route, sight.now),
            kills=sight.facts.kills,
            is_told_by_storm=sight.is_told_by_storm,
            without_chart=without_chart,
        )

    def _due_at(self, sight: _Sight, reason: Reason | None) -> datetime:
        if reason is None:
            return sight.now
        incident = sight.incident
        began_at = max(incident.opened_at, incident.reopened_at or incident.opened_at)
        return earliest(reason, began_at, sight.before, sight.now, self._routing.grouping(incident.group_key))

    def _story(self, sight: _Sight, call: Call, hindrance: str) -> Story:
        incident, found, key = sight.incident, sight.facts.investigation, sight.incident.group_key
        story = tell(
            incident,
            [kill.death for kill in sight.facts.kills],
            silence=sight.facts.silence,
            account_name=self._account_name(key.account),
            owner=call.mentioned,
            now=sight.now,
            kills_24h=sight.facts.kills_24h,
            diagnosis=found.diagnosis if found else None,
            is_investigated=found is not None and found.is_open and found.diagnosis is None,
        )
        wait = self._routing.grouping(key).wait
        return replace(
            story,
            late=late_since(sight.notice, sight.before, wait, sight.now, hindrance),
            unmentioned=None if call.is_mentioned else call,
            resize=sight.facts.resize,
            recovered=sum(kill.recovered for kill in sight.facts.kills),
        )


def _reason(sight: _Sight, story: Story, digest: str) -> Reason | None:
    """Why it must be shown (again); a storm that tells of it spares it a first message."""
    is_posted = bool(sight.notice.ts)
    if sight.notice.is_folded and sight.is_told_by_storm and not is_posted:
        return None
    reason = needs_showing(
        sight.incident, sight.facts.silence, sight.before, is_posted=is_posted, digest=digest
    )
    is_diagnosed = story.diagnosis is not None
    return hurried(reason, sight.before, is_diagnosed=is_diagnosed, resize=mark(story.resize))


def _remembered(sight: _Sight, story: Story, call: Call, digest: str) -> Shown:
    return replace(
        state(story, sight.facts.silence, sight.facts.ended_silence, sight.now, digest), called=call
    )


def _messages(story: Story, found: Investigation | None, detour: str) -> tuple[Message, Message | None]:
    """The alert, and the same without its chart where it has one."""
    bare = around(alert.alert(story), detour)
    drawn = chart(found.picture, found.diagnosis) if found and found.picture else None
    if found is None or drawn is None or not found.chart_file_id or story.is_over:
        return bare, None
    incident = story.incident
    block_id = f"incident.{incident.id}.{incident.generation}.chart"
    return around(alert.alert(story, plate(drawn, found.chart_file_id, block_id)), detour), bare
