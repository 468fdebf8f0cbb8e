"""Weekly: once a week make every channel's report; whichever process comes first, and none twice."""

from datetime import datetime

import structlog

from bot.domain.calendar.report_period import CAUGHT_UP_WITHIN, Timetable
from bot.domain.chart.chart import NATIVE
from bot.domain.chart.chart_form import ChartForm
from bot.domain.report.report import Material, report
from bot.domain.report.report_scope import ReportScope
from bot.reconcile.bench import Bench
from bot.reconcile.report_orders import ReportOrders
from bot.store import report_material, reports
from bot.store.reports import Made

log = structlog.get_logger(__name__)


class Weekly:
    """A pass makes what is due. It may be killed at any line: either all reports of a week are kept, or none yet."""

    def __init__(self, bench: Bench, orders: ReportOrders, timetable: Timetable) -> None:
        """Make them by this timetable."""
        self._bench = bench
        self._db = bench.db
        self._orders = orders
        self._timetable = timetable
        self._scope = ReportScope(orders.routes, orders.zone)
        self._handled: datetime | None = None

    async def one_pass(self) -> bool:
        """Always False: the next one is a week off."""
        now = self._bench.clock()
        slot = self._timetable.last_due(now)
        if self._handled is not None and self._handled >= slot:
            return False
        before = await self._db.read(reports.handled)
        if before is None or before < slot:
            # Who has only just begun has no week to tell of; what was missed for long is left to the next week.
            is_late = before is None or now - slot > CAUGHT_UP_WITHIN
            made = [] if is_late else await self._made(slot)
            if await self._db.write(reports.make, slot, made, now):
                log.info("report.made", slot=slot.isoformat(), channels=len(made), left_out=is_late)
        self._handled = slot
        return False

    async def _made(self, slot: datetime) -> list[Made]:
        """A report for each channel; the same ones whenever they are made, but for what was found out meanwhile."""
        found = await self._db.read(report_material.material, self._timetable.period(slot))
        return [self._of(channel, found) for channel in self._scope.channels(found)]

    def _of(self, channel: str, found: Material) -> Made:
        made, charts = report(found, self._scope.of(channel)), self._orders.charts
        return Made(
            channel=channel,
            report=made,
            wants_chart=charts is ChartForm.FILE and made.kills > 0,
            is_posted=self._orders.posts_calm_weeks or made.kills > 0,
            shown_as=NATIVE if charts is ChartForm.NATIVE else "",
        )
