"""The silence form: what it offers, and what it makes of what was filled in."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.subject.group_key import OwnerKind
from bot.domain.subject.scope import Scope, matcher_of, scopes_of
from bot.domain.subject.silence import LONGEST, Hidden, Matcher
from bot.slack import silence_modal
from bot.slack.answers import place
from bot.slack.silence_modal import Wish, incident_id, read
from tests.slack.incidents import JOB, SERVICE, deaths, incident

PLACE: dict[str, Any] = {"account": "123456789012", "region": "eu-west-1", "cluster": "prod"}
SERVICE_FIELDS: dict[str, Any] = {**PLACE, "kind": OwnerKind.SERVICE, "name": "checkout-api"}


def hidden(alerts: int, kills: int) -> Hidden:
    return Hidden(alerts=alerts, kills=kills)


def form(hidden: dict[Scope, Hidden], **changed: Any) -> dict[str, Any]:
    view: dict[str, Any] = silence_modal.silence_modal(
        incident(deaths(3), **changed), hidden, lambda _account: "prod-eu"
    ).to_dict()
    return view


def element(view: dict[str, Any], block_id: str) -> dict[str, Any]:
    return next(block["element"] for block in view["blocks"] if block.get("block_id") == block_id)


def filled(
    lasts: str | None = "3h", scope: str | None = "subject", reason: str | None = "load test"
) -> dict[str, Any]:
    chosen = {"duration": lasts, "scope": scope}
    values: dict[str, Any] = {
        name: {name: {"selected_option": None if value is None else {"value": value}}}
        for name, value in chosen.items()
    }
    return {
        "private_metadata": "42",
        "state": {"values": {**values, "reason": {"reason": {"value": reason}}}},
    }


def test_offers_one_hour_to_two_weeks_and_three_hours_first() -> None:
    lengths = element(form({Scope.SUBJECT: hidden(1, 1)}), "duration")
    assert [option["text"]["text"] for option in lengths["options"]] == [
        "1 hour",
        "3 hours",
        "8 hours",
        "1 day",
        "3 days",
        "1 week",
        "2 weeks",
    ]
    assert lengths["initial_option"]["value"] == "3h"
    for option in lengths["options"]:
        wish = read(filled(lasts=option["value"]))
        assert isinstance(wish, Wish)
        assert wish.lasts <= LONGEST


def test_says_for_each_scope_what_it_would_have_hidden_and_suggests_the_service() -> None:
    scopes = element(
        form({Scope.CONTAINER: hidden(0, 1), Scope.SUBJECT: hidden(1, 7), Scope.CLUSTER: hidden(12, 1200)}),
        "scope",
    )
    assert [(option["text"]["text"], option["description"]["text"]) for option in scopes["options"]] == [
        ("This container: app", "would have hidden 0 alerts (1 kill) in the last 24 h"),
        ("This service: checkout-api", "would have hidden 1 alert (7 kills) in the last 24 h"),
        ("The whole cluster: prod", "would have hidden 12 alerts (1,200 kills) in the last 24 h"),
    ]
    assert scopes["initial_option"]["value"] == "subject"


def test_a_batch_job_runs_in_a_queue_and_not_in_a_cluster() -> None:
    view = form({Scope.SUBJECT: hidden(1, 1), Scope.CLUSTER: hidden(1, 1)}, group_key=JOB)
    labels = [option["text"]["text"] for option in element(view, "scope")["options"]]
    assert labels == ["This Batch job: align-genomes", "The whole job queue: AWSBatch-ce-1"]


@pytest.mark.parametrize(
    ("container", "said"),
    [
        pytest.param("app", "*checkout-api / app*", id="a container of its own name"),
        pytest.param("checkout-api", "*checkout-api*", id="a container that only repeats its service"),
        pytest.param("", "*checkout-api*", id="no container is known"),
    ],
)
def test_a_name_is_said_once(container: str, said: str) -> None:
    assert place.who(replace(SERVICE, container=container)) == said


def test_keeps_the_rules_for_modals() -> None:
    key = replace(SERVICE, name="n" * 255, cluster="c" * 255, container="<!channel>" * 25)
    view = form(
        {Scope.CONTAINER: hidden(1, 1), Scope.SUBJECT: hidden(7, 7), Scope.CLUSTER: hidden(10**9, 10**12)},
        group_key=key,
    )
    assert all(len(view[part]["text"]) <= 24 for part in ("title", "submit", "close"))
    assert len(view["private_metadata"]) <= 3000
    for option in element(view, "scope")["options"]:
        assert len(option["text"]["text"]) <= 75
        assert len(option["description"]["text"]) <= 75
    assert "<!channel>" not in view["blocks"][0]["text"]["text"]


@pytest.mark.parametrize(
    ("scope", "matcher"),
    [
        pytest.param("container", Matcher(**SERVICE_FIELDS, container="app"), id="one container"),
        pytest.param("subject", Matcher(**SERVICE_FIELDS), id="all containers of the service"),
        pytest.param("cluster", Matcher(**PLACE), id="the whole cluster"),
    ],
)
def test_a_scope_mutes_exactly_what_it_says(scope: str, matcher: Matcher) -> None:
    wish = read(filled(scope=scope))
    assert isinstance(wish, Wish)
    assert matcher_of(SERVICE, wish.scope) == matcher


@pytest.mark.parametrize(
    ("key", "offered"),
    [
        pytest.param(SERVICE, [Scope.CONTAINER, Scope.SUBJECT, Scope.CLUSTER], id="a service"),
        pytest.param(
            replace(JOB, cluster=""), [Scope.CONTAINER, Scope.SUBJECT], id="a job without a cluster"
        ),
        pytest.param(
            replace(SERVICE, container=""), [Scope.SUBJECT, Scope.CLUSTER], id="no container is known"
        ),
    ],
)
def test_no_scope_is_wider_than_its_name(key: Any, offered: list[Scope]) -> None:
    assert scopes_of(key) == offered
    for scope in set(Scope) - set(offered):
        with pytest.raises(ValueError, match="to silence"):
            matcher_of(key, scope)


def test_reads_what_was_filled_in() -> None:
    assert read(filled("1w", "cluster", " a\nload\u202e test ")) == Wish(
        timedelta(weeks=1), Scope.CLUSTER, "a load test"
    )


@pytest.mark.parametrize(
    ("view", "wrong"),
    [
        pytest.param(filled(reason=None), {"reason"}, id="no reason"),
        pytest.param(filled(reason=" \n "), {"reason"}, id="a blank reason"),
        pytest.param(filled(lasts=None), {"duration"}, id="no duration"),
        pytest.param(filled(lasts="9w"), {"duration"}, id="a duration that was not offered"),
        pytest.param(filled(scope="world"), {"scope"}, id="a scope that was not offered"),
        pytest.param({"state": {"values": {}}}, {"duration", "scope", "reason"}, id="nothing at all"),
        pytest.param({}, {"duration", "scope", "reason"}, id="no state"),
    ],
)
def test_errors_stand_at_their_field(view: dict[str, Any], wrong: set[str]) -> None:
    errors = read(view)
    assert isinstance(errors, dict)
    assert set(errors) == wrong


@pytest.mark.parametrize(
    ("metadata", "number"),
    [
        pytest.param("42", 42, id="as we wrote it"),
        pytest.param("", None, id="none"),
        pytest.param("42; drop table", None, id="not as we wrote it"),
        pytest.param("9" * 16, None, id="beyond any number"),
    ],
)
def test_the_incident_of_a_form(metadata: str, number: int | None) -> None:
    assert incident_id({"private_metadata": metadata}) == number
