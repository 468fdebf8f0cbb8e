"""Reports: what their loops and their door must know, from the settings."""

from bot.composition.ground import Ground
from bot.domain.report.report_scope import ReportScope
from bot.domain.routing.route import Routes
from bot.reconcile.report_orders import ReportOrders


def report_orders(ground: Ground, routes: Routes) -> ReportOrders:
    """When and about what is reported."""
    settings = ground.settings
    return ReportOrders(
        timetable=settings.report_timetable,
        zone=settings.report_zone,
        posts_calm_weeks=settings.report_calm_weeks,
        routes=routes,
        charts=settings.charts,
    )


def report_scope(ground: Ground) -> ReportScope:
    """What `/oom report` reads."""
    return ReportScope(ground.routes, ground.settings.report_zone)
