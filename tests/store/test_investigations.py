"""Investigations in the store: opened when they are wanted, lent in order, kept whole, gone with their incident."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from bot.domain.chart.picture import Line, Picture
from bot.domain.diagnosis.diagnosis import (
    Culprit,
    Diagnosis,
    Finding,
    Option,
    Pattern,
    Recommendation,
    Standing,
)
from bot.domain.diagnosis.series import SeriesSource
from bot.domain.kills.verdict import Verdict
from bot.store import charts, doubts, incidents, investigations, prune
from bot.store.investigations import Held, Made, Room
from bot.store.schema import notices
from tests.store.telling import DAY, HOUR, MINUTE, NOW, Teller, death, key

DIAGNOSIS = Diagnosis(
    made_at=NOW,
    pattern=Pattern.LEAK,
    pattern_why="it grows by 12 MiB an hour",
    culprit=Culprit.CONTAINER,
    culprit_why="it reached its own limit",
    findings=(Finding(rule="jvm.heap", words="…", evidence="OutOfMemoryError: Java heap space"),),
    standing=Standing.CONFIRMED,
    recommendation=Recommendation(
        options=(Option(memory_mib=1024, enough=0.9), Option(memory_mib=2048)),
        best=1,
        reasons=("peak 900 MiB",),
        multiplier=1.25,
    ),
    gaps=("image tag: not allowed",),
)
PICTURE = Picture(
    died_at=NOW,
    of="container app",
    source=SeriesSource.CONTAINER_INSIGHTS,
    life=Line(began_at=NOW - HOUR, step_s=60.0, mib=(100, None, 300), ended_at=NOW, was_killed=True),
    limit_mib=1024,
    deployed_at=(NOW - HOUR,),
)


async def opened(teller: Teller, now: datetime = NOW) -> int:
    """Open what is wanted; how many."""
    is_any = await teller.db.read(doubts.is_any_wanted, now)
    count = await teller.db.write(doubts.open_wanted, now)
    assert is_any or not count
    return count


ALL = Room(alone=9, folded=9)


async def leased(teller: Teller, now: datetime = NOW, room: Room = ALL) -> list[Held]:
    """Lease what is due."""
    return await teller.db.write(investigations.lease, "me", now, room=room, lease_for=2 * MINUTE)


def made(kill_at: datetime = NOW, again_at: datetime | None = None, **more: Any) -> Made:
    """What a look found."""
    facts = {"diagnosis": DIAGNOSIS, "picture": PICTURE, "task_definition_arn": "", **more}
    return Made(kill_at=kill_at, again_at=again_at, **facts)


async def test_what_was_found_is_read_back_whole_and_shown(teller: Teller) -> None:
    incident = await teller.incident(death())
    assert await opened(teller) == 1
    [held] = await leased(teller)
    blank = await teller.db.read(investigations.get, incident.id)
    assert blank is not None
    assert (blank.is_open, blank.diagnosis, blank.picture) == (True, None, None)
    assert await teller.db.write(investigations.save, held, made(), NOW)
    found = await teller.db.read(investigations.get, incident.id)
    assert found is not None
    assert (found.diagnosis, found.picture) == (DIAGNOSIS, PICTURE)
    assert (found.is_open, found.looks, found.made_at) == (False, 1, NOW)
    after = await teller.db.read(incidents.get, incident.id)
    assert after is not None
    assert after.generation == incident.generation + 1
    assert not await teller.db.write(investigations.save, held, made(), NOW), "the lease ended"


@pytest.mark.parametrize(
    ("arn", "minutes", "count"),
    [
        pytest.param("arn:1", 1, 0, id="the same revision a minute later"),
        pytest.param("arn:2", 1, 1, id="another revision"),
        pytest.param("arn:1", 14, 0, id="quite some time later"),
        pytest.param("arn:1", 15, 1, id="long after the last look"),
    ],
)
async def test_which_kills_want_another_look(teller: Teller, arn: str, minutes: int, count: int) -> None:
    await teller.incident(death(1, task_definition_arn="arn:1"))
    await opened(teller)
    [held] = await leased(teller)
    await teller.db.write(investigations.save, held, made(task_definition_arn="arn:1"), NOW)
    assert await opened(teller, NOW + 20 * MINUTE) == 0, "without a kill there is no reason"
    later = NOW + minutes * MINUTE
    await teller.tell(death(2, task_definition_arn=arn, died_at=later))
    assert await opened(teller, later) == count
    assert await opened(teller, later) == 0, "each kill is asked about once"


@pytest.mark.parametrize(
    ("foretold_s", "lived_s", "minutes", "count"),
    [
        pytest.param(7200.0, 120, 2, 1, id="a life of minutes where hours were foretold"),
        pytest.param(7200.0, 120, 1, 0, id="likewise, a minute after the last look"),
        pytest.param(7200.0, 2400, 14, 0, id="somewhat sooner"),
        pytest.param(7200.0, None, 14, 0, id="a life of unknown length"),
        pytest.param(None, 120, 14, 0, id="nothing was foretold"),
    ],
)
async def test_a_life_much_shorter_than_foretold_wants_another_look(
    teller: Teller, foretold_s: float | None, lived_s: int | None, minutes: int, count: int
) -> None:
    await teller.incident(death(1, task_definition_arn="arn:1"))
    await opened(teller)
    [held] = await leased(teller)
    found = made(task_definition_arn="arn:1", diagnosis=replace(DIAGNOSIS, next_oom_s=foretold_s))
    await teller.db.write(investigations.save, held, found, NOW)
    later = NOW + minutes * MINUTE
    started_at = None if lived_s is None else later - timedelta(seconds=lived_s)
    await teller.tell(death(2, task_definition_arn="arn:1", died_at=later, started_at=started_at))
    assert await opened(teller, later) == count


@pytest.mark.parametrize(
    ("facts", "count"),
    [
        pytest.param({}, 1, id="a kill"),
        pytest.param({"verdict": Verdict.SUSPECTED_OOM}, 1, id="a suspicion"),
        pytest.param({"died_at": NOW - 7 * HOUR}, 0, id="one of which AWS has forgotten the rest"),
    ],
)
async def test_which_incidents_are_wanted(teller: Teller, facts: dict[str, Any], count: int) -> None:
    await teller.incident(death(**facts))
    assert await opened(teller) == count
    await teller.db.write(incidents.resolve_quiet, NOW + DAY, NOW)
    assert await opened(teller) == 0


async def test_what_a_storm_tells_of_has_room_of_its_own_and_is_not_shown(teller: Teller) -> None:
    first = await teller.incident(death(1, group_key=key("first")))
    second = await teller.incident(death(2, group_key=key("second")))

    def fold(conn: Connection) -> None:
        conn.execute(update(notices).where(notices.c.incident_id == first.id).values(is_folded=True))

    await teller.db.write(fold)
    await opened(teller)
    [held] = await leased(teller, room=Room(alone=1))
    assert held.incident_id == second.id
    assert not held.is_folded
    [folded] = await leased(teller)
    assert folded.incident_id == first.id
    assert folded.is_folded
    before = await teller.db.read(generation_of, first.id)
    await teller.db.write(investigations.save, folded, made(), NOW)
    assert await teller.db.read(generation_of, first.id) == before


def generation_of(conn: Connection, incident_id: int) -> int:
    """How often the incident's notice was told to show it."""
    mine = notices.c.incident_id == incident_id
    return int(conn.execute(select(notices.c.generation).where(mine)).scalar_one())


def _alerted(conn: Connection, incident_id: int) -> None:
    """Its alert is in Slack."""
    conn.execute(update(notices).where(notices.c.incident_id == incident_id).values(ts="1.1"))


async def test_a_lease_is_lost_when_it_ends_and_somebody_takes_it(teller: Teller) -> None:
    await teller.incident(death())
    await opened(teller)
    [first] = await leased(teller)
    assert await leased(teller) == []
    [second] = await leased(teller, NOW + 3 * MINUTE)
    assert not await teller.db.write(investigations.save, first, made(), NOW + 3 * MINUTE)
    assert await teller.db.write(investigations.retry, second, NOW + 5 * MINUTE, "throttled")
    assert await teller.db.read(investigations.next_due) == NOW + 5 * MINUTE
    [third] = await leased(teller, NOW + 5 * MINUTE)
    assert third.attempts == 1
    again_at = NOW + 8 * MINUTE
    assert await teller.db.write(investigations.save, third, made(again_at=again_at), NOW)
    [fourth] = await leased(teller, again_at)
    assert (fourth.attempts, fourth.looks) == (0, 1)
    assert await teller.db.write(investigations.close, fourth, "enough", again_at)
    assert await teller.db.read(investigations.next_due) is None


async def test_a_chart_is_noted_and_all_goes_with_the_incident(teller: Teller) -> None:
    incident = await teller.incident(death())
    await opened(teller)
    [held] = await leased(teller)
    await teller.db.write(investigations.save, held, made(), NOW)
    before = await teller.db.read(generation_of, incident.id)
    await teller.db.write(_alerted, incident.id)
    [wanted] = await teller.db.write(charts.lease, "artist", NOW, limit=9, lease_for=DAY)
    assert await teller.db.write(investigations.charted, wanted, shown_as="F1", digest="d", now=NOW)
    found = await teller.db.read(investigations.get, incident.id)
    assert found is not None
    assert (found.chart_file_id, found.chart_digest) == ("F1", "d")
    assert await teller.db.read(generation_of, incident.id) == before + 1
    await teller.db.write(charts.want, incident.id, NOW)
    await teller.db.write(incidents.resolve_quiet, NOW + DAY, NOW)
    later = NOW + timedelta(days=500)
    while await teller.db.write(
        prune.prune, kills_before=later - DAY, deliveries_before=later - DAY, now=later
    ):
        pass
    assert await teller.db.read(incidents.get, incident.id) is None
    assert await teller.db.read(investigations.get, incident.id) is None


async def test_a_form_of_another_version_is_as_if_there_were_none(teller: Teller) -> None:
    incident = await teller.incident(death())
    await opened(teller)
    [held] = await leased(teller)
    odd = replace(DIAGNOSIS, pattern_why="x" * 300_000)  # longer than the column, so cut
    await teller.db.write(investigations.save, held, made(diagnosis=odd), NOW)
    found = await teller.db.read(investigations.get, incident.id)
    assert found is not None
    assert (found.diagnosis, found.picture) == (None, PICTURE)
