"""Overlap: a route that can never be reached is found, and none that can be is blamed."""

import pytest

from bot.domain.routing.overlap import covers, unreachable
from bot.domain.routing.route import Route


@pytest.mark.parametrize(
    ("pattern", "other", "covered"),
    [
        pytest.param("*", "pay-*", True, id="everything"),
        pytest.param("pay-*", "pay-*", True, id="the same"),
        pytest.param("pay-*", "pay-api", True, id="a name"),
        pytest.param("pay-*", "pay-a*", True, id="a narrower pattern"),
        pytest.param("pay-a*", "pay-*", False, id="a wider pattern"),
        pytest.param("*a*", "*ba*", True, id="in the middle"),
        pytest.param("*a*", "*b*", False, id="other middles"),
        pytest.param("p?y", "pay", True, id="one letter"),
        pytest.param("p?y", "p?y*", False, id="one letter and more"),
        pytest.param("p?y", "p*y", False, id="one letter is not many"),
        pytest.param("p*y", "p?y", True, id="many are one letter as well"),
        pytest.param("pay-[ab]", "pay-a", True, id="a set and a name"),
        pytest.param("pay-*", "pay-[ab]", False, id="a set: nobody knows"),
        pytest.param("**", "*", False, id="only a single star matches what nobody knows"),
        pytest.param("a.c", "abc", False, id="a dot is a dot"),
        pytest.param("Pay", "pay", False, id="large and small letters"),
    ],
)
def test_patterns(pattern: str, other: str, covered: bool) -> None:
    assert covers(pattern, other) is covered


def route(**conditions: object) -> Route:
    return Route(channel="C1", **conditions)  # type: ignore[arg-type]  # a route's own fields


@pytest.mark.parametrize(
    ("routes", "found"),
    [
        pytest.param([route(), route(name="pay-*")], [(1, 0)], id="one that takes everything stands first"),
        pytest.param([route(name="pay-*"), route()], [], id="and last is where it belongs"),
        pytest.param([route(cluster="a*"), route(cluster="ab", name="x")], [(1, 0)], id="narrower in all"),
        pytest.param([route(cluster="a*", name="y"), route(cluster="ab")], [], id="narrower in one alone"),
        pytest.param([route(tags={"team": "a"}), route()], [], id="tags make it narrower"),
        pytest.param([route(tags={"team": "*"}), route(tags={"team": "a"})], [(1, 0)], id="any tag"),
        pytest.param([route(tags={"team": "*"}), route(tags={"stage": "a"})], [], id="another tag"),
        pytest.param([route(), route(name="a"), route(name="b")], [(1, 0), (2, 0)], id="all that follow"),
        pytest.param([route(name="a"), route(name="b"), route(name="a")], [(2, 0)], id="the first to blame"),
    ],
)
def test_routes(routes: list[Route], found: list[tuple[int, int]]) -> None:
    assert list(unreachable(routes)) == found
