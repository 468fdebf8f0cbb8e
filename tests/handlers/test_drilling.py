"""`/oom test` at the door: who may, to which channel, how often; and who may ask the doctor."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.domain.policy.policy import Grant, Policy, Role
from bot.store import drills, looks
from bot.store.database import Database
from bot.store.drills import Held
from tests.handlers.workplace import ALICE, BOB, NOW, Workplace, workplace

RULES = Policy(
    grants=(
        Grant(role=Role.OPERATOR, who=(ALICE,), cluster="staging"),
        Grant(role=Role.VIEWER, who=(BOB,)),
    )
)


async def written_down(place: Workplace) -> list[Held]:
    return await place.db.write(drills.lease, "tests", NOW, limit=10, lease_for=timedelta(minutes=1))


@pytest.fixture
async def ruled(db: Database, request: pytest.FixtureRequest) -> AsyncIterator[Workplace]:
    async with workplace(db, policy=getattr(request, "param", RULES)) as place:
        yield place


@pytest.mark.parametrize(
    ("typed", "channel"),
    [
        pytest.param("test", None, id="the default channel"),
        pytest.param("test #oom-alerts", None, id="by a name that settings write as an id"),
        pytest.param("test oom-alerts", None, id="without the sign"),
        pytest.param("test payments", "payments", id="by the name that settings write"),
        pytest.param("drill", None, id="an alias"),
    ],
)
async def test_without_a_policy_anybody_may(place: Workplace, typed: str, channel: str | None) -> None:
    answer = await place.command(typed, BOB)
    assert answer["text"].startswith("🧪 A synthetic kill goes through EventBridge")
    assert answer["ephemeral_for"] == BOB
    [held] = await written_down(place)
    assert (held.drill.user, held.drill.channel) == (BOB, channel or place.channel)
    assert held.response_url.startswith("http")


async def test_a_channel_that_no_setting_names_is_refused(place: Workplace) -> None:
    """A test to it would prove nothing, and anybody could have the bot post anywhere."""
    answer = await place.command("test general")
    assert answer["text"].startswith("🤷 No route leads to general.")
    assert "#payments" in answer["text"]
    assert await written_down(place) == []


async def test_two_channels_are_a_misuse(place: Workplace) -> None:
    assert "Only one channel can follow." in (await place.command("test a b"))["text"]


async def test_one_a_minute_whoever_asks(place: Workplace) -> None:
    await place.command("test")
    place.now += timedelta(seconds=20)
    assert "A test began 20 seconds ago" in (await place.command("test", BOB))["text"]
    place.now += timedelta(seconds=41)
    assert "🧪" in (await place.command("test", BOB))["text"]


@pytest.mark.parametrize(
    ("user", "begins"),
    [
        pytest.param(ALICE, "🧪", id="an operator of any place"),
        pytest.param(BOB, "🔒 You need the operator role to test the path.", id="a viewer"),
        pytest.param("U0ADMIN", "🔒 You need the operator role to test the path.", id="nobody"),
    ],
)
async def test_with_a_policy_its_operators_may(ruled: Workplace, user: str, begins: str) -> None:
    assert (await ruled.command("test", user))["text"].startswith(begins)
    assert len(await written_down(ruled)) == (1 if user == ALICE else 0)


@pytest.mark.parametrize("ruled", [Policy(read_only=True)], indirect=True)
async def test_where_nothing_is_written_to_aws_nobody_may(ruled: Workplace) -> None:
    assert "read-only" in (await ruled.command("test"))["text"]
    assert await written_down(ruled) == []


async def asked_for(place: Workplace) -> list[str]:
    found = await place.db.write(looks.lease, "tests", NOW, limit=9, lease_for=timedelta(minutes=1))
    return [one.words for one in found]


async def test_the_doctor_answers_viewers(ruled: Workplace) -> None:
    await ruled.slack.act("command", {"user": BOB, "channel": ruled.channel, "text": "/oom doctor"})
    assert (ruled.whispers(BOB), await asked_for(ruled)) == (
        [],
        ["doctor"],
    )  # the answer comes when it has looked


async def test_the_doctor_tells_nobody_else(ruled: Workplace) -> None:
    told = (await ruled.command("doctor", "U0ADMIN"))["text"]
    assert told.startswith("🔒 You need the viewer role to see what the doctor finds.")
    assert await asked_for(ruled) == []
