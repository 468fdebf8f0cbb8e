"""Incidents: open → acknowledged → resolved, each step once, and shown."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.domain.incident.incident import Incident, Phase, Resolution
from bot.domain.kills.verdict import Verdict
from bot.domain.subject.group_key import OwnerKind
from bot.domain.subject.subject import Subject
from bot.store import incidents
from tests.store import looks
from tests.store.telling import HOUR, MINUTE, NOW, Teller, death, is_trouble, key

SOON = NOW + MINUTE


async def generations(teller: Teller, incident: Incident) -> tuple[int, int]:
    """Of the incident, and of what shows it."""
    notice = await teller.db.read(looks.notice_of, incident.id)
    assert notice is not None
    return (await teller.get(incident.id)).generation, notice.generation


async def test_acknowledging_keeps_the_first_person(teller: Teller) -> None:
    incident = await teller.incident(death())
    first = await teller.db.write(incidents.acknowledge, incident.id, "U1", SOON)
    second = await teller.db.write(incidents.acknowledge, incident.id, "U2", NOW + HOUR)
    assert first == second
    assert first is not None
    assert (first.phase, first.acknowledged_by, first.acknowledged_at) == (Phase.ACKNOWLEDGED, "U1", SOON)
    assert await generations(teller, incident) == (2, 2)


async def test_a_resolved_incident_is_not_acknowledged(teller: Teller) -> None:
    incident = await teller.incident(death())
    resolved = await teller.db.write(incidents.resolve, incident.id, "U1", Resolution.BY_PERSON, SOON)
    assert resolved is not None
    assert await teller.db.write(incidents.acknowledge, incident.id, "U2", SOON) == resolved
    assert (resolved.phase, resolved.resolved_by, resolved.resolved_at) == (Phase.RESOLVED, "U1", SOON)


async def test_the_first_resolution_stays(teller: Teller) -> None:
    incident = await teller.incident(death())
    await teller.db.write(incidents.resolve, incident.id, "U1", Resolution.BY_PERSON, SOON)
    after = await teller.db.write(incidents.resolve, incident.id, "U2", Resolution.QUIET, NOW + HOUR)
    assert after is not None
    assert (after.resolved_by, after.resolution) == ("U1", Resolution.BY_PERSON)
    assert await generations(teller, incident) == (2, 2)


async def test_feedback_resolves_as_not_an_oom(teller: Teller) -> None:
    incident = await teller.incident(death())
    for user in ("U1", "U1", "U2"):
        told = await teller.db.write(incidents.feedback, incident.id, user, SOON)
        assert told is not None
        assert (told.resolution, told.resolved_by) == (Resolution.NOT_AN_OOM, "U1")


Step = Callable[..., Any]


@pytest.mark.parametrize(
    ("step", "more"),
    [
        pytest.param(incidents.acknowledge, ("U1", NOW), id="acknowledge"),
        pytest.param(incidents.resolve, ("U1", Resolution.BY_PERSON, NOW), id="resolve"),
        pytest.param(incidents.feedback, ("U1", NOW), id="feedback"),
    ],
)
async def test_an_unknown_incident_is_none(teller: Teller, step: Step, more: tuple[object, ...]) -> None:
    write: Callable[..., Awaitable[object]] = teller.db.write
    assert await write(step, 4711, *more) is None
    assert await teller.db.read(incidents.get, 4711) is None


async def test_quiet_ones_are_resolved(teller: Teller) -> None:
    quiet = await teller.incident(death(1, died_at=NOW - HOUR))
    lively = await teller.incident(death(2, group_key=key("billing"), died_at=NOW))
    assert await teller.db.write(incidents.resolve_quiet, NOW - MINUTE, SOON) == 1
    assert await teller.db.write(incidents.resolve_quiet, NOW - MINUTE, SOON) == 0
    assert (await teller.get(quiet.id)).resolution is Resolution.QUIET
    assert (await teller.get(lively.id)).is_unfinished
    assert await generations(teller, quiet) == (2, 2)


async def test_unfinished_ones_page_by_their_latest_kill(teller: Teller) -> None:
    for number in range(5):
        await teller.tell(death(number, group_key=key(f"s{number}"), died_at=NOW + number * MINUTE))
    done = await teller.incident(death(9, group_key=key("done")))
    await teller.db.write(incidents.resolve, done.id, "U1", Resolution.BY_PERSON, NOW)
    pages = [await teller.db.read(incidents.unfinished, 2, offset) for offset in (0, 2, 4)]
    names = [[one.group_key.name for one in page] for page in pages]
    assert names == [["s4", "s3"], ["s2", "s1"], ["s0"]]
    assert await teller.db.read(incidents.count_unfinished) == 5


async def test_of_subject_gives_all_its_containers_and_concerns(teller: Teller) -> None:
    teller.counts = is_trouble
    await teller.tell(death(1, container="app"), death(1, container="web"))
    await teller.tell(death(2, container="app", verdict=Verdict.FAILURE))
    await teller.tell(death(3, group_key=key("other")))
    await teller.tell(death(4, group_key=key(kind=OwnerKind.FAMILY)))
    found = await teller.db.read(incidents.of_subject, Subject.of(key()))
    assert sorted((one.group_key.container, one.verdict.value) for one in found) == [
        ("app", "failure"),
        ("app", "oom"),
        ("web", "oom"),
    ]
