"""Letter box: what is kept is recorded later, uncut and once, whatever else happens to it."""

import asyncio
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import update

from bot.domain.kills.death import Death
from bot.store import incidents, kills, letterbox
from bot.store.database import Database
from bot.store.ledger import Rules
from bot.store.letter_tables import letters
from bot.store.letterbox import LetterBox, Opened
from tests.store.letters import letter, read
from tests.store.telling import DAY, MINUTE, NOW, Teller, is_kill

RULES = Rules(counts=is_kill, reopen_within=DAY)


async def opened(db: Database, limit: int = 100, rules: Rules = RULES) -> list[Opened]:
    """Take some out."""
    return await db.write(letterbox.record_due, limit, NOW, read, rules)


async def test_what_is_kept_is_recorded_in_its_turn_and_gone_then(database: Database) -> None:
    box = LetterBox(database)
    await asyncio.gather(*(box.keep(letter(number)) for number in range(5)))
    assert await box.look() == 5
    assert await database.read(incidents.unfinished, 10) == []
    first = await opened(database, 3)
    assert [one.recorded.new_kills for one in first] == [1, 1, 1]
    rest = await opened(database)
    assert len(rest) == 2
    assert await box.look() == 0
    (incident,) = await database.read(incidents.unfinished, 10)
    assert (incident.kill_count, incident.opened_at) == (5, NOW)
    assert incident.id in rest[0].recorded.incident_ids


async def test_it_counts_once_however_it_comes(teller: Teller) -> None:
    box, one = LetterBox(teller.db), letter(1)
    await box.keep(one)
    await box.keep(one)
    await box.keep(letter(2))
    told = read(letter(2))
    direct = await teller.tell(*told.deaths, message_id="message-2")
    assert direct.new_kills == 1
    assert [o.recorded.duplicate for o in await opened(teller.db)] == [False, True, True]
    assert (await teller.get(direct.incident_ids[0])).kill_count == 2


@pytest.mark.parametrize(
    "message",
    [
        pytest.param("läuft über\x00, NUL und alles", id="what PostgreSQL takes as no text"),
        pytest.param('"\ud800"', id="half a character, as JSON can tell it"),
        pytest.param("x" * 300_000, id="longer than any column"),
    ],
)
async def test_a_message_is_kept_uncut(database: Database, message: str) -> None:
    whole = replace(letter(1, message), subject="Über\ud800")
    await LetterBox(database).keep(whole)
    (one,) = await opened(database)
    assert one.letter == whole


async def test_what_cannot_be_recorded_stays_and_waits_longer_each_time(database: Database) -> None:
    box = LetterBox(database)
    await box.keep(letter(1))
    with pytest.raises(RuntimeError, match="a bug"):
        await opened(database, rules=replace(RULES, counts=tripping))
    assert await box.look() == 1
    waits: list[int] = []

    def until(attempts: int) -> datetime:
        waits.append(attempts)
        return NOW - MINUTE if attempts < 3 else NOW + MINUTE

    for _ in range(3):
        assert await database.write(letterbox.put_off, NOW, until, "a bug") == "message-1"
    assert set(waits) == {1, 2, 3}
    assert await opened(database) == []
    assert await database.write(letterbox.put_off, NOW, until, "a bug") == ""
    assert await database.read(letterbox.waiting_since) == NOW
    assert len(await database.write(letterbox.record_due, 1, NOW + MINUTE, read, RULES)) == 1


async def test_letters_that_are_large_are_opened_few_at_a_time(database: Database) -> None:
    box = LetterBox(database)
    for number in range(20):
        await box.keep(letter(number, "x" * 2**19))
    counts = [len(await opened(database)) for _ in range(4)]
    assert counts == [7, 7, 6, 0], "half a MiB each, and what is around it"


async def test_what_nobody_can_record_takes_no_room_from_others(database: Database) -> None:
    box = LetterBox(database)
    for number in range(50):
        await box.keep(letter(number))
    await database.write(letterbox.put_off, NOW, lambda _: NOW + MINUTE, "a bug")
    assert await box.look() == 50
    while await opened(database):
        pass
    assert await box.look() == 1
    await box.keep(letter(51))
    assert await box.look() == 2, "however many came and went since the one that stays"


async def test_a_letter_that_nobody_can_open_waits_like_any_other(database: Database) -> None:
    box = LetterBox(database)
    for number in (1, 2):
        await box.keep(letter(number))
    await database.write(
        lambda conn: conn.execute(update(letters).where(letters.c.id == 1).values(words=b"?"))
    )
    with pytest.raises(ValueError, match="Expected `array`"):
        await opened(database)
    assert await database.write(letterbox.put_off, NOW, lambda _: NOW + MINUTE, "odd") == "letter 1"
    (rest,) = await opened(database)
    assert rest.letter == letter(2)


async def test_a_clock_that_is_set_back_keeps_no_letter_waiting(database: Database) -> None:
    await LetterBox(database).keep(letter(1, at=NOW + DAY))
    assert len(await opened(database)) == 1


def tripping(_death: Death) -> bool:
    """A rule with a bug in it."""
    raise RuntimeError("a bug")


async def test_replicas_empty_one_box_together_and_count_once(postgres_url: str) -> None:
    replicas = [Database.open(postgres_url) for _ in range(3)]
    try:
        boxes = [LetterBox(db) for db in replicas]
        await asyncio.gather(*(boxes[n % 3].keep(letter(n)) for n in range(60)))
        emptied = await asyncio.gather(*(_emptied(db, box) for db, box in zip(replicas, boxes, strict=True)))
        assert sorted(one for taken in emptied for one in taken) == sorted(f"message-{n}" for n in range(60))
        (incident,) = await replicas[0].read(incidents.unfinished, 10)
        assert incident.kill_count == 60
        assert len(await replicas[1].read(kills.of_incident, incident.id, 100)) == 60
    finally:
        for db in replicas:
            await db.close()


async def _emptied(db: Database, box: LetterBox) -> list[str]:
    taken: list[str] = []
    while await box.look():
        taken += [one.letter.delivery.message_id for one in await opened(db, 7)]
    return taken


async def test_the_box_opens_when_many_come_again_and_again_and_closes_when_it_is_full(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = LetterBox(database)
    assert not _is_open(box)
    await _crowd(database, box)
    assert _is_open(box)
    assert await box.look() >= 100
    monkeypatch.setattr(letterbox, "ROOM", 100)
    assert not _is_open(box)
    while await opened(database):
        pass
    await box.look()
    await _crowd(database, LetterBox(database))
    assert _is_open(box), "as far as this process has looked, it is empty"


async def _crowd(db: Database, box: LetterBox) -> None:
    while not db.is_crowded:
        await asyncio.gather(*(box.keep(letter(number)) for number in range(100)))


def _is_open(box: LetterBox) -> bool:
    return box.is_open
