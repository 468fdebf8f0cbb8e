"""Report orders: what an installation decides about its weekly reports."""

from dataclasses import dataclass
from datetime import tzinfo

from bot.domain.calendar.report_period import Timetable
from bot.domain.chart.chart_form import ChartForm
from bot.domain.routing.route import Routes


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOrders:
    """When (`timetable`; None for never) and about what is reported, and whether weeks without kills are told.

    `zone`: whose days. `charts`: how kills per day are shown.
    """

    timetable: Timetable | None
    zone: tzinfo
    posts_calm_weeks: bool
    routes: Routes
    charts: ChartForm
