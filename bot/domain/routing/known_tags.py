"""Known tags: what is known of AWS tags in this process by now, so that a route is found without asking anybody."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.domain.routing.tags import Tags
from bot.domain.subject.group_key import GroupKey
from bot.domain.subject.subject import Subject

FRESH_FOR = timedelta(minutes=10)  # a new incident has them read again if they are older


class KnownTags:
    """Filled by the reconciler that reads them, and read by all that ask for a route."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._tags: dict[Subject, Tags] = {}
        self._listeners: list[Callable[[], None]] = []

    def on_learned(self, listener: Callable[[], None]) -> None:
        """Have `listener` called whenever something becomes known."""
        self._listeners.append(listener)

    def __len__(self) -> int:
        """Of how many subjects something is known."""
        return len(self._tags)

    def of(self, key: GroupKey) -> Tags | None:
        """The tags of a group key; None where they are not known."""
        return self.of_subject(Subject.of(key))

    def of_subject(self, subject: Subject) -> Tags | None:
        """Likewise, of the subject itself."""
        return self._tags.get(subject)

    def learn(self, subject: Subject, tags: Tags) -> None:
        """These are its tags now, unless something newer is known."""
        known = self._tags.get(subject)
        if known is None or known.asked_at <= tags.asked_at:
            self._tags[subject] = tags
            for listener in self._listeners:
                listener()

    def forget(self, subject: Subject) -> None:
        """Nobody needs them any more."""
        self._tags.pop(subject, None)

    def are_fresh(self, key: GroupKey, moment: datetime) -> bool:
        """Whether they are good enough for what happened at this moment."""
        known = self.of(key)
        return known is not None and known.asked_at >= moment - FRESH_FOR
