"""Tallying: the loop counts the days that are over, and counts again what has changed; who asks is told the same."""

from structlog.testing import capture_logs

from bot.reconcile.tallying import Tallying
from bot.store import stats, tallies
from bot.store.database import Database
from sandbox.clock import ManualClock
from tests.store.telling import DAY, NOW, Teller, death

MONTH = 30 * DAY


async def kept(tallying: Tallying) -> list[int]:
    """How many days each line of the log tells of after a pass."""
    with capture_logs() as logs:
        assert not await tallying.one_pass()
    return [line["days"] for line in logs if line["event"] == "tallies.kept"]


async def test_each_day_is_counted_once_and_again_when_it_has_changed(database: Database) -> None:
    clock, teller = ManualClock(NOW), Teller(database)
    tallying = Tallying(database, clock.now, many=2)
    await teller.tell(death(1, died_at=NOW - 2 * DAY))
    assert await kept(tallying) == []  # a single kill is read as fast
    await teller.tell(death(2, died_at=NOW - DAY))
    assert await kept(tallying) == [tallies.KEPT_DAYS]
    assert await kept(tallying) == []
    await teller.tell(death(3, died_at=NOW - 2 * DAY), death(4))
    assert await kept(tallying) == [1]
    await clock.advance(DAY.total_seconds())
    assert await kept(tallying) == [1]
    (row,) = await database.read(stats.top, clock.now() - MONTH, 10)
    assert (row.kills, row.last_at) == (4, NOW)
    assert len(await database.read(tallies.trusted, clock.now() - MONTH)) == 29


async def test_a_crew_that_stopped_between_two_steps_is_followed_by_one_that_ends_it(
    database: Database,
) -> None:
    await Teller(database).tell(death(1, died_at=NOW - DAY), death(2, died_at=NOW - 2 * DAY))
    tallying = Tallying(database, ManualClock(NOW).now, many=1)
    wanted = await database.read(tallies.wanted, NOW, 1)
    assert await database.write_aside(tallies.claim, wanted)
    assert list(await database.read(tallies.trusted, NOW - MONTH)) == []
    assert await kept(tallying) == [tallies.KEPT_DAYS]
