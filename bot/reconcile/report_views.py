"""Report views: a channel's weekly report as its notice shows it, in the language of that channel."""

from collections.abc import Callable
from datetime import datetime

from bot.domain.incident.notice import Reason
from bot.domain.report.report import Report
from bot.domain.routing.route import Routes
from bot.domain.telling.language import speaking
from bot.language.catalogs import language
from bot.reconcile.routing import Routing
from bot.reconcile.viewed import View
from bot.slack.detours import around
from bot.slack.message import Message
from bot.slack.report import weekly
from bot.store import reports
from bot.store.database import Database
from bot.store.notices import Notice
from bot.store.reports import Kept


class ReportViews:
    """Makes views of weekly reports, which are posted once and stay as they are."""

    def __init__(
        self, db: Database, routes: Routes, routing: Routing, account_name: Callable[[str], str]
    ) -> None:
        """As for Views."""
        self._db = db
        self._routes = routes
        self._routing = routing
        self._account_name = account_name

    async def of(self, notice: Notice, report_id: int, now: datetime) -> View | None:
        """The report as it was made; None where it is gone."""
        kept = await self._db.read(reports.get, report_id)
        if kept is None or kept.report is None:
            return None
        message = self._message(kept, kept.report, kept.shown_as, notice.detour)
        return View(
            message=message,
            reason=None if notice.ts else Reason.NEW,
            shown=message.digest(),
            channels=self._routing.channels(notice, kept.channel),
            due_at=now,
            without_chart=self._message(kept, kept.report, "", notice.detour) if kept.shown_as else None,
        )

    def _message(self, kept: Kept, told: Report, shown_as: str, detour: str) -> Message:
        with speaking(language(self._routes.leading_to(kept.channel).language)):
            message = weekly(
                told, self._account_name, report_id=kept.id, channel=kept.channel, shown_as=shown_as
            )
            return around(message, detour)
