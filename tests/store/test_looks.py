"""Looks in the store: one process at a time answers a question, and who was killed is known."""

from datetime import timedelta

from bot.domain.kills.verdict import Verdict
from bot.domain.subject.subject import Subject
from bot.store import looks
from bot.store.database import Database
from tests.store.telling import DAY, NOW, Teller, arn, death, is_trouble, key

MINUTE = timedelta(minutes=1)


async def test_one_process_at_a_time_answers(database: Database) -> None:
    words = {"user": "U1", "response_url": "https://hooks.example/1", "words": "near"}
    await database.write(looks.add, **words, now=NOW)
    assert await database.read(looks.due, NOW)
    (held,) = await database.write(looks.lease, "a", NOW, limit=5, lease_for=MINUTE)
    assert (held.user, held.words, held.asked_at, held.fence) == ("U1", "near", NOW, 1)
    assert not await database.read(looks.due, NOW)
    assert await database.write(looks.lease, "b", NOW, limit=5, lease_for=MINUTE) == []
    later = NOW + MINUTE
    assert await database.read(looks.due, later)
    (again,) = await database.write(looks.lease, "b", later, limit=5, lease_for=MINUTE)
    assert not await database.write(looks.finish, held)
    assert await database.write(looks.finish, again)
    assert not await database.read(looks.due, later + MINUTE)
    assert "hooks" not in repr(held)


async def test_who_was_killed_is_known_and_warnings_are_no_kills(teller: Teller) -> None:
    teller.counts = is_trouble
    await teller.tell(death(1))
    await teller.tell(death(2, group_key=key("warned"), verdict=Verdict.FAILURE))
    subject = Subject.of(key())
    assert await teller.db.read(looks.killed, NOW - DAY) == {subject}
    assert await teller.db.read(looks.killed, NOW + DAY) == set()
    ((task, container, at),) = await teller.db.read(looks.deaths, subject, NOW - DAY)
    assert (task, container) == (arn(1).rpartition("/")[2], "app")
    assert at == death(1).died_at
