"""Drills and sightings in both stores: one begins a minute, a token is good once, and a lease is never lost in between."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.kills.drill import Passage
from bot.store import checkup, drills, sightings
from bot.store.database import Database
from bot.store.drills import Wish
from bot.store.schema import REVISION

T0 = datetime(2026, 11, 21, 3, tzinfo=UTC)
WISH = Wish("U0ALICE", "C1", "https://hooks.example.com/1")
TOKEN = "0123456789abcdef" * 2


def after(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


async def test_one_begins_a_minute(database: Database) -> None:
    assert await database.write(drills.begin, WISH, TOKEN, T0) is None
    assert await database.write(drills.begin, WISH, "f" * 32, after(59)) == T0
    assert await database.write(drills.begin, WISH, "f" * 32, after(60)) is None


@pytest.mark.parametrize(
    ("token", "seconds", "expected"),
    [
        pytest.param(TOKEN, 1, True, id="in time"),
        pytest.param(TOKEN, 60, False, id="too late"),
        pytest.param("f" * 32, 1, False, id="another"),
        pytest.param("", 1, False, id="none"),
    ],
)
async def test_an_event_that_came(database: Database, token: str, seconds: float, expected: bool) -> None:
    await database.write(drills.begin, WISH, TOKEN, T0)
    came = Passage(token, after(seconds))
    assert await database.write(drills.arrive, came, after(seconds), after(seconds)) is expected
    assert await database.write(drills.arrive, came, after(seconds), after(seconds)) is False


async def test_what_came_while_it_was_held_makes_it_due_at_once(database: Database) -> None:
    await database.write(drills.begin, WISH, TOKEN, T0)
    [held] = await database.write(drills.lease, "w", T0, limit=1, lease_for=timedelta(minutes=1))
    await database.write(drills.arrive, Passage(TOKEN, None), T0, after(1))
    assert await database.write(drills.put_back, held, after(60))
    assert await database.read(drills.due, after(1))
    [again] = await database.write(drills.lease, "w", after(1), limit=1, lease_for=timedelta(minutes=1))
    assert again.drill.received_at == after(1)


async def test_whoever_lost_the_lease_changes_nothing(database: Database) -> None:
    await database.write(drills.begin, WISH, TOKEN, T0)
    [held] = await database.write(drills.lease, "a", T0, limit=1, lease_for=timedelta(seconds=10))
    [other] = await database.write(drills.lease, "b", after(11), limit=1, lease_for=timedelta(seconds=10))
    assert await database.write(drills.note, held, {"error": "no"}) is None
    assert await database.write(drills.finish, held) is False
    found = await database.write(drills.note, other, {"sent_at": T0})
    assert found is not None
    assert (found.drill.sent_at, found.drill.error) == (T0, "")
    assert await database.write(drills.finish, other) is True
    assert not await database.read(drills.due, after(99))


async def test_a_door_is_seen_once_a_minute(database: Database) -> None:
    seen = sightings.Sightings(database)
    for seconds in (0, 30, 61):
        await seen.seen(sightings.SLACK_HTTP, after(seconds))
    await seen.seen(sightings.SLACK_SOCKET, T0)
    assert await database.read(sightings.last) == {"slack over HTTP": after(61), "slack over a socket": T0}


async def test_what_a_checkup_reads(database: Database) -> None:
    await database.write(sightings.see, "a door", T0)
    found = await database.read(checkup.facts, T0)
    assert (found.revision, found.last_event_at, found.freezes) == (REVISION, None, 0)
    assert found.sightings == {"a door": T0}
    assert (found.now is None) is (found.kind == "sqlite")
    assert found.now is None or abs(found.now - datetime.now(UTC)) < timedelta(minutes=1)
