"""The audit trail in the store: appended, read by subject and by page, passed on once, never changed; on both."""

from dataclasses import replace

import pytest
from sqlalchemy import Connection, update
from sqlalchemy.exc import DatabaseError

from bot.domain.resize.audit import Deed, Entry
from bot.store import audit_trail
from bot.store.schema import audit_trail as table
from tests.domain.agreed import ALICE, CHECKOUT, DAY, HOUR, MINUTE, NOW
from tests.store.telling import Teller

FIRST = Entry(at=NOW, who=ALICE, deed=Deed.REQUESTED, words="more", subject=str(CHECKOUT), resize_id=12)
SECOND = replace(
    FIRST, at=NOW + MINUTE, deed=Deed.CALLED, detail='{"cluster": "prod"}', link="https://example.com"
)
OTHER = replace(FIRST, at=NOW + HOUR, subject="", resize_id=None, deed=Deed.FROZEN)


@pytest.fixture
async def told(teller: Teller) -> list[Entry]:
    """Three entries, as they are read back."""
    await teller.db.write(audit_trail.add, [FIRST, SECOND, OTHER])
    return [replace(one, id=number) for number, one in enumerate((FIRST, SECOND, OTHER), start=1)]


async def test_read_by_subject_and_by_resize(teller: Teller, told: list[Entry]) -> None:
    assert await teller.db.read(audit_trail.of_subject, str(CHECKOUT)) == [told[1], told[0]]
    assert await teller.db.read(audit_trail.of_subject, str(CHECKOUT), limit=1) == [told[1]]
    assert await teller.db.read(audit_trail.of_resize, 12) == told[:2]


async def test_an_export_reads_page_by_page(
    teller: Teller, told: list[Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_trail, "PAGE", 1)
    read: list[Entry] = []
    while page := await teller.db.read(audit_trail.page, NOW, NOW + HOUR, after=read[-1].id if read else 0):
        read += page
    assert read == told[:2]


async def test_each_entry_is_passed_on_once_by_whoever_comes_first(teller: Teller, told: list[Entry]) -> None:
    settled = NOW + HOUR
    assert await teller.db.read(audit_trail.unread, "channel", settled) == told[:2]
    assert await teller.db.write(audit_trail.read_up_to, "channel", 1)
    assert await teller.db.read(audit_trail.unread, "channel", settled) == told[1:2]
    assert await teller.db.write(audit_trail.read_up_to, "channel", 2)
    assert not await teller.db.write(audit_trail.read_up_to, "channel", 2)
    assert not await teller.db.write(audit_trail.read_up_to, "channel", 1)
    assert await teller.db.read(audit_trail.unread, "channel", settled + MINUTE) == told[2:]
    assert await teller.db.read(audit_trail.unread, "another", settled) == told[:2]


async def test_no_entry_can_be_changed(teller: Teller, told: list[Entry]) -> None:
    def falsify(conn: Connection) -> None:
        conn.execute(update(table).values(words="less"))

    with pytest.raises(DatabaseError, match="append-only"):
        await teller.db.write(falsify)
    assert await teller.db.read(audit_trail.of_resize, 12) == told[:2]


async def test_what_is_too_old_goes_a_batch_at_a_time(teller: Teller, told: list[Entry]) -> None:
    assert await teller.db.write(audit_trail.forget, NOW + HOUR, 1) == 1
    assert await teller.db.write(audit_trail.forget, NOW + HOUR, 5) == 1
    assert await teller.db.write(audit_trail.forget, NOW + HOUR, 5) == 0
    assert await teller.db.read(audit_trail.page, NOW, NOW + DAY) == told[2:]
