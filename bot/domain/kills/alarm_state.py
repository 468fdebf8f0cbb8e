"""Alarm states: that a CloudWatch alarm on ECS memory went off, or back to OK. Nothing was killed."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.subject.group_key import GroupKey


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmState:
    """One change of one alarm. `alarm` names it, by ARN where that is known; `metric` is "" where it is not known."""

    alarm: str
    name: str
    group_key: GroupKey
    is_on: bool
    metric: str
    reason: str  # CloudWatch's own words, "" for none
    changed_at: datetime
