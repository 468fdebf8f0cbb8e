"""Lesser views: of warnings, of resizes that belong to no incident, of operator alerts."""

from collections.abc import Callable
from datetime import datetime

from bot.domain.incident.notice import Reason
from bot.domain.telling.language import speaking
from bot.reconcile import shown_text
from bot.reconcile.routing import Routing
from bot.reconcile.viewed import View
from bot.slack import operator_alert
from bot.slack.detours import around
from bot.slack.memory_warning import memory_warning
from bot.slack.resize.message import own_message
from bot.store import diagnoses, operator_alerts, resizes, silences, warnings
from bot.store.database import Database
from bot.store.notices import Notice


class LesserViews:
    """Makes views of notices that show no incident."""

    def __init__(
        self, db: Database, routing: Routing, account_name: Callable[[str], str], operator_channel: str
    ) -> None:
        """As for Views."""
        self._db = db
        self._routing = routing
        self._account_name = account_name
        self._operator_channel = operator_channel

    async def of_warning(self, notice: Notice, warning_id: int, now: datetime) -> View | None:
        """Once when the alarm goes off, and the same message again when it is OK; not at all while it is silenced."""
        found = await self._db.read(warnings.get, warning_id)
        if found is None:
            return None
        route = self._routing.of(found.group_key)
        before, kept = shown_text.read_called(notice.shown)
        call = await self._routing.call(notice, route, kept, now)
        with speaking(self._routing.language(found.group_key)):
            message = around(memory_warning(found, self._account_name, call), notice.detour)
        digest = message.digest()
        muted = any(one.mutes(found.group_key, now) for one in await self._db.read(silences.active, now))
        is_on = found.ended_at is None
        is_news = before != digest if notice.ts else is_on and not muted
        return View(
            message=message,
            reason=Reason.NEW if is_news else None,
            shown=shown_text.write_called(digest, call if notice.ts or is_news else None),
            channels=self._routing.channels(notice, route.channel),
            due_at=now,
            needs_eyes=is_on,
        )

    async def of_resize(self, notice: Notice, resize_id: int, now: datetime) -> View | None:
        """One that belongs to no incident has a root message of its own."""
        resize = await self._db.read(resizes.get, resize_id)
        if resize is None:
            return None
        since = await self._db.read(diagnoses.since, resize)
        plan = resize.spec.plan
        key = plan.target.subject.with_container(plan.container)
        route, spoken = self._routing.of(key), self._routing.language(key)
        with speaking(spoken):
            message = around(own_message(resize, self._account_name, since), notice.detour)
        digest = message.digest()
        return View(
            message=message,
            reason=None if notice.ts and notice.shown == digest else Reason.RESIZED,
            shown=digest,
            channels=self._routing.channels(notice, route.channel),
            due_at=now,
            needs_eyes=not resize.status.phase.is_final,
            resize=resize,
            language=spoken,
        )

    async def of_operator_alert(self, notice: Notice, now: datetime) -> View | None:
        """One of our own troubles."""
        found = await self._db.read(operator_alerts.get, notice.operator_alert_id or 0)
        if found is None:
            return None
        with speaking(self._routing.language_in(self._operator_channel)):
            message = operator_alert.operator_alert(
                found.summary, found.detail, found.first_at, found.last_at, found.count, alert_id=found.id
            )
        digest = message.digest()
        return View(
            message=message,
            reason=None if notice.ts and notice.shown == digest else Reason.NEW,
            shown=digest,
            channels=self._routing.channels(notice, self._operator_channel),
            due_at=now,
        )
