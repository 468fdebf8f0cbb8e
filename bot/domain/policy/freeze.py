"""Freezes: while one lasts, no change is begun where it applies; what is under way is finished or rolled back."""

from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase

from bot.domain.subject.subject import Subject
from bot.domain.telling.language import say


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """One freeze as the store has it. `account`, `cluster` and `name` are shell patterns; people are user ids.

    `ends_at`: when it ends by itself; None: when somebody thaws it.
    """

    id: int
    account: str = "*"
    cluster: str = "*"
    name: str = "*"
    frozen_by: str
    frozen_at: datetime
    reason: str = ""
    ends_at: datetime | None = None
    thawed_by: str = ""
    thawed_at: datetime | None = None

    def covers(self, subject: Subject) -> bool:
        """Whether the subject lies where it applies."""
        pairs = ((subject.account, self.account), (subject.cluster, self.cluster), (subject.name, self.name))
        return all(fnmatchcase(have, pattern) for have, pattern in pairs)

    def is_active(self, now: datetime) -> bool:
        """Whether it lasts."""
        return self.thawed_at is None and (self.ends_at is None or now < self.ends_at)

    @property
    def words(self) -> str:
        """Plain words; the person as Slack's mention, and a pseudonym, who nobody is any more, as it is."""
        who = f"<@{self.frozen_by}>" if self.frozen_by.startswith(("U", "W")) else self.frozen_by
        if self.reason:
            return say("{who} froze changes: {reason}.", who=who, reason=self.reason)
        return say("{who} froze changes.", who=who)
