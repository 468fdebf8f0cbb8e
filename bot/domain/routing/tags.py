"""Tags: what AWS tags say of a service, and what of that is believed: they are written by whoever may tag it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

CHANNEL, OWNER = "oomguard:channel", "oomguard:owner"
MOST = 100  # tags of one subject that are kept; AWS allows fifty a resource
LONGEST_KEY, LONGEST_VALUE = 128, 256  # AWS's own limits
# Slack's: https://api.slack.com/methods/conversations.create; letters may be of any language, but none is large.
_CHANNEL_NAME = re.compile(r"[\w-]{1,80}")
_CHANNEL_ID = re.compile(r"[CG][A-Z0-9]{1,20}", re.ASCII)
_OWNER_ID = re.compile(r"[UWS][A-Z0-9]{2,30}", re.ASCII)
_OWNER_NAME = re.compile(r"[\w][\w .+-]{0,79}")
_EVERYBODY = frozenset({"channel", "here", "everyone", "group", "all"})


class Source(StrEnum):
    """Where a tag was read, in the order in which they win: what is closest to the task first."""

    SERVICE = "service"
    DEFINITION = "task definition"
    JOB_DEFINITION = "job definition"
    CLUSTER = "cluster"


@dataclass(frozen=True, slots=True)
class Tag:
    """A value, and where it was read."""

    value: str
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Tags:
    """The tags of one subject by their keys, when AWS was asked for them, and what could not be asked."""

    found: Mapping[str, Tag] = field(default_factory=lambda: MappingProxyType({}))
    asked_at: datetime
    problem: str = ""

    @property
    def channel(self) -> str:
        """The channel that they ask for; "" where they name none that can be one."""
        tag = self.found.get(CHANNEL)
        return "" if tag is None else channel_of(tag.value)

    @property
    def owner(self) -> str:
        """The owner that they name: an id, or a name that is shown and mentions nobody; "" for none."""
        tag = self.found.get(OWNER)
        return "" if tag is None else owner_of(tag.value)

    @property
    def ignored(self) -> tuple[str, ...]:
        """The keys of ours whose values mean nothing."""
        read = {CHANNEL: self.channel, OWNER: self.owner}
        return tuple(key for key, value in read.items() if key in self.found and not value)


def merged(parts: Sequence[tuple[Source, Iterable[tuple[str, str]]]]) -> Mapping[str, Tag]:
    """One set of tags from several, the first of which wins, tag by tag. Bounded; ours are never left out."""
    found: dict[str, Tag] = {}
    for source, pairs in parts:
        for key, value in pairs:
            if key not in found and 0 < len(key) <= LONGEST_KEY:
                found[key] = Tag(value[:LONGEST_VALUE], source)
    ours_first = sorted(found, key=lambda key: key not in (CHANNEL, OWNER))
    return {key: found[key] for key in ours_first[:MOST]}


def channel_of(text: str) -> str:
    """A channel's id or name; "" for anything else, a person's id among it: nobody is sent private messages."""
    name = text.strip().removeprefix("#")
    if _CHANNEL_ID.fullmatch(name):
        return name
    return name if _CHANNEL_NAME.fullmatch(name) and name == name.lower() else ""


def owner_of(text: str) -> str:
    """A user's or user group's id, or a name; "" for anything else, and for names that would call everybody."""
    name = text.strip().removeprefix("@")
    if _OWNER_ID.fullmatch(name):
        return name
    return name if _OWNER_NAME.fullmatch(name) and name.lower() not in _EVERYBODY else ""
