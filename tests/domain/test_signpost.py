"""Signposts: every rule says why it was taken or not, and what nobody knows is told as that."""

from datetime import UTC, datetime
from types import MappingProxyType

import pytest

from bot.domain.routing.route import Route, Routes
from bot.domain.routing.signpost import Outcome, signpost
from bot.domain.routing.tags import CHANNEL, Source, Tag, Tags
from bot.domain.subject.group_key import OwnerKind
from bot.domain.subject.subject import Subject

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
CHECKOUT = Subject("123456789012", "eu-west-1", "prod", OwnerKind.SERVICE, "checkout-api")
UNSEEN = Subject("", "", "", OwnerKind.SERVICE, "checkout-api")
ROUTES = Routes(
    Route(channel="C-default"),
    (
        Route(channel="C-staging", cluster="staging*", name="check*"),
        Route(channel="C-team", tags={"team": "pay*"}),
        Route(channel="C-checkout", name="check*"),
        Route(channel="C-late", name="*"),
    ),
)
TAKEN, NOT_TAKEN, OPEN, NOT_TRIED = Outcome.TAKEN, Outcome.NOT_TAKEN, Outcome.OPEN, Outcome.NOT_TRIED


def tags(problem: str = "", **found: str) -> Tags:
    return Tags(
        found=MappingProxyType({key: Tag(value, Source.SERVICE) for key, value in found.items()}),
        asked_at=NOW,
        problem=problem,
    )


@pytest.mark.parametrize(
    ("subject", "found", "outcomes", "channel"),
    [
        pytest.param(
            CHECKOUT, tags(), [NOT_TAKEN, NOT_TAKEN, TAKEN, NOT_TRIED, NOT_TRIED], "C-checkout", id="by name"
        ),
        pytest.param(
            CHECKOUT,
            tags(team="payments"),
            [NOT_TAKEN, TAKEN, NOT_TRIED, NOT_TRIED, NOT_TRIED],
            "C-team",
            id="by tag",
        ),
        pytest.param(
            CHECKOUT,
            None,
            [NOT_TAKEN, OPEN, TAKEN, NOT_TRIED, NOT_TRIED],
            "C-checkout",
            id="tags not read yet",
        ),
        pytest.param(
            CHECKOUT,
            tags("not allowed"),
            [NOT_TAKEN, OPEN, TAKEN, NOT_TRIED, NOT_TRIED],
            "C-checkout",
            id="tags that could not be read",
        ),
        pytest.param(
            UNSEEN,
            None,
            [OPEN, OPEN, TAKEN, NOT_TRIED, NOT_TRIED],
            "C-checkout",
            id="never seen: its name alone",
        ),
    ],
)
def test_rules(subject: Subject, found: Tags | None, outcomes: list[Outcome], channel: str) -> None:
    sign = signpost(ROUTES, subject, found)
    assert [rule.outcome for rule in sign.rules] == outcomes
    assert [rule.number for rule in sign.rules] == [1, 2, 3, 4, 0]
    assert sign.route.channel == channel
    assert sign.is_certain == (OPEN not in outcomes)


def test_what_speaks_against_a_rule() -> None:
    first, second, *_ = signpost(ROUTES, CHECKOUT, tags()).rules
    assert [(one.field, one.value) for one in first.against] == [("cluster", "prod")]
    assert [(one.field, one.value) for one in second.against] == [("tag team", None)]


def test_tags_win_in_the_end() -> None:
    found = Tags(found={CHANNEL: Tag("own", Source.CLUSTER)}, asked_at=NOW)
    sign = signpost(ROUTES, CHECKOUT, found)
    assert (sign.taken.route.channel, sign.route.channel) == ("C-checkout", "own")
