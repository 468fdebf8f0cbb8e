"""Orders: what an installation decides about the reconcilers' work."""

from dataclasses import dataclass
from datetime import timedelta

from bot.domain.incident.storm import StormRule
from bot.domain.routing.route import Routes
from bot.reconcile.investigation_orders import InvestigationOrders
from bot.reconcile.keep import Keep


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """What an installation decides about the reconcilers' work."""

    routes: Routes
    reopen_within: timedelta
    resolve_after: timedelta
    keep: Keep
    storm_rule: StormRule
    investigation: InvestigationOrders
