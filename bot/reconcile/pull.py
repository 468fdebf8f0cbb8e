"""Pull: the loops that fetch what nobody delivers: queues, the sweep, the heartbeat."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from prometheus_client import CollectorRegistry

from bot.aws.accounts import Place
from bot.aws.calls import Calls
from bot.domain.queue import Queue
from bot.domain.route import Routes
from bot.reconcile.bench import Bench
from bot.reconcile.heartbeat import Heartbeat
from bot.reconcile.loop import Loop
from bot.reconcile.pull_metrics import PullMetrics
from bot.reconcile.queues import Intake, Poller, Reach
from bot.reconcile.sweep import Beat, Sweep

_QUEUE_IDLE_S = 0.5
_SWEEP_IDLE_S = 15.0
_HEARTBEAT_IDLE_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PullOrders:
    """What an installation decides about pulling; a span of zero switches its loop off."""

    queues: Sequence[Queue]
    topics: Sequence[str]
    places: Sequence[Place]
    clusters: Sequence[str]
    home_region: str
    sweep_every: timedelta
    silent_after: timedelta
    routes: Routes
    reopen_within: timedelta
    account_name: Callable[[str], str]


def build_pull(
    bench: Bench, orders: PullOrders, calls: Calls, polls: Callable[[], Calls], registry: CollectorRegistry
) -> list[Loop]:
    """Loops, not yet started. `polls` makes what waits long for AWS: one for each queue, or one would hold up another."""
    metrics = PullMetrics(registry)
    intake = Intake(
        topics=frozenset(orders.topics), counts=orders.routes.counts, reopen_within=orders.reopen_within
    )
    loops = []
    for queue in orders.queues:
        reach = Reach(polls(), calls, queue.region or orders.home_region)
        poller = Poller(bench, queue, reach, intake, metrics)
        loops.append(
            Loop(
                f"queue {reach.region}/{queue.name}", poller.one_pass, clock=bench.clock, idle_s=_QUEUE_IDLE_S
            )
        )
    if orders.sweep_every:
        beat = Beat(
            places=orders.places,
            clusters=orders.clusters,
            every=orders.sweep_every,
            counts=orders.routes.counts,
            reopen_within=orders.reopen_within,
        )
        sweep = Sweep(bench, calls, beat, metrics)
        loops.append(Loop("sweep", sweep.one_pass, clock=bench.clock, idle_s=_SWEEP_IDLE_S))
    if orders.silent_after:
        heartbeat = Heartbeat(
            bench,
            partial(calls.own_account, orders.home_region),
            silent_after=orders.silent_after,
            account_name=orders.account_name,
        )
        loops.append(Loop("heartbeat", heartbeat.one_pass, clock=bench.clock, idle_s=_HEARTBEAT_IDLE_S))
    return loops
