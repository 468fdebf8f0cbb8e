"""Forgetting a person: out of every table and column there is, out of the audit trail word for word, and nobody else."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Column, Connection, LargeBinary, Table, insert, text, update
from sqlalchemy.exc import DatabaseError

from bot.domain.kills.verdict import Verdict
from bot.domain.policy.freeze import Freeze
from bot.domain.resize.audit import Deed, Entry
from bot.forget_command import forget_command
from bot.store import audit_trail, persons
from bot.store.column_types import BoundedText, Flag, Rank, UtcDateTime
from bot.store.database import Database
from bot.store.persons import OWN_ROWS, Mistakable
from bot.store.resize_tables import audit_trail as trail_table
from bot.store.resize_tables import forgetting
from bot.store.schema import metadata

ALICE, BOB = "U0ALICE123", "U0BOB45678"
FORMER = "former-member-a1b2c3"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_rows_that_are_keyed_by_a_person_are_known() -> None:
    """Where a new table has a user_id, somebody must say whether its rows go, or stay under a pseudonym."""
    stays = {"feedback"}
    keyed = {table.name for table in metadata.tables.values() if "user_id" in table.columns}
    assert keyed == set(OWN_ROWS) | stays


def value_of(column: Column[Any], person: str, number: int) -> Any:
    """Something that fits into the column and, where that is text, names the person."""
    match column.type:
        case BoundedText():
            return person if "user" in column.name else f"<@{person}> and {person} {number}"
        case UtcDateTime():
            return NOW
        case Rank():
            return Verdict.OOM
        case Flag():
            return True
        case LargeBinary():
            return str(number).encode()
    return number


def planted(conn: Connection, person: str, number: int) -> None:
    """A row of each table that names the person wherever there is room for a text."""
    for table in metadata.sorted_tables:
        if table is not forgetting:
            row = {column.name: value_of(column, person, number) for column in table.columns}
            conn.execute(insert(table).values(row))


def with_texts() -> set[Table]:
    """The tables that could name a person."""
    tables = set(metadata.tables.values()) - {forgetting}
    return {one for one in tables if any(isinstance(column.type, BoundedText) for column in one.columns)}


def told(conn: Connection) -> Iterator[tuple[Table, str]]:
    for table in metadata.sorted_tables:
        for row in conn.execute(text(f'SELECT * FROM "{table.name}"')):
            yield table, repr(row)


def everything(conn: Connection) -> list[tuple[Table, str]]:
    return list(told(conn))


async def test_nothing_anywhere_names_who_is_forgotten(database: Database) -> None:
    """Every table and every column there is: one that is added tomorrow is in this test."""
    await database.write(planted, ALICE, 1001)
    await database.write(planted, BOB, 1002)
    found = await database.write(persons.forget, ALICE, FORMER, NOW)
    assert found
    after = await database.read(everything)
    assert [row for _, row in after if ALICE in row] == []
    assert {table for table, row in after if BOB in row} == with_texts()
    assert not {table.name for table, row in after if FORMER in row} & set(OWN_ROWS)
    assert await database.read(persons.find, ALICE) == []


async def test_what_is_found_is_named_and_not_changed(database: Database) -> None:
    asked = Entry(at=NOW, who=ALICE, deed=Deed.REQUESTED, words="2 GiB")
    agreed = Entry(
        at=NOW, who=BOB, deed=Deed.APPROVED, words=f"asked by <@{ALICE}>", detail=f'{{"by":"{ALICE}"}}'
    )
    await database.write(audit_trail.add, [asked, agreed])
    before = await database.read(everything)
    found = await database.read(persons.find, ALICE)
    assert [(one.column, one.rows, one.is_own) for one in found if one.table == "audit_trail"] == [
        ("who", 1, False),
        ("words", 1, False),
        ("detail", 1, False),
    ]
    assert await database.read(everything) == before


async def test_the_audit_trail_says_the_same_of_a_former_member(database: Database) -> None:
    asked = Entry(
        at=NOW, who=ALICE, deed=Deed.REQUESTED, words=f"<@{ALICE}> wants 2 GiB", detail=f'["{ALICE}"]'
    )
    await database.write(audit_trail.add, [asked])
    await database.write(persons.forget, ALICE, FORMER, NOW)
    first, second = await database.read(audit_trail.page, NOW, NOW.replace(day=22))
    assert (first.who, first.words, first.detail) == (FORMER, f"{FORMER} wants 2 GiB", f'["{FORMER}"]')
    assert (second.deed, second.who) == (Deed.FORGOT, "command line")
    assert FORMER in second.words


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"words": f"{FORMER} wants 9 GiB"}, id="other words"),
        pytest.param({"who": BOB}, id="somebody else"),
        pytest.param({"at": NOW.replace(year=2025)}, id="another time"),
        pytest.param({"resize_id": 7}, id="another resize"),
        pytest.param({"who": FORMER, "deed": Deed.REJECTED.value}, id="another deed beside"),
    ],
)
async def test_while_one_is_forgotten_nothing_else_of_the_trail_can_be_changed(
    database: Database, change: dict[str, Any]
) -> None:
    entry = Entry(at=NOW, who=ALICE, deed=Deed.REQUESTED, words=f"<@{ALICE}> wants 2 GiB", resize_id=1)
    await database.write(audit_trail.add, [entry])

    def tampered(conn: Connection) -> None:
        conn.execute(insert(forgetting).values(person=ALICE, pseudonym=FORMER))
        conn.execute(update(trail_table).values(change))

    with pytest.raises(DatabaseError, match="append-only"):
        await database.write(tampered)


async def test_the_exchange_is_no_way_to_write_something_else(database: Database) -> None:
    await database.write(audit_trail.add, [Entry(at=NOW, who=ALICE, deed=Deed.REQUESTED, words="2 GiB")])

    def tampered(conn: Connection) -> None:
        conn.execute(insert(forgetting).values(person="2 GiB", pseudonym="9 GiB"))
        conn.execute(update(trail_table).values(words="9 GiB"))

    with pytest.raises(DatabaseError, match="append-only"):
        await database.write(tampered)


async def test_an_id_within_another_one_is_refused_and_nothing_is_changed(database: Database) -> None:
    entries = [Entry(at=NOW, who=who, deed=Deed.FROZEN, words="") for who in (ALICE, f"{ALICE}4")]
    await database.write(audit_trail.add, entries)
    with pytest.raises(Mistakable, match=r"audit_trail\.who"):
        await database.write(persons.forget, ALICE, FORMER, NOW)
    assert {one.who for one in await database.read(audit_trail.page, NOW, NOW.replace(day=22))} == {
        ALICE,
        f"{ALICE}4",
    }


def test_a_freeze_outlives_who_made_it() -> None:
    assert Freeze(id=1, frozen_by=FORMER, frozen_at=NOW).words == f"{FORMER} froze changes."


async def test_of_a_stranger_there_is_nothing(database: Database) -> None:
    assert await database.write(persons.forget, ALICE, FORMER, NOW) == []
    assert await database.read(audit_trail.page, NOW, NOW.replace(day=22)) == []


@pytest.fixture
async def url(sqlite_url: str) -> str:
    """A store where Alice froze something."""
    db = Database.open(sqlite_url)
    await db.write(audit_trail.add, [Entry(at=NOW, who=ALICE, deed=Deed.FROZEN, words="")])
    await db.close()
    return sqlite_url


def run(url: str, *words: str) -> Result:
    return CliRunner().invoke(forget_command(lambda: url), words)


def test_the_command_shows_first_and_forgets_when_it_is_told_to(url: str) -> None:
    for _ in range(2):
        shown = run(url, ALICE)
        assert "audit_trail.who: 1 row\nNothing was changed." in shown.output
    done = run(url, ALICE, "--yes")
    assert re.search(r"forgotten. What others need stands under former-member-[0-9a-f]{6}\.", done.output)
    assert f"The store keeps nothing of {ALICE}." in run(url, ALICE).output


def test_what_is_no_user_id_is_refused(url: str) -> None:
    result = run(url, "alice")
    assert result.exit_code == 2
    assert "begins with U or W" in result.output
