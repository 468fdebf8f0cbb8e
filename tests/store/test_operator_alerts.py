"""Operator alerts that end: the notice that told of the trouble tells that it is over; the next is told anew."""

from datetime import UTC, datetime, timedelta

from bot.store import operator_alerts
from bot.store.database import Database

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)


async def test_what_is_over_is_told_where_the_trouble_was(database: Database) -> None:
    first = await database.write(operator_alerts.raise_alert, "configuration", "Broken", "line 3", NOW)
    assert await database.write(operator_alerts.settle, "configuration", "Right again", "", LATER)
    told = await database.read(operator_alerts.get, first)
    assert told is not None
    assert (told.summary, told.detail, told.generation, told.last_at) == ("Right again", "", 2, LATER)
    assert (
        await database.write(operator_alerts.raise_alert, "configuration", "Broken", "line 4", LATER) != first
    )


async def test_nothing_is_over_that_was_not_told(database: Database) -> None:
    await database.write(operator_alerts.raise_alert, "silence", "Nothing comes", "", NOW)
    assert not await database.write(operator_alerts.settle, "configuration", "Right again", "", LATER)
    first = await database.write(operator_alerts.raise_alert, "configuration", "Broken", "", NOW)
    assert await database.write(operator_alerts.settle, "configuration", "Right again", "", LATER)
    assert not await database.write(operator_alerts.settle, "configuration", "Right again", "", LATER)
    told = await database.read(operator_alerts.get, first)
    assert told is not None
    assert told.generation == 2
