"""Prune: what is old goes, in batches; what somebody still looks at stays; nothing else is left behind."""

import pytest
from sqlalchemy import Connection, func, select

from bot.domain.incident.incident import Resolution
from bot.domain.kills.verdict import Verdict
from bot.domain.subject.silence import Matcher
from bot.store import incidents, notices, operator_alerts, replies, shares, silences
from bot.store.database import Database
from bot.store.prune import prune
from bot.store.schema import metadata
from tests.store.telling import DAY, HOUR, NOW, Teller, death, key

LATER = NOW + 400 * DAY


def counted(conn: Connection) -> dict[str, int]:
    """Rows of each table that has any."""
    sizes = {
        table.name: conn.execute(select(func.count()).select_from(table)).scalar_one()
        for table in metadata.sorted_tables
    }
    return {name: size for name, size in sizes.items() if size}


async def prune_all(db: Database, batch: int = 1000) -> list[int]:
    """Prune until nothing is left to remove; what each round removed."""
    rounds: list[int] = []
    while not rounds or rounds[-1]:
        before = LATER - DAY
        rounds.append(
            await db.write(prune, kills_before=before, deliveries_before=before, now=LATER, batch=batch)
        )
    return rounds


async def fill(teller: Teller) -> int:
    """Something of everything; the id of the one incident."""
    await teller.tell(death(7, verdict=Verdict.NONE))
    incident = await teller.incident(death())
    (notice,) = await teller.db.write(notices.lease, "me", NOW, limit=9, lease_for=HOUR)
    await teller.db.write(replies.intend, notice, "details", NOW)
    await teller.db.write(operator_alerts.raise_alert, "key", "summary", "detail", NOW)
    await teller.db.write(silences.add, Matcher(), NOW, NOW + DAY, "U1", "")
    await teller.db.write(
        shares.add, user="U1", channel="C1", response_url="https://…", words="top", source="1.1", now=NOW
    )
    return incident.id


async def test_all_that_is_old_goes(teller: Teller) -> None:
    incident_id = await fill(teller)
    await teller.db.write(incidents.feedback, incident_id, "U1", NOW)
    assert len(await teller.db.read(counted)) == 12
    rounds = await prune_all(teller.db)
    assert rounds[0] > 0
    assert await teller.db.read(counted) == {}


async def test_an_unfinished_incident_keeps_its_kills(teller: Teller) -> None:
    await fill(teller)
    await prune_all(teller.db)
    assert await teller.db.read(counted) == {
        "group_keys": 1,
        "circumstances": 1,
        "incidents": 1,
        "kills": 1,
        "notices": 1,
        "replies": 1,
    }


async def test_what_is_young_stays(teller: Teller) -> None:
    await fill(teller)
    before = await teller.db.read(counted)
    removed = await teller.db.write(prune, kills_before=NOW, deliveries_before=NOW, now=NOW)
    assert removed == 0
    assert await teller.db.read(counted) == before


async def test_a_young_kill_keeps_its_old_incident_and_names(teller: Teller) -> None:
    incident = await teller.incident(death(1), death(2, died_at=LATER))
    await teller.db.write(incidents.resolve, incident.id, "U1", Resolution.BY_PERSON, NOW)
    await prune_all(teller.db)
    left = await teller.db.read(counted)
    assert (left["kills"], left["incidents"], left["group_keys"], left["circumstances"]) == (1, 1, 1, 1)


@pytest.mark.parametrize("batch", [1, 3, 100])
async def test_batches_are_short(teller: Teller, batch: int) -> None:
    for number in range(7):
        told = await teller.incident(death(number, group_key=key(f"s{number % 2}")))
        await teller.db.write(incidents.resolve, told.id, "U1", Resolution.BY_PERSON, NOW)
    rounds = await prune_all(teller.db, batch)
    assert max(rounds) <= 3 * batch  # kills, incidents, deliveries
    assert await teller.db.read(counted) == {}


async def test_taking_back_leaves_no_circumstances_behind(teller: Teller) -> None:
    for version, verdict in enumerate([Verdict.SUSPECTED_OOM, Verdict.OOM, Verdict.NONE], 1):
        await teller.tell(death(verdict=verdict, task_version=version, reason=f"stage {version}"))
        left = await teller.db.read(counted)
        assert left.get("circumstances", 0) == (1 if verdict.is_kill else 0)


# What keeps each table from growing for ever. Whoever adds one says so here.
BOUNDED = {
    "prune": "autopsies budgets circumstances deliveries direct_messages dismissals feedback group_keys homes "
    "incidents investigations charts kills notices operator_alerts pulses replies reports resizes shares "
    "silences storms warnings",
    "its rows go when their work is done or given up": "drills exports forgetting letters looks lookups subject_tags "
    "workers",
    "it has a retention of its own": "audit_trail foresights tallied_days tallies tally_changes",
    "a row for each of a few things, written over": "audit_cursors rounds sightings",
    "a row for each of what a person did a few times a year": "confirmations freezes",
}


def test_no_table_grows_for_ever() -> None:
    told = [name for names in BOUNDED.values() for name in names.split()]
    assert sorted(told) == sorted(metadata.tables)
