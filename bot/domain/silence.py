"""Silences: mute the incidents that match, from … to, by whom and why; they always end."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.group_key import GroupKey, OwnerKind

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
        wanted = (self.account, self.region, self.cluster, self.kind, self.name, self.container)
        actual = (key.account, key.region, key.cluster, key.kind, key.name, key.container)
        return all(want in ("", None, have) for want, have in zip(wanted, actual, strict=True))


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
