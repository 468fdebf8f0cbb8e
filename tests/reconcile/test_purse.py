"""The purse: processes on one PostgreSQL together stay below Slack's rates, and one hears what another was told."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.reconcile.pace import LOOKS, UPDATES, Pace, posts_to
from bot.reconcile.purse import Purse
from bot.slack.posting import RateLimited
from bot.store import prune
from bot.store.database import Database
from sandbox.clock import ManualClock
from tests.reconcile.scene import START, Scene, kill, one_pass, scene
from tests.sandbox.slack_parts import workspace

PROCESSES, SERVICES = 2, 12


@pytest.fixture
async def fleet(postgres_url: str) -> AsyncIterator[list[Scene]]:
    """Processes with connections of their own to one database, and one strict Slack."""
    clock = ManualClock(START)
    stores = [Database.open(postgres_url, readers=1) for _ in range(PROCESSES)]
    try:
        async with workspace(clock) as slack, scene(stores[0], slack, clock) as first:
            yield [
                replace(first, db=db, bench=replace(first.bench, db=db, worker=f"w{n}"))
                for n, db in enumerate(stores)
            ]
    finally:
        await asyncio.gather(*(db.close() for db in stores))


def paced(stage: Scene, *, shared: bool) -> Scene:
    """The process with a pace of its own, over the purse or by itself."""
    purse = Purse(stage.db, stage.clock) if shared else None
    pace = Pace(monotonic=stage.clock.sandbox.time, sleep=stage.clock.sleep, purse=purse)
    return replace(stage, bench=replace(stage.bench, pace=pace))


@pytest.mark.parametrize(
    ("shared", "refused"),
    [
        pytest.param(True, False, id="from one purse"),
        pytest.param(False, True, id="each for itself: refusals"),
    ],
)
async def test_processes_that_spend_from_one_purse_are_never_refused(
    fleet: list[Scene], *, shared: bool, refused: bool
) -> None:
    first = fleet[0]
    for number in range(SERVICES):
        await kill(first, f"service-{number}", 1, cluster=f"cluster-{number}")
    reconcilers = [paced(one, shared=shared).notices(one.bench.worker) for one in fleet]
    for _ in range(30):
        await asyncio.gather(*(one_pass(one) for one in reconcilers))
        await first.clock.sleep(0.5)
    entries = first.slack.wire.entries()
    assert any(entry.status == 429 for entry in entries) is refused
    assert shared is (len(first.roots()) == SERVICES)


async def test_turns_are_counted_together_and_a_hold_is_heard_by_all(fleet: list[Scene]) -> None:
    one, other = (paced(stage, shared=True).bench.pace for stage in fleet[:2])
    for pace in (one, other, one, other, one):
        await pace.turn(UPDATES)
    for pace in (one, other):
        await pace.refresh()
    assert (
        one.wait_s(UPDATES)
        == pytest.approx(other.wait_s(UPDATES), abs=0.01)
        == pytest.approx(4 / 3, abs=0.01)
    )
    one.hold(posts_to("C1"), 40)
    await one.refresh()
    with pytest.raises(RateLimited) as caught:
        await other.turn(posts_to("C1"), LOOKS)
    assert caught.value.retry_after_s == 40
    assert other.wait_s(LOOKS) == 0, "what is not to be had now is not taken"


async def test_what_is_long_rested_is_forgotten(fleet: list[Scene]) -> None:
    stage = paced(fleet[0], shared=True)
    await stage.bench.pace.turn(UPDATES)
    old, later = stage.clock() - timedelta(days=1), stage.clock() + timedelta(hours=2)
    assert await stage.db.write(prune.prune, kills_before=old, deliveries_before=old, now=stage.clock()) == 0
    assert await stage.db.write(prune.prune, kills_before=old, deliveries_before=old, now=later) == 1
