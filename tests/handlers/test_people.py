"""Who somebody is for the policy: groups and e-mails are asked of Slack, and only where the policy names any."""

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.policy.policy import Grant, Person, Policy, Role
from handlers.people import People
from sandbox.slack.faults import http
from tests.handlers.workplace import ALICE, Workplace


def people(place: Workplace, *who: str) -> People:
    """By a policy that names these."""
    client = AsyncWebClient(
        token=place.slack.credentials.bot_token, base_url=f"{place.url}/slack/api/", retry_handlers=[]
    )
    return People(client, Policy(grants=(Grant(role=Role.VIEWER, who=who),)))


def asked(place: Workplace) -> list[str]:
    return [one.kind for one in place.slack.wire.entries() if one.kind.startswith("users")]


async def test_nothing_is_asked_for_a_policy_of_ids(place: Workplace) -> None:
    assert await people(place, ALICE, "*").person(ALICE) == Person(user=ALICE)
    assert asked(place) == []


async def test_groups_are_asked_once_and_kept(place: Workplace) -> None:
    known = people(place, "S0PAYMENTS", "S0PLATFORM")
    for _ in range(2):
        assert (await known.person(ALICE)).groups == {"S0PAYMENTS"}
    assert sum("usergroups.users.list" in one.kind for one in place.slack.wire.entries()) == 2


async def test_groups_that_the_policy_does_not_name_can_be_asked_for(place: Workplace) -> None:
    found = await people(place, ALICE).person_among(ALICE, {"S0PAYMENTS", "S0PLATFORM"})
    assert found.groups == {"S0PAYMENTS"}


async def test_who_is_in_a_group(place: Workplace) -> None:
    assert ALICE in await people(place, ALICE).members("S0PAYMENTS")
    assert await people(place, ALICE).members("S0NOBODY") == frozenset()


async def test_an_email_is_asked_where_the_policy_names_one(place: Workplace) -> None:
    assert "@" in (await people(place, "*@example.com").person(ALICE)).email


@pytest.mark.parametrize("method", ["usergroups.users.list", "users.info"])
async def test_whom_slack_does_not_tell_belongs_to_nothing(place: Workplace, method: str) -> None:
    place.slack.faults.next(method, http(503))
    found = await people(place, "S0PAYMENTS" if "groups" in method else "*@example.com").person(ALICE)
    assert found == Person(user=ALICE)
