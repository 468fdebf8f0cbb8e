"""Routes: which channel and which owner an incident belongs to, and which verdicts are asked for there."""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from bot.domain.death import Death
from bot.domain.group_key import GroupKey
from bot.domain.verdict import Verdict

KILLS = frozenset({Verdict.OOM, Verdict.SUSPECTED_OOM})


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where the incidents go whose account, cluster and name match (shell patterns, `*` matches anything)."""

    channel: str  # a channel id (C…) or a public channel's name
    owner: str = ""  # who is to be mentioned: a Slack user id (U…) or user group id (S…), "" for nobody
    account: str = "*"
    cluster: str = "*"
    name: str = "*"
    verdicts: frozenset[Verdict] = KILLS

    def takes(self, key: GroupKey) -> bool:
        """Whether this route's patterns match the group key."""
        pairs = ((key.account, self.account), (key.cluster, self.cluster), (key.name, self.name))
        return all(fnmatchcase(value, pattern) for value, pattern in pairs)


@dataclass(frozen=True, slots=True)
class Routes:
    """All routes in their order; the first that takes a group key wins, else the default."""

    default: Route
    others: Sequence[Route] = ()

    def of(self, key: GroupKey) -> Route:
        """The one route of this group key."""
        return next((route for route in self.others if route.takes(key)), self.default)

    def counts(self, death: Death) -> bool:
        """Whether a death is to be recorded: its route asks for its verdict."""
        return death.verdict in self.of(death.group_key).verdicts
