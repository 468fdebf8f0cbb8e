"""Batches: deliveries that are recorded together leave the same rows as one after the other."""

import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import Connection, Table, select, update

from bot.domain.incident.incident import Resolution
from bot.domain.kills.death import Assessment, Death, Limits
from bot.domain.kills.verdict import Verdict
from bot.store import incidents
from bot.store.deliveries import Arrival, Delivery, Recorded, record_all, telling
from bot.store.ledger import Rules
from bot.store.schema import (
    circumstances,
    dismissals,
    group_keys,
    kills,
    lookups,
    metadata,
    notices,
)
from tests.store.telling import HOUR, MINUTE, NOW, TOPIC, Teller, arn, death, is_trouble, key

RULES = Rules(counts=is_trouble, reopen_within=HOUR)
VERDICTS = [Verdict.OOM, Verdict.OOM, Verdict.SUSPECTED_OOM, Verdict.FAILURE, Verdict.NONE]
Story = list[
    list[Arrival] | Callable[[Connection], object]
]  # deliveries at one moment; what happens in between


def _story(luck: random.Random) -> Story:
    """A few tasks' events, shuffled, repeated and cut into moments, while people and reconcilers do their work."""
    story: Story = []
    arrived: list[Delivery] = []
    for moment in range(12):
        now = NOW + moment * luck.choice([1, 20]) * MINUTE
        batch = []
        for number in range(luck.randint(1, 9)):
            message = Delivery(TOPIC, f"{moment}-{number}", now)
            arrived.append(luck.choice(arrived) if arrived and luck.random() < 0.1 else message)
            batch.append(telling_of(luck, arrived[-1], now))
        story += [batch, _meanwhile(luck, now)]
    return story


def telling_of(luck: random.Random, delivery: Delivery, now: Any) -> Arrival:
    deaths = tuple(_death(luck) for _ in range(luck.choice([1, 1, 2, 3])))
    wanted = (arn(luck.randint(1, 6)),) if luck.random() < 0.2 else ()
    told = Assessment(verdict=Verdict.OOM, why="because", deaths=deaths, lookup_task_arns=wanted)
    return delivery, telling(delivery, told, now, RULES)


def _death(luck: random.Random) -> Death:
    task = luck.randint(1, 6)
    container = luck.choice(["app", "app", "web", ""])
    owner = luck.choice([f"service-{task % 2}", f"service-{task % 2}", "unknown"])
    return death(
        task,
        container=container,
        group_key=key(owner, container),
        verdict=luck.choice(VERDICTS),
        task_version=luck.randint(0, 5),
        task_stopped=luck.random() < 0.7,
        died_at=NOW + luck.randint(-9, 9) * MINUTE,
        started_at=luck.choice([None, NOW - HOUR]),
        exit_code=luck.choice([None, 137]),
        image=luck.choice(["", "image:1"]),
        reason=luck.choice(["short", "long " * 400]),
        limits=Limits(container_mib=luck.choice([None, 512])),
    )


def _meanwhile(luck: random.Random, now: Any) -> Callable[[Connection], object]:
    shown: dict[str, Any] = {
        "observed_generation": notices.c.generation,
        "ts": "1",
        "urgency": 1,
        "waiting_since": now,
    }
    later = {"due_at": now + luck.choice([1, 30]) * MINUTE}
    changes = [shown, shown | later | {"attempts": 1}, later | {"is_deferred": True}, {"attempts": 0}]
    values = luck.choice(changes)
    verdict = luck.choice(VERDICTS)
    act = luck.choice(["nothing", "acknowledge", "resolve"])

    def happen(conn: Connection) -> None:
        conn.execute(update(notices).values(values))
        mine = [one for one in incidents.unfinished(conn, 50) if one.verdict is verdict]
        for one in mine if act == "acknowledge" else ():
            incidents.acknowledge(conn, one.id, "U1", now)
        for one in mine if act == "resolve" else ():
            incidents.resolve(conn, one.id, "U1", Resolution.BY_PERSON, now)

    return happen


def _one_by_one(conn: Connection, batch: Sequence[Arrival]) -> list[Recorded]:
    return [record_all(conn, [arrival])[0] for arrival in batch]


def _rows_after(
    conn: Connection, story: Story, record: Callable[[Connection, Sequence[Arrival]], list[Recorded]]
) -> list[Any]:
    """What the deliveries were answered, and all rows, without the numbers that tell them apart; then all is undone."""
    with conn.begin_nested() as undo:
        answers: list[Any] = []
        for step in story:
            if callable(step):
                step(conn)
            else:
                answers += [
                    (one.duplicate, one.new_kills, len(one.incident_ids)) for one in record(conn, step)
                ]
        rows = [answers, *(_rows(conn, table) for table in metadata.sorted_tables)]
        undo.rollback()
    return rows


def _rows(conn: Connection, table: Table) -> list[str]:
    """The rows in words, sorted; a reference is what it refers to."""
    return sorted(repr(_words(conn, table, row)) for row in conn.execute(select(table)).mappings())


def _words(conn: Connection, table: Table, row: Any) -> list[tuple[str, object]]:
    words = []
    for column in table.columns:
        value = row[column.name]
        for foreign in column.foreign_keys if value is not None else ():
            other = foreign.column.table
            value = _words(
                conn, other, conn.execute(select(other).where(foreign.column == value)).mappings().one()
            )
        if column.name != "id":
            words.append((column.name, value))
    return words


@pytest.mark.parametrize("seed", range(4))
async def test_together_or_one_by_one_the_rows_are_the_same(teller: Teller, seed: int) -> None:
    story = _story(random.Random(seed))

    def compare(conn: Connection) -> list[tuple[list[Any], list[Any]]]:
        return list(
            zip(_rows_after(conn, story, _one_by_one), _rows_after(conn, story, record_all), strict=True)
        )

    compared = await teller.db.write(compare)
    for apart, together in compared:
        assert together == apart
    tables = dict(zip(metadata.sorted_tables, (rows for _, rows in compared[1:]), strict=True))
    assert all(tables[table] for table in (group_keys, kills, circumstances, dismissals, notices, lookups))
