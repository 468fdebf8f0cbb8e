"""The crew: all reconcilers of one process, each in a loop of its own."""

from bot.aws.calls import Calls
from bot.aws.evidence.collecting import Collector
from bot.aws.evidence.insights import Insights
from bot.aws.evidence.on_demand import LogTails
from bot.aws.evidence.pricing import PriceList
from bot.aws.writing import Subscriptions
from bot.chart.artist import Artist
from bot.domain.chart.chart_form import ChartForm
from bot.reconcile.autopsies import Autopsies
from bot.reconcile.bench import Bench
from bot.reconcile.charts import Charts
from bot.reconcile.confirmations import Confirmations
from bot.reconcile.examiner import Examiner
from bot.reconcile.investigation_orders import InvestigationOrders
from bot.reconcile.investigations import Investigations
from bot.reconcile.liveness import BEAT_S, Liveness
from bot.reconcile.lookups import Lookups
from bot.reconcile.loop import Loop
from bot.reconcile.notices import Notices
from bot.reconcile.orders import Orders
from bot.reconcile.shares import Render, Shares
from bot.reconcile.showing import Shower
from bot.reconcile.storms import Storms
from bot.reconcile.tallying import TALLY_S, Tallying
from bot.reconcile.thread import Thread
from bot.reconcile.upkeep import Upkeep
from bot.reconcile.view import Views
from bot.reconcile.woken import OnePass, prompt_loop, woken_loop
from bot.slack.uploading import Uploader

_ALERTS_BREATH_S = 0.004  # they are what people wait for
_UPKEEP_S = 15.0


def build_crew(
    bench: Bench, orders: Orders, views: Views, *, calls: Calls, subscriptions: Subscriptions, render: Render
) -> list[Loop]:
    """Loops, not yet started; all but the timed ones are woken by commits."""
    upkeep = Upkeep(bench, resolve_after=orders.resolve_after, keep=orders.keep)
    passes: dict[str, OnePass] = {
        "lookups": Lookups(bench, calls, routes=orders.routes, reopen_within=orders.reopen_within).one_pass,
        "confirmations": Confirmations(bench, subscriptions).one_pass,
        "shares": Shares(bench, render).one_pass,
    }
    if orders.investigation.is_on:
        passes["investigations"] = _investigations(bench, calls, orders.investigation).one_pass
    if orders.investigation.draws:
        passes["charts"] = _charts(bench, orders.investigation.charts).one_pass
    if orders.investigation.examines:
        passes["autopsies"] = _autopsies(bench, calls, orders).one_pass
    woken = [woken_loop(bench, name, one_pass) for name, one_pass in passes.items()]
    return [_notices(bench, orders, views), *woken, *_timed(bench, upkeep)]


def _notices(bench: Bench, orders: Orders, views: Views) -> Loop:
    sorting = Storms(bench, views, orders.storm_rule)
    notices = Notices(bench, views, Shower(bench), Thread(bench), sorting)
    loop = prompt_loop(bench, "notices", notices.one_pass, breath_s=_ALERTS_BREATH_S)
    return loop.telling_people(notices.ended)


def _timed(bench: Bench, upkeep: Upkeep) -> list[Loop]:
    timed = [
        Loop("upkeep", upkeep.one_pass, clock=bench.clock, idle_s=_UPKEEP_S),
        Loop("tallies", Tallying(bench.db, bench.clock).one_pass, clock=bench.clock, idle_s=TALLY_S),
    ]
    if not bench.db.is_exclusive:
        timed.append(Loop("liveness", Liveness(bench).one_pass, clock=bench.clock, idle_s=BEAT_S))
    return timed


def _autopsies(bench: Bench, calls: Calls, orders: Orders) -> Autopsies:
    read_log = LogTails(calls).of
    return Autopsies(bench, read_log, routes=orders.routes, reopen_within=orders.reopen_within)


def _investigations(bench: Bench, calls: Calls, orders: InvestigationOrders) -> Investigations:
    insights = Insights(orders.queries_at_once)
    collector = Collector(calls, insights, clock=bench.clock, history=orders.history)
    examiner = Examiner(bench.db, PriceList(calls, clock=bench.clock), clock=bench.clock)
    return Investigations(bench, collector, examiner.examine, at_once=orders.at_once, ready_in=orders.region)


def _charts(bench: Bench, form: ChartForm) -> Charts:
    return Charts(bench, Uploader(bench.poster), Artist(), form)
