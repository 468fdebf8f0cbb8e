"""Tallies: what they add up to is what counting the kills gives, whatever comes late, moves or goes meanwhile."""

import asyncio
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, create_engine, delete, select, text

from bot.domain.kills.death import Death
from bot.domain.kills.tally import TopRow
from bot.domain.kills.verdict import Verdict
from bot.store import prune, stats, tallies
from bot.store.column_types import EPOCH
from bot.store.database import Database
from bot.store.engines import store_url as read_url
from bot.store.schema import tallied_days, tally_changes
from bot.store.schema import tallies as daily
from tests.store.telling import DAY, HOUR, NOW, Teller, death, is_trouble, key

MONTH = 30 * DAY
TODAY = (NOW - EPOCH) // DAY


async def tally(db: Database) -> list[int]:
    """What a pass of the loop does; the days that it kept."""
    claimed = await db.write_aside(tallies.claim, await db.read(tallies.wanted, NOW, 1))
    kept = []
    for day, name in claimed.items():
        counted = await db.read(tallies.count, day)
        if await db.write_aside(tallies.keep, name, day, counted):
            kept.append(day)
    return kept


def plainly(conn: Connection, since: datetime) -> list[TopRow]:
    """The same question where nothing is tallied; what it removes comes back with the transaction's end."""
    conn.execute(delete(tallied_days))
    found = stats.top(conn, since, 100)
    raise Counted(found)


class Counted(Exception):
    """Carries an answer out of a transaction that is to be rolled back."""

    def __init__(self, rows: list[TopRow]) -> None:
        super().__init__()
        self.rows = rows


async def told_plainly(db: Database, since: datetime) -> list[TopRow]:
    """The answer without tallies."""
    with pytest.raises(Counted) as counted:
        await db.write(plainly, since)
    return counted.value.rows


def somebody(dice: random.Random, task: int) -> Death:
    """A death of the last 34 days, most often a kill; three in ten on two of the days."""
    days = dice.choice([5, 6]) if dice.random() < 0.3 else dice.randrange(34)
    died_at = NOW - days * DAY - timedelta(milliseconds=dice.randrange(86_400_000))
    return death(
        task,
        group_key=key(dice.choice(["checkout", "billing", "search"]), dice.choice(["app", "web"])),
        verdict=dice.choice([Verdict.OOM, Verdict.OOM, Verdict.SUSPECTED_OOM, Verdict.FAILURE]),
        died_at=died_at,
    )


def changed_news(dice: random.Random, task: int, before: Death | None, version: int) -> tuple[int, Death]:
    """A kill that comes late, or news of one: of another time, of another verdict, or that it was none after all."""
    news = somebody(dice, task)
    if before is not None:
        news = replace(news, group_key=before.group_key, container=before.container, task_version=version)
        news = replace(news, died_at=dice.choice([before.died_at, news.died_at]))
    return task, replace(news, verdict=dice.choice([news.verdict, news.verdict, Verdict.NONE]))


@pytest.mark.parametrize("seed", [1, 2])
async def test_tallies_tell_what_counting_tells(teller: Teller, seed: int) -> None:
    dice, db = random.Random(seed), teller.db
    teller.counts = is_trouble
    told: dict[int, Death] = {}
    used = 0
    for version in range(1, 6):
        changed = [changed_news(dice, task, told.get(task), version) for task in dice.sample(range(60), 20)]
        told |= dict(changed)
        await teller.tell(*(news for _, news in changed))
        if version % 2:
            await tally(db)
        if version == 4:
            before = NOW - 20 * DAY
            await db.write(prune.prune, kills_before=before, deliveries_before=before, now=NOW)
        for since in (NOW - MONTH, NOW - 7 * DAY, NOW - DAY, NOW - dice.randrange(40) * DAY - HOUR):
            used += len(await db.read(tallies.trusted, since))
            assert await db.read(stats.top, since, 100) == await told_plainly(db, since)
    assert used > 0


async def test_a_month_is_read_from_tallies(teller: Teller) -> None:
    await teller.tell(*(death(task, died_at=NOW - task * DAY) for task in range(40)))
    kept = await tally(teller.db)
    assert kept == list(range(TODAY - tallies.KEPT_DAYS, TODAY))
    assert await teller.db.read(tallies.trusted, NOW - MONTH) == range(TODAY - 29, TODAY)
    (row,) = await teller.db.read(stats.top, NOW - MONTH, 10)
    assert row.kills == 31
    assert await tally(teller.db) == []


async def test_few_kills_are_not_tallied(teller: Teller) -> None:
    await teller.tell(
        death(1, died_at=NOW - DAY), death(2, died_at=NOW - 2 * DAY), death(3, died_at=NOW - 99 * DAY)
    )
    assert await teller.db.read(tallies.wanted, NOW, 3) == []
    assert len(await teller.db.read(tallies.wanted, NOW, 2)) == tallies.KEPT_DAYS


async def test_a_day_is_tallied_once_most_of_what_comes_late_has_come(teller: Teller) -> None:
    await teller.tell(death(died_at=NOW - DAY))
    midnight = tallies.start_of(TODAY)
    assert (await teller.db.read(tallies.wanted, midnight + timedelta(minutes=59), 1))[-1] == TODAY - 2
    assert (await teller.db.read(tallies.wanted, midnight + HOUR, 1))[-1] == TODAY - 1


@pytest.mark.parametrize(
    ("changed", "broken"),
    [
        pytest.param([death(2, died_at=NOW - 3 * DAY)], [3], id="one came late"),
        pytest.param(
            [death(1, died_at=NOW - 4 * DAY, task_version=2)],
            [3, 4],
            id="one died on another day than was told",
        ),
        pytest.param(
            [death(1, died_at=NOW - 3 * DAY, verdict=Verdict.NONE, task_version=2)], [3], id="taken back"
        ),
        pytest.param(
            [death(1, died_at=NOW - 3 * DAY, verdict=Verdict.SUSPECTED_OOM, task_version=2)],
            [3],
            id="told otherwise",
        ),
        pytest.param(
            [death(1, died_at=NOW - 3 * DAY, task_version=2, task_stopped=True)], [], id="its task ended"
        ),
        pytest.param([death(2, died_at=NOW - HOUR)], [], id="another one today"),
    ],
)
async def test_a_day_that_changes_is_counted_anew(
    teller: Teller, changed: list[Death], broken: list[int]
) -> None:
    await teller.tell(death(1, died_at=NOW - 3 * DAY), death(9))
    await tally(teller.db)
    await teller.tell(*changed)
    days = sorted(TODAY - ago for ago in broken)
    assert await teller.db.read(tallies.wanted, NOW, 1) == days
    assert await tally(teller.db) == days
    assert await teller.db.read(tallies.wanted, NOW, 1) == []


async def test_what_changes_while_a_day_is_counted_spoils_its_tally(teller: Teller) -> None:
    await teller.tell(death(1, died_at=NOW - DAY))
    claimed = await teller.db.write_aside(tallies.claim, [TODAY - 1])
    counted = await teller.db.read(tallies.count, TODAY - 1)
    await teller.tell(death(2, died_at=NOW - DAY))
    assert await teller.db.write_aside(tallies.keep, claimed[TODAY - 1], TODAY - 1, counted)
    assert list(await teller.db.read(tallies.trusted, NOW - MONTH)) == []
    (row,) = await teller.db.read(stats.top, NOW - MONTH, 10)
    assert row.kills == 2


async def test_of_two_replicas_that_count_a_day_the_later_claim_is_kept(teller: Teller) -> None:
    await teller.tell(death(1, died_at=NOW - DAY))
    day = TODAY - 1
    (first,) = (await teller.db.write_aside(tallies.claim, [day])).values()
    (second,) = (await teller.db.write_aside(tallies.claim, [day])).values()
    assert not await teller.db.write_aside(tallies.keep, first, day, {1: 7})
    assert await teller.db.write_aside(tallies.keep, second, day, {1: 1})
    assert await teller.db.read(tallies.trusted, NOW - MONTH) == range(day, day + 1)
    (row,) = await teller.db.read(stats.top, NOW - MONTH, 10)
    assert row.kills == 1


async def test_tallies_of_days_that_nobody_asks_for_go(teller: Teller) -> None:
    await teller.tell(death(1, died_at=NOW - DAY))
    await tally(teller.db)
    await teller.tell(death(2, died_at=NOW - 2 * DAY))
    assert await teller.db.write_aside(tallies.forget_older, NOW) == 0
    assert await teller.db.write_aside(tallies.forget_older, NOW + 99 * DAY) == tallies.KEPT_DAYS
    assert await teller.db.read(_rows) == []


def _rows(conn: Connection) -> list[object]:
    return [row for table in (tallied_days, tally_changes, daily) for row in conn.execute(select(table))]


@pytest.fixture
def someone_else(postgres_url: str) -> Iterator[Connection]:
    """A transaction of another process, which may be of an older version."""
    engine = create_engine(read_url(postgres_url))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


async def test_no_day_is_claimed_while_another_process_may_have_changed_it_unnoticed(
    postgres_url: str, someone_else: Connection
) -> None:
    db = Database.open(postgres_url)
    await Teller(db).tell(death(1, died_at=NOW - DAY))
    someone_else.execute(text("UPDATE kills SET died_at = died_at - 1"))
    assert await db.write_aside(tallies.claim, [TODAY - 1]) == {}
    someone_else.commit()
    assert list(await db.write_aside(tallies.claim, [TODAY - 1])) == [TODAY - 1]
    await db.close()


async def test_a_tally_is_spoilt_with_the_commit_of_what_another_process_changed(
    postgres_url: str, someone_else: Connection
) -> None:
    db = Database.open(postgres_url)
    await Teller(db).tell(death(1, died_at=NOW - DAY))
    (claimed,) = (await db.write_aside(tallies.claim, [TODAY - 1])).values()
    someone_else.execute(text("DELETE FROM kills"))
    counted = await db.read(tallies.count, TODAY - 1)
    kept = asyncio.ensure_future(db.write_aside(tallies.keep, claimed, TODAY - 1, counted))
    assert await kept  # whoever records kills, and whoever counts them, waits for nobody
    assert [row.kills for row in await db.read(stats.top, NOW - MONTH, 10)] == [1]
    someone_else.commit()
    assert await db.read(stats.top, NOW - MONTH, 10) == []
    await db.close()
