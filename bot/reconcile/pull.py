"""Pull: the loops that fetch what nobody delivers: queues, the sweep, the heartbeat."""

from functools import partial

from bot.aws import identity
from bot.aws.accounts import Place
from bot.aws.calls import Calls
from bot.aws.lookouts import Lookouts
from bot.aws.queue_reach import QueueReach
from bot.aws.queues import POLL_S
from bot.domain.aws.queue import Queue
from bot.reconcile.bench import Bench
from bot.reconcile.heartbeat import Heartbeat
from bot.reconcile.loop import Loop
from bot.reconcile.pull_metrics import PullMetrics
from bot.reconcile.pull_orders import PullOrders
from bot.reconcile.queues import Intake, Poller, Reach
from bot.reconcile.sweep import Beat, Sweep

_QUEUE_IDLE_S = 0.5
_SWEEP_IDLE_S = 15.0
_HEARTBEAT_IDLE_S = 60.0


def build_pull(bench: Bench, orders: PullOrders, calls: Calls, metrics: PullMetrics) -> list[Loop]:
    """Loops, not yet started."""
    intake = Intake(topics=frozenset(orders.topics), rules=orders.rules)
    loops = []
    for queue in orders.queues:
        # Each queue waits on its own: in the lanes of the others a poll would hold up whoever is in a hurry.
        polls = calls.beside(Lookouts(), patience_s=POLL_S + 10)
        by = _keys(orders, queue)
        poller = Poller(bench, queue, Reach(polls, calls, by), intake, metrics)
        name = f"queue {by.region}/{queue.name}"
        loop = Loop(name, poller.one_pass, clock=bench.clock, idle_s=_QUEUE_IDLE_S)
        loops.append(loop.ending_with(poller.finish))
    if orders.sweep_every:
        beat = Beat(
            places=orders.places,
            has_role=orders.has_role,
            clusters=orders.clusters,
            every=orders.sweep_every,
            counts=orders.routes.counts,
            reopen_within=orders.reopen_within,
        )
        sweep = Sweep(bench, calls, beat, metrics)
        loop = Loop("sweep", sweep.one_pass, clock=bench.clock, idle_s=_SWEEP_IDLE_S)
        loops.append(loop.ending_with(sweep.finish))
    if orders.silent_after:
        heartbeat = Heartbeat(
            bench,
            partial(identity.own_account, calls, orders.home_region),
            watched={place.account for place in orders.places if orders.has_role(place)},
            silent_after=orders.silent_after,
            account_name=orders.account_name,
        )
        loops.append(Loop("heartbeat", heartbeat.one_pass, clock=bench.clock, idle_s=_HEARTBEAT_IDLE_S))
    return loops


def _keys(orders: PullOrders, queue: Queue) -> QueueReach:
    place = Place(queue.account, queue.region or orders.home_region)
    return QueueReach(place.region, place.account if orders.has_role(place) else "")
