"""Leases: a worker that stops gives back all it had; what others hold stays theirs."""

from datetime import timedelta

import pytest

from bot.reconcile import leases
from bot.store import confirmations, lookups, notices, shares
from tests.reconcile.scene import TASKS, Scene

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def at_work(stage: Scene) -> Scene:
    """Worker 1 has leased one of each."""
    now = stage.clock()
    await stage.kill("a")
    await stage.db.write(lookups.add, TASKS + "b", now, now)
    await stage.db.write(confirmations.add, "arn:aws:sns:eu-west-1:123456789012:oom", "token", now)
    await stage.db.write(
        shares.add, user="U1", channel="C1", response_url="https://…", words="top", source="1", now=now
    )
    assert await leased_by(stage, "worker-1") == 4
    return stage


async def leased_by(stage: Scene, worker: str) -> int:
    """How many the worker gets when it asks for all that there are."""
    return sum(
        [
            len(await stage.db.write(noun.lease, worker, stage.clock(), limit=9, lease_for=MINUTE))
            for noun in (notices, lookups, confirmations, shares)
        ]
    )


async def test_given_back_the_next_worker_goes_on_at_once(at_work: Scene) -> None:
    assert await leased_by(at_work, "worker-2") == 0
    await leases.release(at_work.db, "worker-1")
    assert await leased_by(at_work, "worker-2") == 4


async def test_what_others_hold_stays_theirs(at_work: Scene) -> None:
    await leases.release(at_work.db, "worker-2")
    assert await leased_by(at_work, "worker-3") == 0


async def test_after_a_crash_who_alone_has_the_store_goes_on_at_once(at_work: Scene) -> None:
    await leases.take_over(at_work.db)
    assert await leased_by(at_work, "worker-2") == (4 if at_work.db.is_exclusive else 0)
