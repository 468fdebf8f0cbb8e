"""Decisions: what became of what a person asked of a resize; every race has an answer of its own."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.policy.freeze import Freeze
from bot.domain.resize.resize import Resize


class Outcome(StrEnum):
    """What became of it. Only DONE changed anything."""

    DONE = "done"
    REPLAYED = "replayed"  # the same was done before: a double click, or two people of one mind
    TAKEN = "taken"  # another resize of the target is unfinished
    FROZEN = "frozen"
    IMPOSSIBLE = "impossible"  # the plan has refusals, or there is no way back
    OWN = "own"  # nobody approves their own request
    STALE = "stale"  # the button was of another plan, or a later resize has changed the target since
    EXPIRED = "expired"
    TOO_EARLY = "too_early"  # nothing was changed yet: cancel it instead
    TOO_LATE = "too_late"  # somebody decided otherwise, or it has begun or ended
    GONE = "gone"  # no such resize (any more)


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome, and the resize as it is now: the one asked about; for TAKEN the one in the way."""

    outcome: Outcome
    resize: Resize | None = None
    freeze: Freeze | None = None

    @property
    def is_done(self) -> bool:
        """Whether it was done, just now."""
        return self.outcome is Outcome.DONE
