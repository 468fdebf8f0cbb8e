"""Changes in somebody's name: CloudTrail shows for whom the bot acts, and nothing is done twice."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from bot.aws.access import Access, session_name
from bot.aws.accounts import Accounts
from bot.aws.calls import Actor, AwsTrouble, Calls, Forbidden, Rejected, Unreachable
from sandbox.aws.arns import ACCOUNT, REGION
from sandbox.aws.sts import RESIZE_ROLE, STAGING, STAGING_EXTERNAL_ID, STAGING_ROLE, Trust
from sandbox.aws.world import World
from sandbox.wire import WireLog

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
PATTERN = "arn:aws:iam::{account}:role/oom-guard-read"
RESIZE_PATTERN = "arn:aws:iam::{account}:role/oom-guard-resize"


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
            "ecs",
            REGION,
            "update_service",
            account=account,
            actor=Actor(person),
            cluster="prod",
            service="none",
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


async def test_what_is_no_resize_is_done_at_home_with_our_own_keys(wire: WireLog, abroad: Calls) -> None:
    await change(abroad, "U0ALICE", ACCOUNT)
    assert sessions(wire) == []


@pytest.fixture
async def named(world: World) -> AsyncIterator[Calls]:
    """Calls of a bot that resizes by a role of its own in every account."""
    accounts = Accounts(home_region=REGION, resize_role_pattern=RESIZE_PATTERN, role_pattern=PATTERN)
    with ThreadPoolExecutor(4) as pool:
        yield Calls(pool, accounts, clock=world.clock.now)


async def resize(calls: Calls, person: str, account: str = ACCOUNT) -> None:
    """Something of the kind, of a service that there is not; raises an AwsTrouble if it came that far."""
    actor = Actor(person, resizes=True)
    await calls.change(
        "ecs", REGION, "update_service", account=account, actor=actor, cluster="prod", service="none"
    )


def changers(wire: WireLog) -> list[str]:
    """Whom CloudTrail names for each update."""
    return [entry.actor for entry in wire.entries() if entry.kind == "aws ecs:UpdateService"]


async def test_at_home_too_cloudtrail_names_who_asked(wire: WireLog, named: Calls) -> None:
    for person in ("U0ALICE", "U0BOB", "U0ALICE"):
        with pytest.raises(Rejected, match="ServiceNotFound"):
            await resize(named, person)
    assert sessions(wire) == [("oom-guard-U0ALICE", "U0ALICE"), ("oom-guard-U0BOB", "U0BOB")]
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/oom-guard-resize/oom-guard-"
    assert changers(wire) == [f"{session}{person}" for person in ("U0ALICE", "U0BOB", "U0ALICE")]


async def test_a_plan_can_know_whether_people_are_named(abroad: Calls, named: Calls) -> None:
    told = [
        await calls.names_people(REGION, where) for calls in (abroad, named) for where in (ACCOUNT, STAGING)
    ]
    assert told == [False, True, True, True], "the bot's own keys name nobody"


async def test_in_another_account_it_is_the_role_for_resizes_and_not_the_one_that_reads(
    world: World, wire: WireLog, named: Calls
) -> None:
    role = RESIZE_ROLE.replace(ACCOUNT, STAGING)
    world.sts.trust(role, Trust(takes_source_identity=True, wants_source_identity=True))
    with pytest.raises(AwsTrouble):
        await resize(named, "U0ALICE", STAGING)
    assert changers(wire) == [f"arn:aws:sts::{STAGING}:assumed-role/oom-guard-resize/oom-guard-U0ALICE"]


async def test_a_trust_that_takes_no_source_identity_still_gets_the_sessions_name(
    world: World, wire: WireLog, named: Calls
) -> None:
    world.sts.trust(RESIZE_ROLE, Trust())
    with pytest.raises(Rejected, match="ServiceNotFound"):
        await resize(named, "U0ALICE")
    assert changers(wire)[0].endswith("oom-guard-resize/oom-guard-U0ALICE")


async def test_where_the_role_lets_nobody_in_nothing_is_changed_in_another_name(
    world: World, wire: WireLog, named: Calls
) -> None:
    world.sts.remove_role(RESIZE_ROLE)
    with pytest.raises(Forbidden, match=f"sts:AssumeRole on {RESIZE_ROLE}"):
        await resize(named, "U0ALICE")
    assert changers(wire) == []


async def test_the_role_for_resizes_reads_nothing(named: Calls, world: World) -> None:
    with pytest.raises(Forbidden, match=f"the role {RESIZE_ROLE} needs ecs:ListClusters"):
        await named.change(
            "ecs", REGION, "list_clusters", account=ACCOUNT, actor=Actor("U0ALICE", resizes=True)
        )


def test_keys_of_a_thousand_people_are_kept_and_no_more() -> None:
    asked: list[str] = []

    def sts(_region: str, _operation: str, **arguments: str) -> dict[str, dict[str, object]]:
        asked.append(arguments["RoleSessionName"])
        lent = dict.fromkeys(("AccessKeyId", "SecretAccessKey", "SessionToken"), "made up")
        return {"Credentials": {**lent, "Expiration": NOW + timedelta(hours=1)}}

    access = Access(Accounts(resize_role_pattern=RESIZE_PATTERN), sts, lambda: NOW)
    for person in (*(f"U{number:04}" for number in range(1001)), "U1000", "U0000"):
        access.keys(ACCOUNT, REGION, person, resizes=True)
    assert len(asked) == 1002, "of 1,001 people the one who was idle longest was forgotten"
    assert asked[-1] == "oom-guard-U0000"


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
