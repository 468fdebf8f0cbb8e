"""Signposts: which route a subject takes and why, each rule with what speaks for and against it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from bot.domain.routing.route import Condition, Route, Routes
from bot.domain.routing.tags import Tags
from bot.domain.subject.group_key import GroupKey
from bot.domain.subject.subject import Subject


class Outcome(Enum):
    """What became of one rule."""

    TAKEN = auto()
    NOT_TAKEN = auto()  # something in it is not met
    OPEN = auto()  # it might be taken, were more known
    NOT_TRIED = auto()  # another was taken before


@dataclass(frozen=True, slots=True)
class Rule:
    """One route of the configuration. `against` are the conditions that are not met, or of which nobody knows."""

    number: int  # from 1; 0 for the default
    route: Route
    outcome: Outcome
    against: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Signpost:
    """Where a subject's alerts go. `route` is what comes of the rule that is taken and of the tags."""

    subject: Subject
    rules: tuple[Rule, ...]
    route: Route
    tags: Tags | None

    @property
    def taken(self) -> Rule:
        """The rule that is taken, as far as is known."""
        return next(rule for rule in self.rules if rule.outcome is Outcome.TAKEN)

    @property
    def is_certain(self) -> bool:
        """Whether no rule before it might be taken, were more known."""
        return not any(rule.outcome is Outcome.OPEN for rule in self.rules)


def signpost(routes: Routes, subject: Subject, tags: Tags | None) -> Signpost:
    """The way of a subject whose tags are these; its account and cluster are "" where nobody knows them."""
    key = subject.with_container("")
    route = routes.in_file(key, tags).claimed_by(tags)
    return Signpost(subject, tuple(_rules(routes, key, tags)), route, tags)


def _rules(routes: Routes, key: GroupKey, tags: Tags | None) -> Iterator[Rule]:
    is_decided = False
    for number, route in enumerate(routes.others, start=1):
        against = tuple(one for one in route.conditions(key, tags) if not one.holds)
        outcome = Outcome.NOT_TRIED if is_decided else _outcome(against)
        yield Rule(number, route, outcome, () if is_decided else against)
        is_decided = is_decided or outcome is Outcome.TAKEN
    yield Rule(0, routes.default, Outcome.NOT_TRIED if is_decided else Outcome.TAKEN)


def _outcome(against: tuple[Condition, ...]) -> Outcome:
    if not against:
        return Outcome.TAKEN
    return Outcome.OPEN if all(one.is_open for one in against) else Outcome.NOT_TAKEN
