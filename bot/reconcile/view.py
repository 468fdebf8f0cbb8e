"""Views: what Slack should show of a notice right now, read from the store and rendered."""

from collections.abc import Callable
from datetime import datetime

from bot.domain.routing.route import Routes
from bot.reconcile.incident_views import IncidentViews
from bot.reconcile.lesser_views import LesserViews
from bot.reconcile.report_views import ReportViews
from bot.reconcile.routing import Manner, Routing
from bot.reconcile.storm_views import StormViews
from bot.reconcile.viewed import View
from bot.store.database import Database
from bot.store.notices import Notice
from bot.store.waiting import Waiting


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
        self._routing = Routing(routes, manner or Manner())
        self._incidents = IncidentViews(db, self._routing, account_name)
        self._storms = StormViews(db, self._routing, account_name)
        self._lesser = LesserViews(db, self._routing, account_name, operator_channel)
        self._reports = ReportViews(db, routes, self._routing, account_name)
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
            return await self._incidents.of(notice, now, hindrance)
        if notice.storm_id is not None:
            return await self._storms.of(notice, notice.storm_id, now, hindrance)
        if notice.resize_id is not None:
            return await self._lesser.of_resize(notice, notice.resize_id, now)
        if notice.warning_id is not None:
            return await self._lesser.of_warning(notice, notice.warning_id, now)
        if notice.report_id is not None:
            return await self._reports.of(notice, notice.report_id, now)
        return await self._lesser.of_operator_alert(notice, now)
