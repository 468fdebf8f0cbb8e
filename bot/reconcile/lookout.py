"""The lookout: the loops that look at what was not killed yet."""

from bot.aws.calls import Calls
from bot.reconcile.bench import Bench
from bot.reconcile.doctor import Doctor
from bot.reconcile.foreseeing import Foreseeing
from bot.reconcile.look_orders import LookOrders
from bot.reconcile.looks import Looks
from bot.reconcile.loop import Loop
from bot.reconcile.outlook import Outlook
from bot.reconcile.scans import Scans
from bot.reconcile.woken import woken_loop

_SCANS_IDLE_S = 60.0
_FORESIGHT_IDLE_S = 600.0  # a pass over thousands of services takes minutes


def build_lookout(bench: Bench, orders: LookOrders, calls: Calls, doctor: Doctor) -> list[Loop]:
    """Loops, not yet started."""
    outlook = Outlook(bench.db, calls, orders, clock=bench.clock)
    # Two, so that a quick question need not wait behind an audit of a thousand services.
    loops = [
        woken_loop(bench, name, Looks(bench, outlook, doctor).one_pass) for name in ("looks", "looks aside")
    ]
    if orders.scan_every:
        scans = Scans(bench, outlook, orders)
        loops.append(Loop("scans", scans.one_pass, clock=bench.clock, idle_s=_SCANS_IDLE_S))
    if orders.foresees:
        foreseeing = Foreseeing(bench, outlook)
        loops.append(Loop("foresight", foreseeing.one_pass, clock=bench.clock, idle_s=_FORESIGHT_IDLE_S))
    return loops
