"""A short bad day in CI; `make chaos` lives through long ones, with replicas on PostgreSQL too."""

import random

from sqlalchemy import create_engine, text

from bot.store.engines import store_url as parsed
from tests.chaos.audit import broken_promises
from tests.chaos.day import Size, live

SHORT = Size(services=8, channels=4, kills=120, bots=1, havoc_s=8, kill_every_s=1.6, settle_s=180)


async def test_a_process_that_dies_again_and_again_keeps_its_promises(sqlite_url: str) -> None:
    day = await live(SHORT, sqlite_url, random.Random(7))
    assert day.promises_broken == []
    assert day.killed > 0
    assert day.presses > 0
    noticed = broken_promises(day.plan, _drop_one_kill(sqlite_url), [])
    assert any("are in the history" in sentence for sentence in noticed)


def _drop_one_kill(url: str) -> str:
    """Break the promise on purpose: one transaction less."""
    engine = create_engine(parsed(url))
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM kills WHERE id = (SELECT MIN(id) FROM kills)"))
    engine.dispose()
    return url
