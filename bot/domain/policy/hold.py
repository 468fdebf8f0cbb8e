"""Holds: why nothing may be begun now, though somebody may: a freeze, or a time outside the change windows."""

from datetime import datetime

from bot.domain.calendar.almanac import weekday
from bot.domain.calendar.window import is_open, next_opening
from bot.domain.policy.freeze import Freeze
from bot.domain.policy.policy import Policy
from bot.domain.telling.language import say


def held(policy: Policy, freeze: Freeze | None, now: datetime) -> str:
    """The reason, a sentence; "" where a change may begin. `freeze` is one that covers the target, if any does."""
    if freeze is not None and freeze.is_active(now):
        return freeze.words
    if is_open(policy.windows, now):
        return ""
    opens_at = next_opening(policy.windows, now)
    return say(
        "Outside the change windows: the next one opens {day} {time} UTC.",
        day=weekday(opens_at),
        time=f"{opens_at:%H:%M}",
    )
