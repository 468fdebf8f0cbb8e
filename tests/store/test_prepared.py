"""Prepared statements: they say what SQLAlchemy's own say, however many things they are about."""

from collections.abc import Sequence
from datetime import datetime

import pytest
from sqlalchemy import Connection, bindparam, select, update

from bot.store import lookups
from bot.store.database import Database
from bot.store.prepared import Among, Many
from bot.store.schema import lookups as table
from tests.store.telling import HOUR, NOW, arn

DUE = Among(
    lambda _, slots: (
        select(table.c.task_arn, table.c.due_at)
        .where(table.c.task_arn.in_([one for (one,) in slots]))
        .order_by(table.c.id)
    ),
    table.c.task_arn.type,
)
# One value is the row's own, one stands in the statement.
PUT_OFF = Many(
    lambda _: (
        update(table)
        .where(table.c.task_arn == bindparam("whose"))
        .values(due_at=bindparam("until", type_=table.c.due_at.type), error="later")
    )
)


async def fill(db: Database, tasks: int) -> None:
    """So many lookups, due now."""

    def add(conn: Connection) -> None:
        for number in range(tasks):
            lookups.add(conn, arn(number), NOW, NOW)

    await db.write(add)


def due(conn: Connection, numbers: Sequence[int]) -> list[tuple[str, datetime]]:
    """What is said of these tasks."""
    return [(task_arn, at) for task_arn, at in DUE.rows(conn, [(arn(number),) for number in numbers])]


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param([], id="nothing"),
        pytest.param([3], id="one thing"),
        pytest.param([0, 1, 2, 3], id="as many as a statement is for"),
        pytest.param([1, 2, 3, 5, 7], id="fewer than the next one is for: each answered once"),
        pytest.param(list(range(19)), id="many"),
    ],
)
async def test_each_thing_is_answered_once_in_its_column_types(database: Database, asked: list[int]) -> None:
    await fill(database, 19)
    assert await database.read(due, asked) == [(arn(number), NOW) for number in asked]


async def test_each_row_gives_its_values_and_the_statement_its_own(database: Database) -> None:
    await fill(database, 3)
    rows = [{"whose": arn(number), "until": NOW + number * HOUR} for number in (1, 2)]
    await database.write(PUT_OFF.run, rows)
    await database.write(PUT_OFF.run, [])
    said = await database.read(lambda conn: conn.execute(select(table.c.due_at, table.c.error)).all())
    assert sorted(map(tuple, said)) == [(NOW, ""), (NOW + HOUR, "later"), (NOW + 2 * HOUR, "later")]
