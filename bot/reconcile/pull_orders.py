"""Pull orders: what an installation decides about queues, the sweep and the heartbeat."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.aws.accounts import Place
from bot.domain.aws.queue import Queue
from bot.domain.routing.route import Routes
from bot.store.ledger import Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class PullOrders:
    """No queues: none is polled. A span of zero switches the sweep or the heartbeat off.

    `has_role` says whether a role is configured for a place that is not ours.
    `examines` says whether the logs of failures are to be looked at.
    `clusters` are names or ARNs, none for all of the `places`; a place without an account is in our own.
    """

    queues: Sequence[Queue]
    topics: Sequence[str]
    places: Sequence[Place]
    has_role: Callable[[Place], bool]
    clusters: Sequence[str]
    home_region: str
    sweep_every: timedelta
    silent_after: timedelta
    routes: Routes
    reopen_within: timedelta
    examines: bool
    account_name: Callable[[str], str]

    @property
    def rules(self) -> Rules:
        """Which deaths become kills."""
        return Rules(counts=self.routes.counts, reopen_within=self.reopen_within, examines=self.examines)
