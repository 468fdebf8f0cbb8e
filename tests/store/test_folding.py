"""Folding: any order and any repetition of a stop's events gives the same kills."""

import asyncio
import random
import shutil
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.incident.incident import Incident
from bot.domain.kills.death import Death
from bot.domain.kills.verdict import Verdict
from bot.store import incidents, kills
from bot.store.database import Database
from tests.store.telling import MINUTE, NOW, Teller, death, is_trouble, key

VERDICTS = st.sampled_from([Verdict.OOM, Verdict.SUSPECTED_OOM, Verdict.FAILURE, Verdict.NONE])
CONTAINERS = ("app", "sidecar", "init")
Stop = list[tuple[Death, ...]]  # one tuple an event


@st.composite
def stops(draw: st.DrawFn) -> Stop:
    """Events of one stop as ECS sends them: each later stage knows more, and the last one says that it stopped."""
    first = draw(st.integers(1, 5))
    stages = draw(st.integers(1, 4))
    told: Stop = []
    for stage in range(stages):
        known = 1 + draw(st.integers(0, 2))
        told.append(
            tuple(_stage(draw(VERDICTS), c, first + stage, stage, stages) for c in CONTAINERS[:known])
        )
    return told


def _stage(verdict: Verdict, container: str, version: int, stage: int, stages: int) -> Death:
    return death(
        container=container,
        verdict=verdict,
        task_version=version,
        task_stopped=stage == stages - 1,
        died_at=NOW + stage * MINUTE,
        started_at=NOW - MINUTE if stage else None,
        exit_code=137 if stage > 1 else None,
        reason=f"stage {stage}",
    )


@st.composite
def unversioned_stops(draw: st.DrawFn) -> Stop:
    """Events without versions: the more severe is true."""
    verdicts = draw(st.lists(VERDICTS, min_size=1, max_size=4))
    return [(death(verdict=verdict, reason=verdict.value),) for verdict in verdicts]


Arrivals = tuple[Stop, Stop]


@st.composite
def arrivals(draw: st.DrawFn, told: st.SearchStrategy[Stop]) -> Arrivals:
    """A stop in its order, and the same in another order with repetitions, perhaps named by ARN alone before."""
    stop = draw(told)
    if draw(st.booleans()):
        stop = [*stop, (death(container="", group_key=key("the task", "")),)]
    shuffled = draw(st.permutations(stop + draw(st.lists(st.sampled_from(stop), max_size=4))))
    return stop, shuffled


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(arrived=arrivals(st.one_of(stops(), unversioned_stops())))
def test_any_order_and_repetition_gives_the_same_kills(
    migrated_file: Path, tmp_path: Path, arrived: Arrivals
) -> None:
    in_order, shuffled = arrived
    expected = asyncio.run(_told(migrated_file, tmp_path, in_order))
    assert asyncio.run(_told(migrated_file, tmp_path, shuffled)) == expected


async def _told(migrated: Path, folder: Path, stop: Stop) -> tuple[list[Death], list[tuple[object, ...]]]:
    """The kills, and what the unfinished incidents say, after these events."""
    path = shutil.copy(migrated, folder / "folded.db")
    db = Database.open(f"sqlite:///{path}", readers=1)
    teller = Teller(db, counts=is_trouble)
    for event in stop:
        await teller.tell(*event)
    found = await db.read(kills.by_task, death().task_arn)
    open_ones = await db.read(incidents.unfinished, 50)
    await db.close()
    told = sorted((kill.death for kill in found), key=lambda one: one.container)
    return told, sorted(_says(one) for one in open_ones)


def _says(incident: Incident) -> tuple[object, ...]:
    return (
        str(incident.group_key),
        incident.verdict.value,
        incident.kill_count,
        incident.first_kill_at,
        incident.last_kill_at,
    )


async def test_stages_of_many_stops_at_once_on_two_replicas(store_url: str, teller: Teller) -> None:
    """Two writers on PostgreSQL, one on SQLite; the same tasks, shuffled, each event delivered to both."""
    stages = [
        [(task, version, verdict) for version, verdict in enumerate(story, 1)]
        for task, story in enumerate([(Verdict.SUSPECTED_OOM, Verdict.OOM), (Verdict.OOM, Verdict.NONE)] * 20)
    ]
    events = [event for stop in stages for event in stop] * 2
    random.Random(7).shuffle(events)
    other = Teller(Database.open(store_url)) if store_url.startswith("postgresql") else teller
    await asyncio.gather(
        *(
            (teller, other)[number % 2].tell(
                death(task, verdict=verdict, task_version=version, group_key=key(f"service-{task % 4}")),
                message_id=f"{task}-{version}",
            )
            for number, (task, version, verdict) in enumerate(events)
        )
    )
    unfinished = await teller.db.read(incidents.unfinished, 50)
    assert [(one.kill_count, one.verdict) for one in unfinished] == [(10, Verdict.OOM)] * 2
    if other is not teller:
        await other.db.close()
