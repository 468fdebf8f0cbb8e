"""Telling: deaths to tell the store, and a teller that delivers them as SNS would."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.incident.incident import Incident
from bot.domain.kills.death import Assessment, Death
from bot.domain.kills.verdict import Confidence, Verdict
from bot.domain.subject.group_key import GroupKey, OwnerKind
from bot.store import deliveries, incidents
from bot.store.database import Database
from bot.store.deliveries import Delivery, Recorded
from bot.store.ledger import Rules

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TOPIC = "arn:aws:sns:eu-west-1:123456789012:ecs-events"


def key(name: str = "checkout", container: str = "app", **more: Any) -> GroupKey:
    """A group key of a service."""
    place = {"account": "123456789012", "region": "eu-west-1", "cluster": "prod", "kind": OwnerKind.SERVICE}
    return GroupKey(**{**place, "name": name, "container": container, **more})


def arn(task: int | str = 1) -> str:
    """The ARN of a task."""
    task_id = f"{task:032x}" if isinstance(task, int) else task
    return f"arn:aws:ecs:eu-west-1:123456789012:task/prod/{task_id}"


def death(task: int | str = 1, **more: Any) -> Death:
    """One container's death, OOM unless told otherwise."""
    group_key = more.pop("group_key", None) or key(container=more.get("container", "app"))
    facts: dict[str, Any] = {
        "task_arn": arn(task),
        "container": group_key.container,
        "verdict": Verdict.OOM,
        "confidence": Confidence.CERTAIN,
        "reason": "OutOfMemoryError: Container killed due to memory usage",
        "died_at": NOW,
    }
    return Death(group_key=group_key, **(facts | more))


def is_kill(told: Death) -> bool:
    """What counts where no route asks for failures."""
    return told.verdict.is_kill


def is_trouble(told: Death) -> bool:
    """What counts where a route asks for failures, too."""
    return told.verdict.is_kill or told.verdict is Verdict.FAILURE


@dataclass(slots=True)
class Teller:
    """Delivers; each message has an id of its own unless one is given."""

    db: Database
    counts: Any = is_kill
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    async def tell(self, *deaths: Death, at: datetime = NOW, message_id: str = "", **more: Any) -> Recorded:
        """Deliver one event."""
        worst = min((told.verdict for told in deaths), key=lambda v: v.severity, default=Verdict.NONE)
        return await deliveries.record(
            self.db,
            Delivery(TOPIC, message_id or f"message-{next(self._ids)}", at),
            Assessment(verdict=worst, why="because", deaths=deaths, **more),
            at,
            Rules(counts=self.counts, reopen_within=DAY),
        )

    async def incident(self, *deaths: Death, at: datetime = NOW) -> Incident:
        """Deliver one event that touches one incident; the incident."""
        (incident_id,) = (await self.tell(*deaths, at=at)).incident_ids
        return await self.get(incident_id)

    async def get(self, incident_id: int) -> Incident:
        """An incident that must be there."""
        found = await self.db.read(incidents.get, incident_id)
        assert found is not None
        return found
