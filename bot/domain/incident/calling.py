"""Calling: whether the owner of what happened is mentioned, decided once for each message."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.domain.calendar.working_hours import WorkingHours


class Mentioning(StrEnum):
    """When a route mentions its owner in what is posted. An update mentions nobody: Slack tells nobody of it."""

    ALWAYS = "always"
    WORKING_HOURS = "working_hours"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a message says of the owner: mentioned, or named quietly, with the moment at which their hours begin."""

    owner: str = ""  # an id, a name, or "" for nobody
    is_mentioned: bool = True
    hours_begin: datetime | None = None

    @property
    def mentioned(self) -> str:
        """Whom the message mentions; "" for nobody."""
        return self.owner if self.is_mentioned else ""

    def named(self, name: str) -> "Call":
        """The same of somebody who is not mentioned, by the name that people know."""
        return self if self.is_mentioned else replace(self, owner=name)


NOBODY = Call()


def call(owner: str, mentioning: Mentioning, hours: WorkingHours | None, now: datetime) -> Call:
    """How a message that is posted now calls the owner."""
    if not owner:
        return NOBODY
    if mentioning is Mentioning.NEVER:
        return Call(owner=owner, is_mentioned=False)
    if mentioning is Mentioning.ALWAYS or hours is None or hours.include(now):
        return Call(owner=owner)
    return Call(owner=owner, is_mentioned=False, hours_begin=hours.next_beginning(now))
