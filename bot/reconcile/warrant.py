"""Warrants: for how long a word to post, once committed, is good for posting.

Whoever takes over from a process that died after its word waits ten seconds from it before looking for the message.
So whoever gave its word must have sent by then, or not send at all: it may have hung meanwhile, and not be alone with
the message any more.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

SETTLES_WITHIN = timedelta(seconds=10)  # a post whose process died may be done by Slack a little later
FRESH_FOR = timedelta(seconds=5)  # a word whose commit took longer is given anew
_GOOD_FOR = timedelta(seconds=8)


@dataclass(frozen=True, slots=True)
class Warrant:
    """Begins with the word that is committed next. The clock may be set, and monotonic time rests with its machine."""

    clock: Callable[[], datetime]
    since: datetime
    monotonic: float

    @classmethod
    def begin(cls, clock: Callable[[], datetime]) -> Self:
        """From now on; `since` is what the word is committed with."""
        return cls(clock, clock(), time.monotonic())

    def is_fresh(self) -> bool:
        """Whether the word was committed in time."""
        return self._age() < FRESH_FOR

    def may_go(self) -> bool:
        """Whether the message may still be sent."""
        return self._age() < _GOOD_FOR

    def _age(self) -> timedelta:
        """By whichever says more."""
        return max(self.clock() - self.since, timedelta(seconds=time.monotonic() - self.monotonic))
