"""Incidents that never end: they keep their count and their young kills, not all kills of all time."""

import pytest
from sqlalchemy import Connection, func, select

from bot.store import incidents
from bot.store.prune import prune
from bot.store.schema import kills
from tests.store.telling import DAY, NOW, Teller, death

KEPT = 30 * DAY


def held(conn: Connection) -> int:
    """How many kills there are."""
    return conn.execute(select(func.count()).select_from(kills)).scalar_one()


@pytest.mark.parametrize(
    ("until", "left"),
    [
        pytest.param(100, 31, id="killed every day for a hundred days: a month of them is kept"),
        pytest.param(10, 10, id="killed last long ago: what it is about stays"),
    ],
)
async def test_the_store_stays_bounded(teller: Teller, until: int, left: int) -> None:
    for day in range(until):
        told = await teller.incident(death(day, died_at=NOW + day * DAY), at=NOW + day * DAY)
    now = NOW + 99 * DAY
    while await teller.db.write(prune, kills_before=now - KEPT, deliveries_before=now, now=now, batch=20):
        pass
    assert await teller.db.read(held) == left
    incident = await teller.db.read(incidents.get, told.id)
    assert incident is not None
    assert (incident.kill_count, incident.is_unfinished) == (until, True)
