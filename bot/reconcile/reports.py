"""Reports: the loops that make weekly reports, draw their charts, and send the files that people ask for."""

from bot.chart.artist import Artist
from bot.domain.chart.chart_form import ChartForm
from bot.domain.report.report_scope import ReportScope
from bot.reconcile.bench import Bench
from bot.reconcile.exports import Exports
from bot.reconcile.loop import Loop
from bot.reconcile.report_charts import ReportCharts
from bot.reconcile.report_orders import ReportOrders
from bot.reconcile.weekly import Weekly
from bot.reconcile.woken import woken_loop
from bot.slack.uploading import Uploader

_WEEKLY_IDLE_S = 20.0


def build_reports(bench: Bench, orders: ReportOrders) -> list[Loop]:
    """Loops, not yet started; files are sent even where no weekly report is wanted."""
    loops = [woken_loop(bench, "exports", Exports(bench, ReportScope(orders.routes, orders.zone)).one_pass)]
    if orders.timetable is not None:
        weekly = Weekly(bench, orders, orders.timetable)
        loops.append(Loop("weekly reports", weekly.one_pass, clock=bench.clock, idle_s=_WEEKLY_IDLE_S))
        if orders.charts is ChartForm.FILE:
            charts = ReportCharts(bench, Uploader(bench.poster), Artist())
            loops.append(woken_loop(bench, "report charts", charts.one_pass))
    return loops
