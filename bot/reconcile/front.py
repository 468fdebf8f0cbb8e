"""The front: the loops that speak to single people: their Home, and direct messages."""

from bot.reconcile.bench import Bench
from bot.reconcile.couriers import Couriers
from bot.reconcile.home_orders import HomeOrders
from bot.reconcile.homes import Homes
from bot.reconcile.loop import Loop
from bot.reconcile.permalinks import Permalinks
from bot.reconcile.tidings import Tidings
from bot.reconcile.woken import woken_loop
from bot.slack.publishing import Publisher

_TIDINGS_IDLE_S = 5.0  # nobody is in a hurry, and kills come by the hundred


def build_front(bench: Bench, orders: HomeOrders) -> list[Loop]:
    """Loops, not yet started."""
    publisher = Publisher(bench.poster)
    links = Permalinks(bench, publisher)
    homes = Homes(bench, publisher, links, orders)
    loops = [woken_loop(bench, "homes", homes.one_pass)]
    if orders.sends_messages:
        couriers = Couriers(bench, publisher, links)
        loops.append(woken_loop(bench, "direct messages", couriers.one_pass))
        tidings = Tidings(bench, orders)
        loops.append(Loop("tidings", tidings.one_pass, clock=bench.clock, idle_s=_TIDINGS_IDLE_S))
    return loops
