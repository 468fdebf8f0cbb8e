"""Clocks that jump: what was written while one was wrong keeps nobody waiting, and nothing is lost for it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.reconcile.pace import LOOKS, Pace, posts_to
from bot.reconcile.purse import Purse
from bot.slack.posting import RateLimited
from bot.store import rounds
from bot.store.database import Database
from bot.store.recoveries import SWEEP
from tests.reconcile.cloud import Cloud
from tests.reconcile.pulling import Mailroom, recovered, sweep, take, whole
from tests.reconcile.scene import START, Scene

HOUR = timedelta(hours=1)
JUMPS = [pytest.param(HOUR, id="an hour ahead"), pytest.param(timedelta(days=400), id="a year ahead")]


def pace(stage: Scene, wrong_by: timedelta = timedelta(0)) -> Pace:
    """The pace of a process whose clock is wrong by so much, over the purse that all share."""
    purse = Purse(stage.db, lambda: stage.clock() + wrong_by)
    return Pace(monotonic=stage.clock.sandbox.time, sleep=stage.clock.sleep, purse=purse)


@pytest.mark.parametrize("ahead", JUMPS)
async def test_a_process_whose_clock_is_ahead_stops_no_other(stage: Scene, ahead: timedelta) -> None:
    for _ in range(3):
        await pace(stage, ahead).turn(posts_to("C1"), LOOKS)
    other = pace(stage)
    await other.refresh()
    assert other.wait_s(posts_to("C1")) == 0
    await other.turn(posts_to("C1"), LOOKS)


async def test_what_slack_itself_asked_for_holds_for_the_hour(stage: Scene) -> None:
    told, process = pace(stage), pace(stage)
    told.hold(posts_to("C1"), 3600)
    await told.refresh()
    with pytest.raises(RateLimited) as caught:
        await process.turn(posts_to("C1"))
    assert caught.value.retry_after_s == 3600
    await process.refresh()
    assert process.wait_s(posts_to("C1")) == 3600


@pytest.mark.parametrize("ahead", JUMPS)
async def test_a_sweep_of_the_future_puts_off_none(aws: Cloud, ahead: timedelta) -> None:
    ours = sweep(aws)
    await whole(ours)
    await aws.stage.db.write(rounds.take, SWEEP, aws.stage.clock() + ahead, timedelta(minutes=5))
    await aws.kill()
    await aws.stage.clock.sleep(301)
    await whole(ours)
    assert await aws.stage.db.read(recovered) == [True]


async def test_clocks_that_differ_a_little_do_not_make_two_sweeps_of_one(database: Database) -> None:
    every = timedelta(minutes=5)

    async def takes(now: datetime) -> bool:
        return await database.read(rounds.is_due, SWEEP, now, every) and await database.write(
            rounds.take, SWEEP, now, every
        )

    assert await takes(START + timedelta(seconds=20))
    assert not await takes(START)
    assert not await takes(START + timedelta(minutes=4))


async def test_a_queue_that_rests_is_asked_again_though_the_clock_was_set_back(aws: Cloud) -> None:
    room, clock = Mailroom(aws), aws.stage.clock
    wrong_by = HOUR
    poller = room.poller(replace(aws.stage.bench, clock=lambda: clock() + wrong_by))
    aws.world.faults.throttle("sqs:ReceiveMessage")
    await take(poller)
    aws.world.faults.clear()
    room.put("nothing that anybody can read")
    wrong_by = timedelta(0)
    await take(poller)
    assert room.counted("poison") == 1
