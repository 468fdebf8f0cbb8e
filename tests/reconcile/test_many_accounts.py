"""Many accounts: they are swept side by side, one that hangs holds up no other, and one that never spoke is missed."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from prometheus_client import CollectorRegistry

from bot.aws.accounts import Accounts, Place
from bot.aws.calls import Calls
from bot.reconcile.heartbeat import Heartbeat
from bot.reconcile.pull_metrics import PullMetrics
from bot.reconcile.sweep import Beat, Sweep
from bot.store.pulse import Pulse
from sandbox.aws.arns import ACCOUNT, REGION
from sandbox.aws.sts import STAGING, STAGING_EXTERNAL_ID
from tests.reconcile.cloud import Cloud
from tests.reconcile.pulling import WEEK, alerts, recovered, whole

READER = "arn:aws:iam::{account}:role/oom-guard-read"


async def test_an_account_that_hangs_holds_up_no_other(aws: Cloud) -> None:
    await aws.kill()
    await aws.stage.clock.sleep(180)
    aws.world.faults.hang(STAGING)
    accounts = Accounts(home_region=REGION, role_pattern=READER, external_id=STAGING_EXTERNAL_ID)
    beat = Beat(
        places=[Place(STAGING, REGION), Place("", REGION)],
        has_role=lambda _: True,
        clusters=(),
        every=timedelta(minutes=5),
        counts=aws.stage.routes.counts,
        reopen_within=WEEK,
    )
    committed = asyncio.Event()
    aws.stage.db.on_commit(committed.set)
    with ThreadPoolExecutor(8) as pool:
        calls = Calls(pool, accounts, clock=aws.stage.clock, patience_s=60)
        one = Sweep(aws.stage.bench, calls, beat, PullMetrics(CollectorRegistry()))
        sweeping = asyncio.create_task(whole(one))
        try:
            async with asyncio.timeout(20):
                while not await aws.stage.db.read(recovered):
                    await committed.wait()
                    committed.clear()
            assert not sweeping.done()
        finally:
            aws.world.faults.hanging[STAGING].set()
            await sweeping
    assert await aws.stage.db.read(recovered) == [True]


async def test_an_account_whose_rules_nobody_made_is_told(aws: Cloud) -> None:
    async def own_account() -> str:
        return ACCOUNT

    watched = [f"{number:012}" for number in range(500)]
    beat = Heartbeat(
        aws.stage.bench,
        own_account,
        watched=watched,
        silent_after=timedelta(hours=24),
        account_name=lambda account: f"team-{int(account)}",
    )
    await whole(beat)
    await aws.stage.clock.sleep(25 * 3600)
    for account in (ACCOUNT, *watched[:499]):
        await Pulse(aws.stage.db).heard(account, aws.stage.clock())
    await whole(beat)
    [(summary, _, count)] = await aws.stage.db.read(alerts)
    assert (summary, count) == ("No ECS event from team-499 for 24 h", 1)
