"""A short bad day in CI; `make chaos` lives through a long one."""

import random
from dataclasses import replace

import pytest
from sqlalchemy import create_engine, text

from bot.store.engines import store_url as parsed
from tests.chaos.audit import broken_promises
from tests.chaos.day import Size, live

SHORT = Size(services=8, channels=4, kills=160, bots=1, havoc_s=12, kill_every_s=1.2, settle_s=180)
REPLICAS = replace(SHORT, bots=2, cut_database=True)


@pytest.mark.xdist_group("chaos-sqlite")
async def test_one_process_that_dies_again_and_again(sqlite_url: str) -> None:
    day = await live(SHORT, sqlite_url, random.Random(7))
    assert day.promises_broken == []
    assert day.killed > 0


@pytest.mark.xdist_group("chaos-postgresql")
async def test_replicas_that_die_while_their_database_is_cut_off(postgres_url: str) -> None:
    day = await live(REPLICAS, postgres_url, random.Random(11))
    assert day.promises_broken == []
    assert day.killed > 0
    if_broken = broken_promises(day.plan, _drop_one_kill(postgres_url), [])
    assert any("are in the history" in sentence for sentence in if_broken)


def _drop_one_kill(url: str) -> str:
    """Break the promise on purpose: one transaction less."""
    engine = create_engine(parsed(url))
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM kills WHERE id = (SELECT MIN(id) FROM kills)"))
    engine.dispose()
    return url
