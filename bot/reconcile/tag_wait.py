"""Tag wait: new alerts whose AWS tags are just being read are held back for a moment, and no longer."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.routing.known_tags import KnownTags
from bot.domain.subject.group_key import OwnerKind
from bot.domain.subject.subject import Subject
from bot.store.waiting import Waiting


@dataclass(frozen=True, slots=True)
class TagWait:
    """`longest`: how long an alert waits, counted from its first kill. What is decided without tags stays decided.

    `hurry` is told whose tags an alert waits for, again and again until they are known.
    """

    known: KnownTags
    longest: timedelta
    hurry: Callable[[Subject], None]

    def ready(self, found: Iterable[Waiting], now: datetime) -> tuple[list[Waiting], float | None]:
        """Those that need not wait, in their order; and the seconds until the first of the others needs no more."""
        ready: list[Waiting] = []
        waits: list[float] = []
        for one in found:
            rest = self._rest(one, now)
            if rest > timedelta(0) and one.group_key is not None:
                waits.append(rest.total_seconds())
                self.hurry(Subject.of(one.group_key))
            else:
                ready.append(one)
        return ready, min(waits, default=None)

    def _rest(self, one: Waiting, now: datetime) -> timedelta:
        key, since = one.group_key, one.waiting_since
        is_new = not one.is_posted and not one.channel
        if not is_new or key is None or since is None or key.kind is OwnerKind.TASK:
            return timedelta(0)
        return timedelta(0) if self.known.are_fresh(key, since) else since + self.longest - now
