"""The nearest: which known subjects a typed name means, or may have meant."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import IntEnum

from bot.domain.subject.query import Query
from bot.domain.subject.subject import Subject

MOST = 5  # more choices than that are no help at 3 a.m.
CLOSE = 0.6  # difflib's own limit for "close"


class Likeness(IntEnum):
    """How a typed name resembles a known one, best first."""

    EXACT = 0
    CASE = 1  # but for the case of letters
    PREFIX = 2
    SUBSTRING = 3
    CLOSE = 4


@dataclass(frozen=True, slots=True)
class Nearest:
    """Subjects of the best likeness that any has, at most five; no likeness where nothing resembles the name."""

    likeness: Likeness | None
    subjects: tuple[Subject, ...] = ()

    @property
    def certain(self) -> Subject | None:
        """The one subject that bears this name: good enough to change something."""
        sure = self.likeness in (Likeness.EXACT, Likeness.CASE)
        return self.subjects[0] if sure and len(self.subjects) == 1 else None

    @property
    def likely(self) -> Subject | None:
        """The one subject whose name contains what was typed, or bears it: good enough to show something."""
        sure = self.likeness is not None and self.likeness < Likeness.CLOSE
        return self.subjects[0] if sure and len(self.subjects) == 1 else None


def nearest(query: Query, subjects: Sequence[Subject]) -> Nearest:
    """The known subjects that a name means; the order of `subjects` decides between equals.

    Without an exact name, several containers' owners may be meant: then there are several subjects and the person
    has to choose. A place (cluster, account, region) that rules out everything is taken for a typing error.
    """
    if not query.name:
        return Nearest(None)
    allowed = [subject for subject in subjects if query.allows(subject)]
    found = _best(query.name, allowed)
    if found.likeness is not None or len(allowed) == len(subjects):
        return found
    elsewhere = _best(query.name, subjects)
    return Nearest(Likeness.CLOSE if elsewhere.subjects else None, elsewhere.subjects)


def _best(name: str, subjects: Sequence[Subject]) -> Nearest:
    folded = name.casefold()
    tests: tuple[tuple[Likeness, Callable[[str], bool]], ...] = (
        (Likeness.EXACT, lambda known: known == name),
        (Likeness.CASE, lambda known: known.casefold() == folded),
        (Likeness.PREFIX, lambda known: known.casefold().startswith(folded)),
        (Likeness.SUBSTRING, lambda known: folded in known.casefold()),
    )
    for likeness, resembles in tests:
        hits = tuple(subject for subject in subjects if resembles(subject.name))
        if hits:
            return Nearest(likeness, hits[:MOST])
    return _close(folded, subjects)


def _close(folded: str, subjects: Sequence[Subject]) -> Nearest:
    matcher = SequenceMatcher(b=folded, autojunk=False)
    scored: list[tuple[float, Subject]] = []
    for subject in subjects:
        matcher.set_seq1(subject.name.casefold())
        if (
            matcher.real_quick_ratio() >= CLOSE
            and matcher.quick_ratio() >= CLOSE
            and matcher.ratio() >= CLOSE
        ):
            scored.append((matcher.ratio(), subject))
    scored.sort(key=lambda pair: -pair[0])
    hits = tuple(subject for _, subject in scored[:MOST])
    return Nearest(Likeness.CLOSE if hits else None, hits)
