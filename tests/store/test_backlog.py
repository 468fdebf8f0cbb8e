"""The backlog: what waits is counted, why it waits is told, and a channel that opens gets its share at once."""

import pytest

from bot.store import backlog, health, notices
from bot.store.backlog import Backlog
from bot.store.letterbox import LetterBox
from tests.store.letters import letter
from tests.store.telling import HOUR, MINUTE, NOW, Teller, death, key


async def refused(teller: Teller, name: str, channel: str, error: str) -> int:
    """A kill of this service, refused in this channel; its notice's id."""
    await teller.tell(death(ord(name), group_key=key(name)))
    [notice] = await teller.db.write(notices.lease, "me", NOW, limit=1, lease_for=MINUTE)
    await teller.db.write(notices.intend, notice, channel, NOW)
    await teller.db.write(notices.retry, notice, NOW + HOUR, error, keep_intent=False)
    return notice.id


async def test_nothing_waits(teller: Teller) -> None:
    assert await teller.db.read(backlog.backlog) == Backlog(0, None)
    assert await teller.db.read(backlog.failing) == []


async def test_what_waits_is_counted_by_its_reason(teller: Teller) -> None:
    for name, error in (("a", "Refused: no"), ("b", "NoSuchChannel: is_archived"), ("c", "Refused: no")):
        await refused(teller, name, "C1", error)
    await teller.tell(death(1, group_key=key("d")))
    assert await teller.db.read(backlog.backlog) == Backlog(4, NOW)
    assert await teller.db.read(backlog.failing) == [("Refused: no", 2), ("NoSuchChannel: is_archived", 1)]


async def test_letters_wait_to_be_recorded(teller: Teller) -> None:
    box = LetterBox(teller.db)
    for number in range(3):
        await box.keep(letter(number, at=NOW - HOUR))
    assert await teller.db.read(backlog.backlog) == Backlog(0, None, letters=3)
    found = await teller.db.read(health.health, NOW)
    assert (found.kept, found.kept_since) == (3, NOW - HOUR)
    assert found.hoards(NOW)
    assert not found.is_well(NOW)


@pytest.mark.parametrize(
    ("channel", "hurried"),
    [
        pytest.param("C1", True, id="it was refused there"),
        pytest.param("C2", False, id="another channel opened"),
        pytest.param("", False, id="an event that names no channel"),
    ],
)
async def test_a_channel_opens(teller: Teller, channel: str, hurried: bool) -> None:
    number = await refused(teller, "a", "C1", "NoSuchChannel: is_archived")
    assert await teller.db.write(backlog.hurry, channel, NOW + MINUTE) == hurried
    due = await teller.db.write(notices.lease, "me", NOW + MINUTE, limit=9, lease_for=MINUTE)
    assert [one.id for one in due] == ([number] if hurried else [])


async def test_what_waits_its_turn_is_not_hurried(teller: Teller) -> None:
    await teller.tell(death(1))
    [notice] = await teller.db.write(notices.lease, "me", NOW, limit=1, lease_for=MINUTE)
    await teller.db.write(notices.intend, notice, "C1", NOW)
    await teller.db.write(notices.defer, notice, NOW + HOUR)
    assert await teller.db.write(backlog.hurry, "C1", NOW + MINUTE) == 0
