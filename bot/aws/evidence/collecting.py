"""Collecting: the evidence on the deaths of one group key, and what several of them have in common kept for a while."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.aws.calls import Calls
from bot.aws.evidence.collection import Collection, Means
from bot.aws.evidence.gaps import LIMIT_S
from bot.aws.evidence.insights import Insights
from bot.aws.evidence.performance_log import PerformanceLog
from bot.domain.diagnosis.evidence import Evidence
from bot.domain.kills.death import Death

log = structlog.get_logger(__name__)

_ASKED = ("ecs", "logs", "cloudwatch", "ecr", "application-autoscaling", "cloudformation", "pricing")


@dataclass(frozen=True, slots=True)
class Collected:
    """Evidence, when revisions were deployed, and whether asking again in a few minutes may bring more."""

    evidence: Evidence
    deployed: Sequence[datetime] = ()
    may_grow: bool = False


class Collector:
    """Collects evidence; keeps what several deaths have in common."""

    def __init__(
        self,
        calls: Calls,
        insights: Insights,
        *,
        clock: Callable[[], datetime],
        history: timedelta,
        limit_s: float = LIMIT_S,
    ) -> None:
        """`history`: how far back earlier lives are looked for; `limit_s`: how long one source may take."""
        self._means = Means(
            calls=calls, log=PerformanceLog(insights), clock=clock, history=history, limit_s=limit_s
        )

    async def make_ready(self, region: str) -> None:
        """Do what the first investigation would have to do first. Never raises."""
        try:
            await self._means.calls.make_ready(_ASKED, region)
        except RuntimeError as error:  # most likely the threads are gone: the process ends
            log.info("evidence.not_made_ready", error=str(error))
        except Exception:
            log.exception("evidence.not_ready")  # then the first call will tell

    async def collect(self, deaths: Sequence[Death]) -> Collected:
        """All there is on these deaths of one group key, newest first; never raises, never waits for ever."""
        return Collected(*await Collection(self._means, tuple(deaths)).whole())
