"""Queues of other accounts: asked by the role of that account, or by our own keys where the queue lets us in."""

import asyncio
import json
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
from prometheus_client import CollectorRegistry

from bot.aws.accounts import Account, Accounts
from bot.aws.calls import Calls, Forbidden
from bot.aws.queue_reach import QueueReach
from bot.aws.queues import POLL_S
from bot.domain.aws.queue import parse_queue_url
from bot.domain.checkup.checkup import Area, State
from bot.reconcile.loop import Loop
from bot.reconcile.pull import build_pull
from bot.reconcile.pull_metrics import PullMetrics
from bot.reconcile.pull_orders import PullOrders
from sandbox.aws.arns import ACCOUNT, REGION
from sandbox.aws.sqs import Queue
from sandbox.aws.sts import STAGING, STAGING_EXTERNAL_ID, STAGING_ROLE, Trust
from tests.reconcile.clinic import line, looked
from tests.reconcile.cloud import Cloud
from tests.reconcile.pulling import WEEK, bodies

ROLE = Account(id=STAGING, role_arn=STAGING_ROLE, external_id=STAGING_EXTERNAL_ID)
US = json.dumps({"Statement": [{"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}]})
READS_ONLY = Trust(external_id=STAGING_EXTERNAL_ID, allowed=frozenset({"sqs:GetQueueAttributes"}))
BY_ROLE, BY_US = f"assumed-role/{STAGING_ROLE.rpartition('/')[2]}/", "assumed-role/oom-guard/"


def staging_queue(aws: Cloud, policy: str = "") -> Queue:
    """A queue of the staging account; with a policy, who else may work on it."""
    grave = aws.world.sqs.create("dead", {"Policy": policy}, STAGING)
    redrive = json.dumps({"deadLetterTargetArn": grave.arn, "maxReceiveCount": "5"})
    return aws.world.sqs.create("oom-guard", {"RedrivePolicy": redrive, "Policy": policy}, STAGING)


@pytest.fixture
async def calls(aws: Cloud) -> AsyncIterator[Calls]:
    """Calls of a bot that has a role in the staging account."""
    with ThreadPoolExecutor(4) as pool:
        yield Calls(pool, Accounts([ROLE], home_region=REGION), clock=aws.stage.clock)


def polling(aws: Cloud, calls: Calls, queue: Queue, accounts: Accounts) -> Loop:
    """The loop that a process with these accounts has for the queue."""
    orders = PullOrders(
        queues=[parse_queue_url(queue.url)],
        topics=(),
        places=(),
        has_role=lambda place: accounts.role(place.account, place.region) is not None,
        clusters=(),
        home_region=REGION,
        sweep_every=timedelta(0),
        silent_after=timedelta(0),
        routes=aws.stage.routes,
        reopen_within=WEEK,
        examines=False,
        account_name=str,
    )
    [loop] = build_pull(aws.stage.bench, orders, calls, PullMetrics(CollectorRegistry()))
    return loop


def who_asked(aws: Cloud, action: str) -> set[str]:
    """As which role AWS was asked this, and did it."""
    made = [one for one in aws.wire.entries() if one.kind == f"aws sqs:{action}" and one.status == 200]
    return {next(role for role in (BY_ROLE, BY_US) if role in str(one.actor)) for one in made}


@pytest.mark.parametrize(
    ("accounts", "policy", "trust", "who"),
    [
        pytest.param([ROLE], "", None, BY_ROLE, id="the account has a role"),
        pytest.param([ROLE], US, READS_ONLY, BY_US, id="its role reads only, and the queue lets us in"),
        pytest.param([], US, None, BY_US, id="the account has no role, and the queue lets us in"),
    ],
)
async def test_a_queue_is_emptied_with_the_keys_that_may(
    aws: Cloud, calls: Calls, accounts: list[Account], policy: str, trust: Trust | None, who: str
) -> None:
    if trust is not None:
        aws.world.sts.trust(STAGING_ROLE, trust)
    queue = staging_queue(aws, policy)
    await aws.kill()
    for body in (json.dumps(aws.events[-1]), "not even JSON"):
        aws.world.sqs.send(queue, body)
    loop = polling(aws, calls, queue, Accounts(accounts, home_region=REGION))
    loop.start()
    async with asyncio.timeout(30):
        while bodies(queue):  # noqa: ASYNC110 -- AWS tells nobody
            await asyncio.sleep(0.01)
    await loop.stop(10)
    await aws.stage.clock.sleep(POLL_S)  # of the poll under way
    await loop.finish()
    assert len(await aws.kills()) == 1
    grave = aws.world.sqs.named(STAGING, "dead")
    assert grave is not None
    assert bodies(grave) == ["not even JSON"]
    for action in ("ReceiveMessage", "DeleteMessageBatch", "SendMessage"):
        assert who_asked(aws, action) == {who}


async def test_where_nobody_may_the_role_and_what_it_lacks_are_named(aws: Cloud, calls: Calls) -> None:
    aws.world.sts.trust(STAGING_ROLE, READS_ONLY)
    queue, reach = staging_queue(aws), QueueReach(REGION, STAGING)
    with pytest.raises(Forbidden) as refusal:
        await reach.ask(calls, "receive_message", QueueUrl=queue.url)
    assert STAGING_ROLE in str(refusal.value)
    assert "sqs:ReceiveMessage" in str(refusal.value)


async def test_what_works_is_tried_first_and_the_other_once_it_works_no_more(
    aws: Cloud, calls: Calls
) -> None:
    aws.world.sts.trust(STAGING_ROLE, READS_ONLY)
    queue, reach = staging_queue(aws, US), QueueReach(REGION, STAGING)

    async def tried() -> list[int | None]:
        before = len(aws.wire.entries())
        with suppress(Forbidden):
            await reach.ask(calls, "receive_message", QueueUrl=queue.url)
        new = list(aws.wire.entries())[before:]
        return [one.status for one in new if one.kind == "aws sqs:ReceiveMessage"]

    assert await tried() == [400, 200]
    assert await tried() == [200]
    queue.attributes["Policy"] = ""
    assert await tried() == [403, 400]


async def test_the_doctor_looks_at_it_with_the_same_keys(aws: Cloud, calls: Calls) -> None:
    queue = staging_queue(aws)
    polled = parse_queue_url(queue.url)
    found = await looked(aws, Area.EVENTS, queues=(polled,), has_role=lambda _: True, calls=calls)
    assert line(found, "Queue oom-guard").state is State.OK
