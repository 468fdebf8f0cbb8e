"""Foreseeing: all services are looked at once a day by one process; what could not be looked at is kept, too."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.domain.inspection.foresight import Foresight
from bot.reconcile.foreseeing import Foreseeing
from bot.store import report_material
from bot.store.database import Database
from sandbox.aws import kinds
from tests.reconcile.cloud import Cloud
from tests.reconcile.test_looks import outlook


@pytest.fixture
async def database(sqlite_url: str) -> AsyncIterator[Database]:
    """SQLite alone: what differs between stores is in tests/store/test_reports.py, and AWS takes its time."""
    db = Database.open(sqlite_url)
    yield db
    await db.close()


async def found(aws: Cloud) -> Foresight:
    """What the newest look found."""
    kept = await aws.stage.db.read(report_material.latest_foresight)
    assert kept is not None
    return kept


async def test_near_misses_and_waste_are_found_in_one_look(aws: Cloud) -> None:
    kinds.begin(aws.world.ecs, "near-miss")
    await Foreseeing(aws.stage.bench, outlook(aws)).one_pass()
    kept = await found(aws)
    near = {one.subject.name: (round(one.share, 2), one.limit_mib) for one in kept.near}
    assert near["kind-near-miss"] == (0.95, 1024)
    assert "notifications" in {one.subject.name for one in kept.spare}
    assert (kept.gaps, kept.made_at, kept.percent) == ((), aws.stage.clock(), 90)
    assert aws.asked("cloudwatch:GetMetricData") == 2, "hours and minutes, of all services at once"


async def test_once_a_day_whoever_comes_first(aws: Cloud) -> None:
    await aws.world._life.close()  # nothing that happens there matters, and a day of it takes fifteen seconds
    clock = aws.stage.clock
    for hours in (0, 1, 20):
        await clock.sleep(hours * 3600)
        for _ in range(2):
            await Foreseeing(aws.stage.bench, outlook(aws)).one_pass()
    first = (await found(aws)).made_at
    assert clock() - first == timedelta(hours=21)
    await clock.sleep(4 * 3600)
    await Foreseeing(aws.stage.bench, outlook(aws)).one_pass()
    assert (await found(aws)).made_at == clock()


async def test_a_permission_that_lacks_is_kept_with_its_name(aws: Cloud) -> None:
    aws.world.faults.deny("cloudwatch:GetMetricData")
    await Foreseeing(aws.stage.bench, outlook(aws)).one_pass()
    kept = await found(aws)
    assert kept.near == ()
    assert "the role needs cloudwatch:GetMetricData" in kept.gaps[0]
    assert kept.unmeasured
