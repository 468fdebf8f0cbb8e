"""Look orders: what an installation decides about looking ahead."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.aws.survey.surveying import Where
from bot.domain.routing.route import Routes


@dataclass(frozen=True, slots=True, kw_only=True)
class LookOrders:
    """Where is looked, from which per cent of its limit a service is near it, how often all logs are scanned.

    `queries_at_once`: of Logs Insights, 0 for never. `scan_every` of zero means never. `foresees`: whether all are looked at once a day, for reports. `routes` and `reopen_within` are as for deliveries.
    """

    where: Where
    near_percent: float
    scan_every: timedelta
    routes: Routes
    reopen_within: timedelta
    account_name: Callable[[str], str]
    foresees: bool = False
    queries_at_once: int = 0
