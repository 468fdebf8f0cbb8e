"""The bench: what every reconciler has at hand."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.language.tongues import Tongues
from bot.reconcile.metrics import Metrics
from bot.reconcile.pace import Pace
from bot.slack.posting import Poster
from bot.store.database import Database
from bot.tracing.tracer import UNTRACED, Tracer


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Store, Slack, the pace that all share, counters, clock, spans and languages; `worker` names this process as owner of leases."""

    db: Database
    poster: Poster
    pace: Pace
    metrics: Metrics
    worker: str
    clock: Callable[[], datetime]
    tracer: Tracer = UNTRACED
    tongues: Tongues = field(default_factory=Tongues)
