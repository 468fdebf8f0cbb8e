"""Views: what Slack should show of a notice right now, read from the store and rendered."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.incident import Incident
from bot.domain.notice import Reason, Shown, needs_showing
from bot.domain.route import Routes
from bot.domain.silence import Silence
from bot.domain.story import Story, tell
from bot.reconcile import shown_text
from bot.slack import alert, operator_alert
from bot.slack.message import Message
from bot.store import incidents, kills, operator_alerts, silences
from bot.store.database import Database
from bot.store.kills import Kill
from bot.store.notices import Notice

KILLS_TOLD = 50
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How a notice should look now. `reason` is None where Slack already shows it so."""

    message: Message
    reason: Reason | None
    shown: str  # to be saved once Slack shows it
    channels: tuple[str, ...]  # to be tried in this order
    incident: Incident | None = None
    before: Shown | None = None
    silence: Silence | None = None
    ended_silence: Silence | None = None  # it muted the incident when the notice was last shown
    story: Story | None = None
    kills: tuple[Kill, ...] = field(default=(), repr=False)  # newest first


class Views:
    """Makes views of notices."""

    def __init__(
        self, db: Database, routes: Routes, *, account_name: Callable[[str], str], operator_channel: str
    ) -> None:
        """`account_name` gives an account id's name, or the id itself."""
        self._db = db
        self._routes = routes
        self._account_name = account_name
        self._operator_channel = operator_channel

    async def of(self, notice: Notice, now: datetime) -> View | None:
        """How the notice should look now; None where what it showed has been pruned."""
        if notice.incident_id is not None:
            return await self._of_incident(notice, notice.incident_id, now)
        return await self._of_operator_alert(notice)

    async def _of_incident(self, notice: Notice, incident_id: int, now: datetime) -> View | None:
        incident = await self._db.read(incidents.get, incident_id)
        if incident is None:
            return None
        told = await self._db.read(kills.of_incident, incident_id, KILLS_TOLD)
        kills_24h = await self._db.read(kills.count_since, incident.group_key, now - _A_DAY)
        silence = await self._silence(incident, now)
        route = self._routes.of(incident.group_key)
        story = tell(
            incident,
            [kill.death for kill in told],
            silence=silence,
            account_name=self._account_name(incident.group_key.account),
            owner=route.owner,
            now=now,
            kills_24h=kills_24h,
        )
        message = alert.alert(story)
        before = shown_text.read(notice.shown)
        is_posted = bool(notice.ts)
        reason = needs_showing(incident, silence, before, is_posted=is_posted, digest=message.digest())
        shown = Shown(
            digest=message.digest() if is_posted or reason else "",
            phase=incident.phase,
            silence_id=0 if silence is None else silence.id,
            kill_count=incident.kill_count,
            reopened_count=incident.reopened_count,
            at=now,
        )
        return View(
            message=message,
            reason=reason,
            shown=shown_text.write(shown),
            channels=_distinct(notice.channel, route.channel, self._routes.default.channel),
            incident=incident,
            before=before,
            silence=silence,
            ended_silence=await self._ended_silence(before, silence),
            story=story,
            kills=tuple(told),
        )

    async def _silence(self, incident: Incident, now: datetime) -> Silence | None:
        """The silence that mutes the incident longest, if any does."""
        muting = [
            one for one in await self._db.read(silences.active, now) if one.mutes(incident.group_key, now)
        ]
        return max(muting, key=lambda one: one.ends_at, default=None)

    async def _ended_silence(self, before: Shown | None, silence: Silence | None) -> Silence | None:
        if before is None or not before.silence_id or silence is not None:
            return None
        return await self._db.read(silences.get, before.silence_id)

    async def _of_operator_alert(self, notice: Notice) -> View | None:
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
        )


def _distinct(*channels: str) -> tuple[str, ...]:
    """The channels in their order, each once, without empty ones."""
    return tuple(dict.fromkeys(channel for channel in channels if channel))
