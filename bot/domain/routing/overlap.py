"""Overlap: which routes can never be reached, because an earlier one takes all that they would take."""

import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from bot.domain.routing.route import Route
from bot.domain.subject.group_key import GroupKey, OwnerKind

_ANYTHING = GroupKey("", "", "", OwnerKind.SERVICE, "", "")


def unreachable(routes: Sequence[Route]) -> Iterator[tuple[int, int]]:
    """Pairs of indexes: a route, and the first one before it that leaves it nothing.

    Routes that only several earlier ones together leave nothing are not found.
    """
    for later, route in enumerate(routes):
        for earlier in range(later):
            if _takes_all_of(routes[earlier], route):
                yield later, earlier
                break


def covers(pattern: str, other: str) -> bool:
    """Whether a shell pattern matches all that another one matches. In doubt no: sets like [a-c] are not compared."""
    if pattern in ("*", other):
        return True
    if other == "*":
        return False  # it also takes what nobody knows, and no other pattern does
    if not set("*?[") & set(other):
        return fnmatchcase(other, pattern)
    if "[" in pattern or "[" in other:
        return False
    # The other pattern is matched as it stands: its `*` by a `*` alone, its `?` by a `*` or a `?`.
    signs = {"*": ".*", "?": "[^*]"}
    expression = "".join(signs.get(sign) or re.escape(sign) for sign in pattern)
    return re.fullmatch(expression, other, re.DOTALL) is not None


def _takes_all_of(earlier: Route, later: Route) -> bool:
    theirs = _patterns(later)
    return all(
        name in theirs and covers(pattern, theirs[name]) for name, pattern in _patterns(earlier).items()
    )


def _patterns(route: Route) -> Mapping[str, str]:
    return {one.field: one.pattern for one in route.conditions(_ANYTHING)}
