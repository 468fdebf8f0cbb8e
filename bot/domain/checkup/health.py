"""Health: how the way from AWS to Slack does, as the store alone can tell."""

from dataclasses import dataclass
from datetime import datetime, timedelta

LATE_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The last event that arrived, deliveries of the last hour, accounts that fell silent, and what Slack lacks.

    `silent` holds account ids and when they were last heard. `waiting` counts the notices that Slack does not show
    truly yet, the oldest since `waiting_since`; `failing` are the reasons of those that were tried in vain.
    `unread` work is what a person or AWS asked for and nobody has begun since `unread_since`. `kept` deliveries wait to
    be recorded, the oldest since `kept_since`.
    """

    last_event_at: datetime | None = None
    deliveries: int = 0
    delay_minutes: int = 0  # whole ones, which the last events were on their way; their median
    silent: tuple[tuple[str, datetime], ...] = ()
    waiting: int = 0
    waiting_since: datetime | None = None
    failing: tuple[str, ...] = ()
    unread: int = 0
    unread_since: datetime | None = None
    kept: int = 0
    kept_since: datetime | None = None

    def is_late(self, now: datetime) -> bool:
        """Whether Slack shows something old for longer than a turn takes."""
        return self.waiting_since is not None and now - self.waiting_since > LATE_AFTER

    def hoards(self, now: datetime) -> bool:
        """Whether what was delivered lies about unrecorded, for longer than a storm takes."""
        return self.kept_since is not None and now - self.kept_since > LATE_AFTER

    @property
    def is_delayed(self) -> bool:
        """Whether events come late."""
        return timedelta(minutes=self.delay_minutes) > LATE_AFTER

    def lags(self, now: datetime) -> bool:
        """Whether work lies about."""
        return self.unread_since is not None and now - self.unread_since > LATE_AFTER

    def is_well(self, now: datetime) -> bool:
        """Whether nobody need do anything about it."""
        is_behind = self.is_late(now) or self.lags(now) or self.hoards(now)
        return not (self.silent or self.failing or self.is_delayed or is_behind)
