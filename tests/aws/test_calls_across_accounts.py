"""Calls across accounts: real boto3 against the sandbox's STS and ECS, on a clock that the test moves."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest

from bot.aws import limits, tasks
from bot.aws.accounts import Account, Accounts
from bot.aws.calls import AwsTrouble, Calls, Forbidden, Rejected, Unreachable
from bot.aws.lanes import IN_ONE_ACCOUNT
from bot.domain.subject.group_key import OwnerKind
from bot.domain.subject.subject import Subject
from sandbox.aws.arns import ACCOUNT, REGION
from sandbox.aws.endpoint import ACCESS_KEY_ID, SECRET_ACCESS_KEY
from sandbox.aws.sts import STAGING, STAGING_EXTERNAL_ID, STAGING_ROLE
from sandbox.aws.world import World
from sandbox.clock import ManualClock
from sandbox.wire import WireLog
from tests.sandbox.slack_parts import serve

PATTERN = "arn:aws:iam::{account}:role/oom-guard-read"
THREADS = 12
HOUR = 3600.0


@dataclass(kw_only=True)
class Organisation:
    """The sandbox's AWS and a bot's calls into it."""

    world: World
    clock: ManualClock
    pool: ThreadPoolExecutor
    heard: Counter[str] = field(default_factory=Counter)

    def calls(self, external_id: str = STAGING_EXTERNAL_ID, pattern: str = PATTERN) -> Calls:
        """The calls of a bot that was configured so."""
        accounts = Accounts(home_region=REGION, role_pattern=pattern, external_id=external_id)
        return Calls(self.pool, accounts, clock=self.clock.now)

    def asked(self, action: str) -> int:
        """How often AWS was asked this, boto3's own retries included."""
        return self.heard[f"aws {action}"]


async def clusters(calls: Calls, account: str) -> list[str]:
    """The clusters that the account shows."""
    answer = await calls.ask("ecs", REGION, "list_clusters", account=account)
    return list(answer["clusterArns"])


@pytest.fixture
async def organisation(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Organisation]:
    clock = ManualClock()
    wire = WireLog(clock)
    world = World(clock, wire)
    async with serve(world.routes()) as world.url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"{world.url}/aws")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY)
        await world.start()
        with ThreadPoolExecutor(THREADS) as pool:
            it = Organisation(world=world, clock=clock, pool=pool)
            wire.listeners.append(lambda entry: it.heard.update([entry.kind]))
            yield it
        await world.close()


async def test_home_is_read_with_our_own_keys(organisation: Organisation) -> None:
    calls = organisation.calls()
    assert f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/prod" in await clusters(calls, ACCOUNT)
    assert organisation.asked("sts:AssumeRole") == 0
    assert organisation.asked("sts:GetCallerIdentity") == 1


async def test_another_account_is_read_by_its_role_whose_keys_are_kept(organisation: Organisation) -> None:
    calls = organisation.calls()
    for _ in range(3):
        assert await clusters(calls, STAGING) == []
    assert organisation.asked("sts:AssumeRole") == 1


async def test_callers_at_the_same_time_assume_a_role_once(organisation: Organisation) -> None:
    calls = organisation.calls()
    await asyncio.gather(*(clusters(calls, STAGING) for _ in range(20)))
    assert organisation.asked("sts:AssumeRole") == 1
    assert organisation.asked("sts:GetCallerIdentity") == 1


@pytest.mark.parametrize(
    ("later", "roles_assumed"),
    [
        pytest.param(HOUR - 600, 1, id="ten minutes before they end they will do"),
        pytest.param(HOUR - 240, 2, id="four minutes before they end they are renewed"),
        pytest.param(HOUR + 1, 2, id="after a quiet night they have ended"),
    ],
)
async def test_keys_are_renewed_before_they_end(
    organisation: Organisation, later: float, roles_assumed: int
) -> None:
    calls = organisation.calls()
    await clusters(calls, STAGING)
    await organisation.clock.advance(later)
    await clusters(calls, STAGING)
    assert organisation.asked("sts:AssumeRole") == roles_assumed


async def test_old_keys_will_do_while_new_ones_cannot_be_had(organisation: Organisation) -> None:
    calls = organisation.calls()
    await clusters(calls, STAGING)
    await organisation.clock.advance(HOUR - 240)
    organisation.world.faults.deny("sts:AssumeRole")
    assert await clusters(calls, STAGING) == []
    await organisation.clock.advance(241)
    with pytest.raises(Forbidden, match="sts:AssumeRole"):
        await clusters(calls, STAGING)


async def test_keys_that_end_early_are_replaced_at_once(organisation: Organisation) -> None:
    late = ManualClock(organisation.clock.now())  # the bot's own clock has stopped
    calls = Calls(
        organisation.pool,
        Accounts(home_region=REGION, role_pattern=PATTERN, external_id=STAGING_EXTERNAL_ID),
        clock=late.now,
    )
    await clusters(calls, STAGING)
    await organisation.clock.advance(HOUR + 1)
    assert await clusters(calls, STAGING) == []
    assert organisation.asked("sts:AssumeRole") == 2


@pytest.mark.parametrize(
    ("account", "external_id", "pattern", "sentence"),
    [
        pytest.param(STAGING, "guessed", PATTERN, STAGING_ROLE, id="the external id is wrong"),
        pytest.param(STAGING, "", PATTERN, STAGING_ROLE, id="no external id where one is asked for"),
        pytest.param(
            "111111111111", "", PATTERN, "arn:aws:iam::111111111111:role/oom-guard-read", id="no such role"
        ),
        pytest.param(
            STAGING, "", "", f"no role is configured for account {STAGING}", id="nothing configured"
        ),
        pytest.param("evil:role/x", "", PATTERN, "no role is configured", id="no account id at all"),
    ],
)
async def test_an_account_that_does_not_let_us_in(
    organisation: Organisation, account: str, external_id: str, pattern: str, sentence: str
) -> None:
    with pytest.raises(Forbidden, match=sentence) as caught:
        await clusters(organisation.calls(external_id, pattern), account)
    assert caught.value.action == "sts:AssumeRole"
    assert "guessed" not in str(caught.value)


async def test_a_closed_account_is_not_tried_again_at_once_but_soon(organisation: Organisation) -> None:
    calls = organisation.calls(external_id="guessed")
    for _ in range(5):
        with pytest.raises(Forbidden):
            await clusters(calls, STAGING)
    assert organisation.asked("sts:AssumeRole") == 1
    organisation.world.sts.add_role(STAGING_ROLE, "guessed")
    await organisation.clock.advance(61)
    assert await clusters(calls, STAGING) == []


async def test_a_permission_that_a_role_lacks_is_named_with_the_role(organisation: Organisation) -> None:
    organisation.world.faults.deny("ecs:ListClusters")
    with pytest.raises(Forbidden, match=f"the role {STAGING_ROLE} needs ecs:ListClusters"):
        await clusters(organisation.calls(), STAGING)
    with pytest.raises(Forbidden, match=r"^not allowed: the role needs ecs:ListClusters$"):
        await clusters(organisation.calls(), ACCOUNT)


async def test_sts_out_of_reach_is_trouble_that_passes(organisation: Organisation) -> None:
    calls = organisation.calls()
    organisation.world.faults.throttle("sts:AssumeRole")
    with pytest.raises(Unreachable):
        await clusters(calls, STAGING)
    organisation.world.faults.clear()
    await organisation.clock.advance(6)
    assert await clusters(calls, STAGING) == []


async def test_a_task_and_its_limits_are_looked_up_in_their_own_account(organisation: Organisation) -> None:
    calls = organisation.calls()
    arn = f"arn:aws:ecs:{REGION}:{STAGING}:task/prod/0123456789abcdef0123456789abcdef"
    with pytest.raises(Rejected, match="ClusterNotFoundException"):
        await tasks.describe(calls, region=REGION, cluster="prod", task_arn=arn)
    here = Subject(ACCOUNT, REGION, "prod", OwnerKind.SERVICE, "checkout-api")
    found = await limits.current(calls, here)
    assert not isinstance(found, str)
    assert "ClusterNotFoundException" in str(await limits.current(calls, replace(here, account=STAGING)))


async def test_however_many_accounts_in_turn_need_no_more_clients_than_the_bound(
    organisation: Organisation,
) -> None:
    calls = organisation.calls(external_id="")
    everybody = [f"{number:012}" for number in range(130)]
    for account in everybody:
        organisation.world.sts.add_role(PATTERN.format(account=account))
    for accounts in (everybody, everybody[:30]):
        await asyncio.gather(*(clusters(calls, account) for account in accounts))
        assert len(calls._clients) == 64
        assert organisation.asked("sts:AssumeRole") == 130
    assert organisation.asked("ecs:ListClusters") == 160


@asynccontextmanager
async def hanging(organisation: Organisation, account: str) -> AsyncIterator[None]:
    """An account whose calls are not answered for as long as the block lasts."""
    organisation.world.faults.hang(account)
    try:
        yield
    finally:
        organisation.world.faults.hanging[account].set()


async def give_up(begin: Callable[[], asyncio.Task[list[str]]], count: int) -> None:
    """Ask so often and lose patience, as the answer to a command does after two seconds."""
    tasks_ = [begin() for _ in range(count)]
    await asyncio.sleep(0.05)
    for task in tasks_:
        task.cancel()
    await asyncio.gather(*tasks_, return_exceptions=True)


async def test_an_account_that_hangs_leaves_threads_to_the_others(organisation: Organisation) -> None:
    calls = organisation.calls()
    await clusters(calls, STAGING)
    async with hanging(organisation, STAGING):
        stuck = [asyncio.create_task(clusters(calls, STAGING)) for _ in range(THREADS * 3)]
        for _ in range(3):
            assert await clusters(calls, ACCOUNT)
        assert not any(task.done() for task in stuck)
    assert await asyncio.gather(*stuck) == [[]] * len(stuck)


async def test_who_loses_patience_does_not_free_a_thread_that_hangs(organisation: Organisation) -> None:
    calls = organisation.calls()
    await clusters(calls, STAGING)
    async with hanging(organisation, STAGING):
        for _ in range(3):
            await give_up(lambda: asyncio.create_task(clusters(calls, STAGING)), IN_ONE_ACCOUNT)
        assert await clusters(calls, ACCOUNT)
    assert await clusters(calls, STAGING) == []


async def test_accounts_named_by_hand_come_before_the_pattern(organisation: Organisation) -> None:
    other = f"arn:aws:iam::{STAGING}:role/reader"
    organisation.world.sts.add_role(other, "their-own")
    named = Account(id=STAGING, role_arn=other, external_id="their-own")
    accounts = Accounts([named], home_region=REGION, role_pattern=PATTERN, external_id="ours")
    assert await clusters(Calls(organisation.pool, accounts, clock=organisation.clock.now), STAGING) == []
    with pytest.raises(AwsTrouble):
        await clusters(organisation.calls("ours"), STAGING)
