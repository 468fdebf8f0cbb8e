"""Checkups: what OOM Guard needs, whether it is there, and how to mend what is not; the worst first."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.domain.telling.language import count, mark, say
from bot.domain.telling.listed import commas

EXIT_OK, EXIT_BROKEN, EXIT_WARNING, EXIT_UNSEEN = 0, 1, 4, 3  # 2 is a misuse of the command line
MOST_ACCOUNTS = 3  # that are told one by one where all is well with them
MOST_NAMED = 10  # of the same trouble


class State(StrEnum):
    """How it stands with one thing, the worst first."""

    BROKEN = mark("broken")
    WARNING = mark("warning")
    UNSEEN = mark("not looked at")
    OK = mark("ok")

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(State).index(self)


class Area(StrEnum):
    """What a line is about, in the order in which they are told."""

    SLACK = mark("Slack")
    EVENTS = mark("Path of events")
    AWS = mark("AWS")
    INSIGHTS = mark("Container Insights")
    STORE = mark("Store")
    RULES = mark("Rules")


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One line: what was looked at, how it stands, what was found; where it is not well, how to mend it.

    `command` is to be pasted into a shell; `account` is the name of the account that it is about, "" for none.
    All texts are plain.
    """

    area: Area
    what: str
    state: State
    found: str = ""
    fix: str = ""
    command: str = ""
    account: str = ""

    def of(self, account: str) -> "Check":
        """The same line, about this account."""
        return replace(self, account=account)


@dataclass(frozen=True, slots=True)
class Checkup:
    """All lines of one look."""

    checks: tuple[Check, ...]

    @property
    def worst(self) -> State:
        """The worst state among them; where nothing was looked at, that."""
        return min((one.state for one in self.checks), key=lambda state: state.rank, default=State.UNSEEN)

    def count(self, state: State) -> int:
        """How many lines are so."""
        return sum(one.state is state for one in self.checks)

    def exit_status(self, *, strict: bool = False) -> int:
        """For CI: 0 well, 1 broken; strictly 4 for warnings and 3 for what was not looked at."""
        if self.worst is State.BROKEN:
            return EXIT_BROKEN
        if not strict:
            return EXIT_OK
        return {State.WARNING: EXIT_WARNING, State.UNSEEN: EXIT_UNSEEN}.get(self.worst, EXIT_OK)

    def by_area(self) -> Iterator[tuple[Area, list[Check]]]:
        """The lines of each area that has any, the worst first, otherwise in the order in which they were looked at."""
        for area in Area:
            mine = [one for one in self.checks if one.area is area]
            if mine:
                yield area, sorted(mine, key=lambda one: one.state.rank)


def checkup(checks: Iterable[Check]) -> Checkup:
    """The lines of many accounts told as few: those that are well as a number, the same trouble of many by their names."""
    by_what: dict[tuple[Area, str], list[Check]] = defaultdict(list)
    for one in checks:
        by_what[one.area, one.what].append(one)
    return Checkup(tuple(line for alike in by_what.values() for line in _folded(alike)))


def _folded(alike: Sequence[Check]) -> Iterator[Check]:
    accounts = {one.account for one in alike if one.account}
    if len(accounts) <= MOST_ACCOUNTS:
        yield from alike
        return
    troubles: dict[tuple[State, str, str, str], list[Check]] = defaultdict(list)
    for one in alike:
        if one.state is not State.OK:
            troubles[one.state, _generic(one.found, one.account), one.fix, one.command].append(one)
    for same in troubles.values():
        yield replace(
            same[0], account="", found=say("{what}: {words}", what=_names(same), words=same[0].found)
        )
    bad = {one.account for one in alike if one.state is not State.OK}
    if good := len(accounts - bad):
        yield replace(
            alike[0],
            state=State.OK,
            account="",
            found=say("{n} of {all} accounts are well", n=f"{good:,}", all=f"{len(accounts):,}"),
            fix="",
            command="",
        )


def _generic(found: str, account: str) -> str:
    """What was found without the account's own name in it, so that equal troubles are seen to be equal."""
    return found.replace(account, "")


def _names(same: Sequence[Check]) -> str:
    names = list(dict.fromkeys(one.account for one in same if one.account))
    shown = commas(names[:MOST_NAMED])
    more = len(names) - MOST_NAMED
    return shown if more <= 0 else count(more, "{names} and {n} more", "{names} and {n} more", names=shown)


def ok(area: Area, what: str, found: str = "") -> Check:
    """A line that is well."""
    return Check(area=area, what=what, state=State.OK, found=found)


def warning(area: Area, what: str, found: str, fix: str, command: str = "") -> Check:
    """A line that works, and should not stay so."""
    return Check(area=area, what=what, state=State.WARNING, found=found, fix=fix, command=command)


def broken(area: Area, what: str, found: str, fix: str, command: str = "") -> Check:
    """A line without which something does not work."""
    return Check(area=area, what=what, state=State.BROKEN, found=found, fix=fix, command=command)


def unseen(area: Area, what: str, found: str, fix: str = "", command: str = "") -> Check:
    """A line that could not be looked at, which does not mean that it is well."""
    return Check(area=area, what=what, state=State.UNSEEN, found=found, fix=fix, command=command)
