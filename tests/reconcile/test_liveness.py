"""Liveness: who dies or hangs keeps nothing for longer than a few seconds, and who is only judged late keeps all."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.reconcile.liveness import Liveness
from bot.store import notices, workers
from bot.store.notices import Notice
from tests.reconcile.scene import Scene

LEASE_FOR = timedelta(seconds=90)


async def lease(stage: Scene, worker: str) -> list[Notice]:
    """What the worker gets when it asks for all that there is."""
    return await stage.db.write(notices.lease, worker, stage.clock(), limit=9, lease_for=LEASE_FOR)


def alive(stage: Scene, worker: str) -> Liveness:
    """One process's loop."""
    return Liveness(replace(stage.bench, worker=worker))


async def beat(stage: Scene, *those: Liveness, seconds: float) -> None:
    """Let them live for so long."""
    for _ in range(int(seconds / 2)):
        for one in those:
            assert await one.one_pass() is False
        await stage.clock.sleep(2)


async def test_what_a_dead_process_held_goes_to_the_living_within_seconds_and_not_back(stage: Scene) -> None:
    await stage.kill("a")
    dead, other = alive(stage, "dead"), alive(stage, "other")
    await beat(stage, dead, other, seconds=4)
    (held,) = await lease(stage, "dead")
    await beat(stage, other, seconds=8)
    assert await lease(stage, "other") == []
    await beat(stage, other, seconds=4)
    (taken,) = await lease(stage, "other")
    assert not await stage.db.write(notices.intend, held, "C1", stage.clock())
    assert await stage.db.write(notices.intend, taken, "C1", stage.clock())


async def test_a_process_that_only_hung_is_alive_again_and_may_work(stage: Scene) -> None:
    hung, other = alive(stage, "hung"), alive(stage, "other")
    await beat(stage, hung, other, seconds=4)
    await beat(stage, other, seconds=14)
    await beat(stage, hung, other, seconds=4)
    await stage.kill("a")
    assert len(await lease(stage, "hung")) == 1
    await beat(stage, hung, other, seconds=20)
    assert await lease(stage, "other") == []


@pytest.mark.parametrize(
    "away_s", [pytest.param(60, id="the database was away"), pytest.param(6, id="a moment")]
)
async def test_who_was_away_judges_nobody(stage: Scene, away_s: float) -> None:
    await stage.kill("a")
    first, second = alive(stage, "first"), alive(stage, "second")
    await beat(stage, first, second, seconds=8)
    await lease(stage, "second")
    await stage.clock.sleep(away_s)
    await first.one_pass()
    await first.one_pass()
    assert await lease(stage, "first") == []


async def test_who_leaves_needs_no_burial(stage: Scene) -> None:
    await alive(stage, "first").one_pass()
    await stage.db.write(workers.leave, "first")
    assert await stage.db.write(workers.beat, "second") == {"second": 1}


async def test_while_the_store_is_away_no_pass_fails_and_none_is_put_off_for_it(stage: Scene) -> None:
    await stage.db.close()
    assert await alive(stage, "first").one_pass() is False
