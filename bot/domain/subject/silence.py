"""Silences: mute the incidents that match, from … to, by whom and why; they always end."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from bot.domain.subject.group_key import GroupKey, OwnerKind

LONGEST = timedelta(weeks=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matcher:
    """Which incidents a silence mutes; an empty field matches anything."""

    account: str = ""
    region: str = ""
    cluster: str = ""
    kind: OwnerKind | None = None
    name: str = ""
    container: str = ""

    def matches(self, key: GroupKey) -> bool:
        """Whether the group key falls under this matcher."""
        actual = (key.account, key.region, key.cluster, key.kind, key.name, key.container)
        return all(want in ("", None, have) for want, have in zip(self._wanted, actual, strict=True))

    def covers(self, other: Self) -> bool:
        """Whether it matches all that the other one matches."""
        pairs = zip(self._wanted, other._wanted, strict=True)
        return all(mine in ("", None, theirs) for mine, theirs in pairs)

    def overlaps(self, other: Self) -> bool:
        """Whether there may be something that both match."""
        pairs = zip(self._wanted, other._wanted, strict=True)
        return all(not mine or not theirs or mine == theirs for mine, theirs in pairs)

    @property
    def _wanted(self) -> tuple[str | None, ...]:
        return (self.account, self.region, self.cluster, self.kind, self.name, self.container)


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """One silence as the store has it. `ends_at` is moved to the moment at which a person ends it early."""

    id: int
    matcher: Matcher
    starts_at: datetime
    ends_at: datetime
    created_by: str
    reason: str
    ended_by: str = ""

    def mutes(self, key: GroupKey, now: datetime) -> bool:
        """Whether it mutes this group key now."""
        return self.starts_at <= now < self.ends_at and self.matcher.matches(key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """What a matcher would have hidden within a window: alerts that came up or came back in it, and all kills."""

    alerts: int
    kills: int
