"""Views: what Slack should show of a notice right now, read from the store and rendered."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.domain import storm as storm_rules
from bot.domain.chart import chart
from bot.domain.incident import Incident
from bot.domain.notice import Grouping, Reason, Shown, earliest, hurried, lateness, needs_showing
from bot.domain.resize import Resize
from bot.domain.route import Routes
from bot.domain.silence import Silence
from bot.domain.story import Story, tell
from bot.reconcile import shown_text
from bot.reconcile.remembered import mark, state
from bot.slack import alert, operator_alert
from bot.slack.memory_warning import memory_warning
from bot.slack.message import Message
from bot.slack.plate import plate
from bot.slack.resize.message import own_message
from bot.slack.storm import storm_message
from bot.store import incidents, investigations, kills, operator_alerts, resizes, silences, storms, warnings
from bot.store.database import Database
from bot.store.investigations import Investigation
from bot.store.kills import Kill
from bot.store.notices import Notice
from bot.store.waiting import Waiting

KILLS_TOLD = 50
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How a notice should look now. `reason` is None where Slack already shows it so; `due_at` is when it may."""

    message: Message
    reason: Reason | None
    shown: str  # to be saved once Slack shows it
    channels: tuple[str, ...]  # to be tried in this order
    due_at: datetime
    needs_eyes: bool = False  # were its message deleted, somebody would miss it
    incident: Incident | None = None
    before: Shown | None = None
    silence: Silence | None = None
    ended_silence: Silence | None = None  # it muted the incident when the notice was last shown
    story: Story | None = None
    kills: tuple[Kill, ...] = field(default=(), repr=False)  # newest first
    is_told_by_storm: bool = False
    resize: Resize | None = None  # of a notice that shows no incident
    without_chart: Message | None = None  # the same, where it has one: should Slack refuse it


class Views:
    """Makes views of notices."""

    def __init__(
        self,
        db: Database,
        routes: Routes,
        *,
        account_name: Callable[[str], str],
        operator_channel: str,
        grouping: Grouping | None = None,
    ) -> None:
        """`account_name` gives an account id's name, or the id itself."""
        self._db = db
        self._grouping = grouping or Grouping()
        self._routes = routes
        self._account_name = account_name
        self._operator_channel = operator_channel

    def channel_of(self, one: Waiting) -> str:
        """Where a notice is shown, or will be if nothing comes in between."""
        if one.channel:
            return one.channel
        return self._operator_channel if one.group_key is None else self._routes.of(one.group_key).channel

    async def of(self, notice: Notice, now: datetime, hindrance: str = "") -> View | None:
        """How the notice should look now; None where what it showed has been pruned.

        `hindrance`: what kept it from being shown until now, "" where nobody knows.
        """
        if notice.incident_id is not None:
            return await self._of_incident(notice, notice.incident_id, now, hindrance)
        if notice.storm_id is not None:
            return await self._of_storm(notice, notice.storm_id, now, hindrance)
        if notice.resize_id is not None:
            return await self._of_resize(notice, notice.resize_id, now)
        if notice.warning_id is not None:
            return await self._of_warning(notice, notice.warning_id, now)
        return await self._of_operator_alert(notice, now)

    async def _of_incident(
        self, notice: Notice, incident_id: int, now: datetime, hindrance: str
    ) -> View | None:
        incident = await self._db.read(incidents.get, incident_id)
        if incident is None:
            return None
        told = await self._db.read(kills.of_incident, incident_id, KILLS_TOLD)
        silence = await self._silence(incident, now)
        before = shown_text.read(notice.shown)
        found = await self._db.read(investigations.get, incident.id)
        story = replace(
            await self._story(incident, told, silence, found, now),
            late=self._late(notice, before, now, hindrance),
        )
        message, without_chart = _messages(story, found)
        is_posted = bool(notice.ts)
        is_told = await self._is_told_by_storm(notice, incident)
        digest = message.digest()
        reason = needs_showing(incident, silence, before, is_posted=is_posted, digest=digest)
        reason = hurried(reason, before, is_diagnosed=story.diagnosis is not None, resize=mark(story.resize))
        if notice.is_folded and is_told and not is_posted:
            reason = None
        ended_silence = await self._ended_silence(before, silence)
        remembered = state(story, silence, ended_silence, now, digest if is_posted or reason else "")
        began_at = max(incident.opened_at, incident.reopened_at or incident.opened_at)
        return View(
            message=message,
            reason=reason,
            shown=shown_text.write(remembered),
            channels=_distinct(
                notice.channel, self._routes.of(incident.group_key).channel, self._routes.default.channel
            ),
            due_at=now if reason is None else earliest(reason, began_at, before, now, self._grouping),
            needs_eyes=incident.is_unfinished,
            incident=incident,
            before=before,
            silence=silence,
            ended_silence=ended_silence,
            story=story,
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
            owner=self._routes.of(incident.group_key).owner,
            now=now,
            kills_24h=await self._db.read(kills.count_since, incident.group_key, now - _A_DAY),
            diagnosis=found.diagnosis if found else None,
            is_investigated=found is not None and found.is_open and found.diagnosis is None,
        )
        return replace(story, resize=await self._db.read(resizes.of_incident, incident.id))

    def _late(self, notice: Notice, before: Shown | None, now: datetime, hindrance: str) -> str:
        """What the root says of its own lateness: told once, when it is posted, and kept."""
        if before is not None and before.digest:
            return before.late
        if notice.ts or notice.waiting_since is None:
            return ""
        return lateness(notice.waiting_since + self._grouping.wait, now, hindrance)

    async def _is_told_by_storm(self, notice: Notice, incident: Incident) -> bool:
        storm = None if notice.in_storm is None else await self._db.read(storms.get, notice.in_storm)
        return storm is not None and storm_rules.tells_of(storm, incident.last_kill_at)

    async def _of_storm(self, notice: Notice, storm_id: int, now: datetime, hindrance: str) -> View | None:
        toll = await self._db.read(storms.toll, storm_id)
        if toll is None:
            return None
        before = shown_text.read(notice.shown)
        late = self._late(notice, before, now, hindrance)
        route = self._routes.of(toll.incidents[0].group_key)
        message = storm_message(
            toll, self._account_name(toll.storm.place.account), owner=route.owner, late=late
        )
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
        )
        # The grouping's wait is for alerts that may grow; a storm has grown.
        is_first = reason is None or reason is Reason.NEW
        return View(
            message=message,
            reason=reason,
            shown=shown_text.write(shown),
            channels=_distinct(notice.channel, toll.storm.place.channel, self._routes.default.channel),
            due_at=now
            if is_first or reason is None
            else earliest(reason, toll.storm.began_at, before, now, self._grouping),
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

    async def _of_warning(self, notice: Notice, warning_id: int, now: datetime) -> View | None:
        """Once when the alarm goes off, and the same message again when it is OK; not at all while it is silenced."""
        found = await self._db.read(warnings.get, warning_id)
        if found is None:
            return None
        route = self._routes.of(found.group_key)
        message = memory_warning(found, self._account_name, route.owner)
        digest = message.digest()
        muted = any(one.mutes(found.group_key, now) for one in await self._db.read(silences.active, now))
        is_on = found.ended_at is None
        is_news = notice.shown != digest if notice.ts else is_on and not muted
        return View(
            message=message,
            reason=Reason.NEW if is_news else None,
            shown=digest,
            channels=_distinct(notice.channel, route.channel, self._routes.default.channel),
            due_at=now,
            needs_eyes=is_on,
        )

    async def _of_resize(self, notice: Notice, resize_id: int, now: datetime) -> View | None:
        """One that belongs to no incident has a root message of its own."""
        resize = await self._db.read(resizes.get, resize_id)
        if resize is None:
            return None
        message = own_message(resize, self._account_name)
        digest, plan = message.digest(), resize.spec.plan
        route = self._routes.of(plan.target.subject.with_container(plan.container))
        return View(
            message=message,
            reason=None if notice.ts and notice.shown == digest else Reason.RESIZED,
            shown=digest,
            channels=_distinct(notice.channel, route.channel, self._routes.default.channel),
            due_at=now,
            needs_eyes=not resize.status.phase.is_final,
            resize=resize,
        )

    async def _of_operator_alert(self, notice: Notice, now: datetime) -> View | None:
        found = await self._db.read(operator_alerts.get, notice.operator_alert_id or 0)
        if found is None:
            return None
        message = operator_alert.operator_alert(
            found.summary, found.detail, found.first_at, found.last_at, found.count, alert_id=found.id
        )
        digest = message.digest()
        return View(
            message=message,
            reason=None if notice.ts and notice.shown == digest else Reason.NEW,
            shown=digest,
            channels=_distinct(notice.channel, self._operator_channel, self._routes.default.channel),
            due_at=now,
        )


def _messages(story: Story, found: Investigation | None) -> tuple[Message, Message | None]:
    """The alert, and the same without its chart where it has one."""
    bare = alert.alert(story)
    drawn = chart(found.picture, found.diagnosis) if found and found.picture else None
    if found is None or drawn is None or not found.chart_file_id or story.is_over:
        return bare, None
    incident = story.incident
    block_id = f"incident.{incident.id}.{incident.generation}.chart"
    return alert.alert(story, plate(drawn, found.chart_file_id, block_id)), bare


def _distinct(*channels: str) -> tuple[str, ...]:
    """The channels in their order, each once, without empty ones."""
    return tuple(dict.fromkeys(channel for channel in channels if channel))
