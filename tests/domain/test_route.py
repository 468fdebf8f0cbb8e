"""Routes: the first that matches wins, the default takes the rest."""

from datetime import UTC, datetime

import pytest

from bot.domain.death import Death
from bot.domain.group_key import GroupKey, OwnerKind
from bot.domain.route import Route, Routes
from bot.domain.verdict import Confidence, Verdict

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
