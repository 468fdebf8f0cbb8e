"""Memory warnings: that an alarm on ECS memory was on, from when to when. Nothing was killed."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.subject.group_key import GroupKey, OwnerKind


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryWarning:
    """One of them; `ended_at` is None while the alarm is on. `alarm` is its name."""

    id: int
    alarm: str
    group_key: GroupKey
    metric: str
    reason: str  # CloudWatch's own words
    began_at: datetime
    ended_at: datetime | None = None

    @property
    def names_owner(self) -> bool:
        """Whether the alarm is about one service or family, and not about a cluster."""
        return self.group_key.kind is not OwnerKind.TASK
