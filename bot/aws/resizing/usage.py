"""Usage: how much a service's one container used on each day so far, for sizing it down."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.aws.calls import Calls
from bot.aws.evidence.site import Site
from bot.aws.survey import reading
from bot.aws.survey.histories import Histories
from bot.aws.survey.pacing import Pacing
from bot.domain.aws.task_definition import TaskDefinition
from bot.domain.inspection.history import daily_peaks
from bot.domain.sizing.tail import Peak

_BACK = timedelta(days=14)
_LEAST_DAYS = 7  # a week has a weekend


async def peaks(
    site: Site, calls: Calls, service: Mapping[str, Any], definition: TaskDefinition, now: datetime
) -> tuple[Peak, ...]:
    """The largest of each day, MiB; () for less than a week of it, and where containers share the figures.

    Only since the revision that runs was deployed: CloudWatch's per cent before are of another size, perhaps.
    """
    running = reading.service(site, service).running(definition)
    if running.deployed_at is None or len(definition.containers) != 1:
        return ()
    back = min(_BACK, now - running.deployed_at)
    if back < timedelta(days=_LEAST_DAYS):
        return ()
    (history,), _ = await Histories(calls, Pacing()).of([running], now=now, back=back, with_minutes=False)
    found = tuple(daily_peaks(history, now))
    return found if len(found) >= _LEAST_DAYS else ()
