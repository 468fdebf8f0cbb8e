"""Changes in somebody's name: CloudTrail of another account shows for whom the bot acts, and nothing is done twice."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.aws.access import session_name
from bot.aws.accounts import Accounts
from bot.aws.calls import AwsTrouble, Calls, Forbidden, Unreachable
from sandbox.aws.arns import ACCOUNT, REGION
from sandbox.aws.sts import STAGING, STAGING_EXTERNAL_ID, STAGING_ROLE
from sandbox.aws.world import World
from sandbox.wire import WireLog

PATTERN = "arn:aws:iam::{account}:role/oom-guard-read"


@pytest.fixture
async def abroad(world: World) -> AsyncIterator[Calls]:
    """Calls of a bot that has a role in staging."""
    accounts = Accounts(home_region=REGION, role_pattern=PATTERN, external_id=STAGING_EXTERNAL_ID)
    with ThreadPoolExecutor(4) as pool:
        yield Calls(pool, accounts, clock=world.clock.now)


def sessions(wire: WireLog) -> list[tuple[str, str]]:
    """Names and source identities of all roles that were assumed, or asked for."""
    asked = [entry.request for entry in wire.entries() if entry.kind == "aws sts:AssumeRole"]
    return [(one["RoleSessionName"], one.get("SourceIdentity", "")) for one in asked]


async def change(calls: Calls, person: str, account: str = STAGING) -> None:
    """Something that cannot be: there is no such service, and the other account has none at all."""
    with pytest.raises(AwsTrouble):
        await calls.change(
            "ecs", REGION, "update_service", account=account, person=person, cluster="prod", service="none"
        )


async def test_where_the_trust_allows_it_the_source_identity_is_the_person(
    world: World, wire: WireLog, abroad: Calls
) -> None:
    world.sts.add_role(STAGING_ROLE, STAGING_EXTERNAL_ID, takes_source_identity=True)
    await change(abroad, "U0ALICE")
    assert sessions(wire) == [("oom-guard-U0ALICE", "U0ALICE")]


async def test_else_the_name_of_the_session_is_all_that_says_so(wire: WireLog, abroad: Calls) -> None:
    await change(abroad, "U0ALICE")
    assert sessions(wire) == [("oom-guard-U0ALICE", "U0ALICE"), ("oom-guard-U0ALICE", "")]


async def test_each_person_has_keys_of_their_own_which_are_kept(wire: WireLog, abroad: Calls) -> None:
    for person in ("U0ALICE", "U0BOB", "U0ALICE", "U0BOB"):
        await change(abroad, person)
    await abroad.ask("ecs", REGION, "list_clusters", account=STAGING)
    lent = [name for name, identity in sessions(wire) if not identity]
    assert lent == ["oom-guard-U0ALICE", "oom-guard-U0BOB", "oom-guard"]


async def test_at_home_there_is_no_role_to_name_anybody_with(wire: WireLog, abroad: Calls) -> None:
    await change(abroad, "U0ALICE", ACCOUNT)
    assert sessions(wire) == []


@pytest.mark.parametrize(
    ("person", "name"),
    [
        pytest.param("policy", "oom-guard-policy", id="a rollback by policy"),
        pytest.param("", "oom-guard", id="nobody in particular"),
        pytest.param("a b<c>", "oom-guard-a-b-c-", id="what STS takes in no name"),
        pytest.param("U" * 80, f"oom-guard-{'U' * 54}", id="no longer than STS takes"),
    ],
)
def test_session_names_are_what_sts_takes(person: str, name: str) -> None:
    assert session_name(person) == name


async def test_a_change_is_not_repeated_when_aws_stumbles(world: World, wire: WireLog, calls: Calls) -> None:
    world.faults.throttle("ecs:UpdateService")
    with pytest.raises(Unreachable):
        await calls.change("ecs", REGION, "update_service", account=ACCOUNT, cluster="prod", service="search")
    assert [entry.kind for entry in wire.entries()].count("aws ecs:UpdateService") == 1


async def test_the_permission_that_aws_names_is_the_one_that_is_told(world: World, calls: Calls) -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/checkout-api"
    world.faults.deny("iam:PassRole")
    refusal, _ = world.faults.ordered.pop("iam:PassRole")
    refusal.message = f"{refusal.message} on resource: {role} because no identity-based policy allows it"
    world.faults.ordered["ecs:UpdateService"] = (refusal, -1)
    with pytest.raises(Forbidden) as told:
        await calls.change("ecs", REGION, "update_service", account=ACCOUNT, cluster="prod", service="search")
    assert told.value.action == "iam:PassRole"
    assert role in str(told.value)


async def test_a_change_whose_asker_is_gone_is_waited_for(world: World, wire: WireLog, calls: Calls) -> None:
    """A process that stops gives back its leases after that: the next one must see what was done."""
    assert await calls.changes_ended(0)
    world.faults.hang(ACCOUNT)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await calls.change(
                "ecs", REGION, "update_service", account=ACCOUNT, cluster="prod", service="search"
            )
    assert not await calls.changes_ended(0)
    world.faults.hanging[ACCOUNT].set()
    assert await calls.changes_ended(30)
    assert [entry.kind for entry in wire.entries()].count("aws ecs:UpdateService") == 1
