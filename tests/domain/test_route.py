"""Routes: the first that matches wins, the default takes the rest."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.incident.notice import Grouping
from bot.domain.kills.death import Death
from bot.domain.kills.verdict import Confidence, Verdict
from bot.domain.routing.route import Route, Routes
from bot.domain.routing.tags import Source, Tag, Tags
from bot.domain.subject.group_key import GroupKey, OwnerKind

DEFAULT = Route(channel="C-default")
PAYMENTS = Route(channel="C-pay", name="pay-*", verdicts=frozenset({Verdict.OOM, Verdict.FAILURE}))
STAGING = Route(channel="C-staging", account="111111111111", cluster="stag*")
ROUTES = Routes(DEFAULT, (PAYMENTS, STAGING))


def key(name: str = "checkout", account: str = "123456789012", cluster: str = "prod") -> GroupKey:
    return GroupKey(account, "eu-west-1", cluster, OwnerKind.SERVICE, name, "app")


@pytest.mark.parametrize(
    ("group_key", "route"),
    [
        pytest.param(key(), DEFAULT, id="no route takes it"),
        pytest.param(key("pay-api"), PAYMENTS, id="by name"),
        pytest.param(key("Pay-api"), DEFAULT, id="names tell case apart, as ECS does"),
        pytest.param(key("pay-api", "111111111111", "staging"), PAYMENTS, id="the first that matches wins"),
        pytest.param(key("x", "111111111111", "staging"), STAGING, id="by account and cluster"),
        pytest.param(key("x", "111111111111", "prod"), DEFAULT, id="every pattern must match"),
    ],
)
def test_route_of(group_key: GroupKey, route: Route) -> None:
    assert ROUTES.of(group_key) is route


@pytest.mark.parametrize(
    ("name", "verdict", "counts"),
    [
        pytest.param("checkout", Verdict.OOM, True, id="kills count everywhere"),
        pytest.param("checkout", Verdict.FAILURE, False, id="failures only where asked for"),
        pytest.param("pay-api", Verdict.FAILURE, True, id="here they are asked for"),
        pytest.param("pay-api", Verdict.SUSPECTED_OOM, False, id="a route may refuse mere suspicions"),
    ],
)
def test_counts(name: str, verdict: Verdict, counts: bool) -> None:
    death = Death(
        group_key=key(name),
        task_arn="arn:aws:ecs:eu-west-1:123456789012:task/prod/1",
        container="app",
        verdict=verdict,
        confidence=Confidence.CERTAIN,
        reason="r",
        died_at=datetime(2026, 11, 21, tzinfo=UTC),
    )
    assert ROUTES.counts(death) is counts


NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


def tags(**found: str) -> Tags:
    """Tags of a service; `oomguard_channel` stands for `oomguard:channel`."""
    named = {name.replace("oomguard_", "oomguard:"): value for name, value in found.items()}
    return Tags(found={name: Tag(value, Source.SERVICE) for name, value in named.items()}, asked_at=NOW)


BY_TEAM = Route(channel="C-team", tags={"team": "pay*"}, name="check*")
FIRM = Route(channel="C-firm", owner="U1", name="firm", tags_win=False)
TAGGED = Routes(DEFAULT, (BY_TEAM, FIRM))


@pytest.mark.parametrize(
    ("name", "found", "channel", "owner"),
    [
        pytest.param("checkout", None, "C-default", "", id="nothing is known of tags"),
        pytest.param("checkout", tags(), "C-default", "", id="it has none"),
        pytest.param("checkout", tags(team="payments"), "C-team", "", id="a route by tag"),
        pytest.param("checkout", tags(team="search"), "C-default", "", id="the tag's value differs"),
        pytest.param("search", tags(team="payments"), "C-default", "", id="the name differs"),
        pytest.param("search", tags(oomguard_channel="own"), "own", "", id="a team serves itself"),
        pytest.param("checkout", tags(team="pay", oomguard_channel="own"), "own", "", id="over a route"),
        pytest.param("search", tags(oomguard_owner="U2222222"), "C-default", "U2222222", id="an owner alone"),
        pytest.param(
            "firm", tags(oomguard_channel="own"), "C-firm", "U1", id="a route that tags cannot change"
        ),
        pytest.param("search", tags(oomguard_channel="No Channel"), "C-default", "", id="a slip of the pen"),
    ],
)
def test_tags(name: str, found: Tags | None, channel: str, owner: str) -> None:
    taken = Routes(DEFAULT, TAGGED.others, lambda _: found).of(key(name))
    assert (taken.channel, taken.owner) == (channel, owner)


def test_a_tag_that_is_not_there_meets_no_pattern() -> None:
    anything = Route(channel="C-any", tags={"team": "*"})
    assert not anything.takes(key(), tags())
    assert anything.takes(key(), tags(team=""))


def test_what_nobody_knows_meets_only_the_pattern_that_anything_meets() -> None:
    unseen = GroupKey("", "", "", OwnerKind.SERVICE, "pay-api", "")
    assert PAYMENTS.takes(unseen)
    assert not STAGING.takes(unseen)


@pytest.mark.parametrize(
    ("route", "expected"),
    [
        pytest.param(DEFAULT, Grouping(wait=timedelta(seconds=3)), id="as everywhere"),
        pytest.param(
            Route(channel="C", group_wait=timedelta(0), group_interval=timedelta(minutes=5)),
            Grouping(wait=timedelta(0), interval=timedelta(minutes=5)),
            id="its own",
        ),
    ],
)
def test_grouping(route: Route, expected: Grouping) -> None:
    assert route.grouping(Grouping(wait=timedelta(seconds=3))) == expected
