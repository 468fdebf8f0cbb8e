"""Routes: which channel and which owner an incident belongs to, in which language, and what is asked for there."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from types import MappingProxyType

from bot.domain.calendar.working_hours import WorkingHours
from bot.domain.incident.calling import Call, Mentioning, call
from bot.domain.incident.notice import Grouping
from bot.domain.kills.death import Death
from bot.domain.kills.verdict import Verdict
from bot.domain.routing.tags import Tags
from bot.domain.subject.group_key import GroupKey

KILLS = frozenset({Verdict.OOM, Verdict.SUSPECTED_OOM})


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a route: a field's value against its pattern; None for a tag that nobody has seen."""

    field: str
    pattern: str
    value: str | None
    is_known: bool = True

    @property
    def holds(self) -> bool:
        """Whether it is met. A place that nobody knows meets only the pattern that anything meets."""
        if self.value is None:
            return False
        return fnmatchcase(self.value, self.pattern) if self.is_known else self.pattern == "*"

    @property
    def is_open(self) -> bool:
        """Whether it might hold, were more known."""
        return not self.is_known and not self.holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where the incidents go whose account, cluster, name and tags match (shell patterns, `*` matches anything)."""

    channel: str  # a channel id (C…) or a public channel's name
    owner: str = ""  # who is to be mentioned: a Slack user id (U…) or user group id (S…), "" for nobody
    account: str = "*"
    cluster: str = "*"
    name: str = "*"
    tags: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    verdicts: frozenset[Verdict] = KILLS
    language: str = "en"
    mentioning: Mentioning = Mentioning.ALWAYS
    hours: WorkingHours | None = None
    group_wait: timedelta | None = None  # None: as everywhere
    group_interval: timedelta | None = None
    tags_win: bool = True  # whether AWS tags may name another channel and owner

    def takes(self, key: GroupKey, tags: Tags | None = None) -> bool:
        """Whether this route's patterns match the group key and its tags."""
        return all(one.holds for one in self.conditions(key, tags))

    def conditions(self, key: GroupKey, tags: Tags | None = None) -> Iterator[Condition]:
        """Its conditions, met or not. Tags that nobody knows meet none; an empty account or cluster is not known."""
        yield Condition("account", self.account, key.account, bool(key.account))
        yield Condition("cluster", self.cluster, key.cluster, bool(key.cluster))
        yield Condition("name", self.name, key.name)
        for name, pattern in self.tags.items():
            tag = tags.found.get(name) if tags else None
            is_known = tags is not None and (tag is not None or not tags.problem)
            yield Condition(f"tag {name}", pattern, None if tag is None else tag.value, is_known)

    def claimed_by(self, tags: Tags | None) -> "Route":
        """The same route, with the channel and owner that the tags ask for, where it lets them."""
        if tags is None or not self.tags_win or not (tags.channel or tags.owner):
            return self
        return replace(self, channel=tags.channel or self.channel, owner=tags.owner or self.owner)

    def call(self, now: datetime) -> Call:
        """How a message that is posted now calls the owner."""
        return call(self.owner, self.mentioning, self.hours, now)

    def grouping(self, usual: Grouping) -> Grouping:
        """How kills are gathered here."""
        return Grouping(
            wait=usual.wait if self.group_wait is None else self.group_wait,
            interval=usual.interval if self.group_interval is None else self.group_interval,
        )


def _no_tags(_: GroupKey) -> Tags | None:
    return None


@dataclass(frozen=True, slots=True)
class Routes:
    """All routes in their order; the first that takes a group key wins, else the default.

    `tags_of` gives the tags of a group key as far as they are known by now; None where they are not.
    """

    default: Route
    others: Sequence[Route] = ()
    tags_of: Callable[[GroupKey], Tags | None] = _no_tags

    def of(self, key: GroupKey) -> Route:
        """The one route of this group key, with what its tags ask for."""
        tags = self.tags_of(key)
        return self.in_file(key, tags).claimed_by(tags)

    def in_file(self, key: GroupKey, tags: Tags | None) -> Route:
        """The one route that is configured for this group key, whatever its tags ask for."""
        return next((route for route in self.others if route.takes(key, tags)), self.default)

    def leading_to(self, *names: str) -> Route:
        """The first route to the channel that has one of these names or ids; the default one where none leads there."""
        return next((route for route in self.others if route.channel in names), self.default)

    def counts(self, death: Death) -> bool:
        """Whether a death is to be recorded: its route asks for its verdict."""
        return death.verdict in self.of(death.group_key).verdicts
