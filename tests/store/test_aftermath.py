"""Aftermaths: which kills count against a resize, and what they hurry; on both databases."""

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.diagnosis.diagnosis import Pattern
from bot.domain.plan.plan import ContainerChange
from bot.domain.resize.resize import ResizePhase, Spec
from bot.domain.resize.step import Finish, Wait
from bot.domain.sizing.calibration import Outcome
from bot.store import aftermath, lessons, resizes
from bot.store.leases import Claim
from bot.store.resizes import Held
from tests.domain.agreed import CHANGE, DAY, HOUR, MINUTE, NEW, NOW, OLD, OTHER, plan, spec
from tests.store.telling import Teller, death, key

WATCHED = {"new_revision_arn": NEW, "deploying_since": NOW, "phase": ResizePhase.WATCHING}
BY_TASK = replace(
    CHANGE,
    containers=(ContainerChange(name="app", old_memory_mib=None, new_memory_mib=None),),
    task_memory_mib=(512, 1024),
)


async def lease(teller: Teller) -> list[Held]:
    claim = Claim(owner="w", now=NOW, limit=9, lease_for=MINUTE)
    return await teller.db.write(resizes.lease, claim)


async def watch(teller: Teller, wanted: Spec | None = None) -> None:
    await teller.db.write(resizes.request, wanted or spec(id=0), "V1", NOW)
    [held] = await lease(teller)
    step = Wait(replace(held.resize.status, **WATCHED), NOW + DAY)  # type: ignore[arg-type]  # a status's fields
    await teller.db.write(resizes.settle, held, step, NOW)


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)  # the others here run it on both
@pytest.mark.parametrize(
    ("change", "killed", "counted"),
    [
        pytest.param(CHANGE, {"task_definition_arn": NEW}, 1, id="on the new revision"),
        pytest.param(CHANGE, {"task_definition_arn": OTHER}, 1, id="on a later one that keeps the size"),
        pytest.param(CHANGE, {"task_definition_arn": OLD}, 0, id="on the old one, that still runs beside it"),
        pytest.param(CHANGE, {}, 0, id="nobody knows on which"),
        pytest.param(
            CHANGE, {"task_definition_arn": NEW, "died_at": NOW - MINUTE}, 0, id="before it was deployed"
        ),
        pytest.param(
            CHANGE, {"task_definition_arn": NEW, "container": "sidecar"}, 0, id="a container of old size"
        ),
        pytest.param(
            BY_TASK,
            {"task_definition_arn": NEW, "container": "sidecar"},
            1,
            id="any container, where the task's size changed",
        ),
        pytest.param(
            CHANGE, {"task_definition_arn": NEW, "group_key": key("billing")}, 0, id="another service"
        ),
    ],
)
async def test_which_kills_count(teller: Teller, change: Any, killed: dict[str, Any], counted: int) -> None:
    await watch(teller, spec(id=0, plan=plan(change=change)))
    await teller.tell(death(**{"died_at": NOW + MINUTE} | killed), at=NOW + 2 * MINUTE)
    found = await teller.db.read(resizes.get, 1)
    assert found is not None
    assert await teller.db.read(aftermath.kills_since, found) == counted


async def test_a_kill_has_the_watch_looked_at_now(teller: Teller) -> None:
    await watch(teller)
    assert await teller.db.read(aftermath.killed_again) == []
    await teller.tell(death(died_at=NOW + MINUTE, task_definition_arn=NEW), at=NOW + MINUTE)
    assert await teller.db.read(aftermath.killed_again) == [1]
    found = await teller.db.read(resizes.get, 1)
    assert found is not None
    assert await teller.db.read(aftermath.kills_since, found) == 1
    await teller.db.write(aftermath.hurry, [1])
    [held] = await lease(teller)
    await teller.db.write(resizes.settle, held, Wait(held.resize.status, NOW + DAY), NOW + HOUR)
    assert await teller.db.read(aftermath.killed_again) == []


async def test_lessons_are_what_became_of_raises(teller: Teller) -> None:
    await watch(teller, spec(id=0, pattern=Pattern.SPIKE))
    assert (await teller.db.read(lessons.outcomes, NOW + DAY)).outcomes == ()
    await teller.db.write(aftermath.hurry, [1])
    [held] = await lease(teller)
    enough = replace(held.resize.status, phase=ResizePhase.PROVEN, ended_at=NOW)
    await teller.db.write(resizes.settle, held, Finish(enough), NOW)
    learned = await teller.db.read(lessons.outcomes, NOW + DAY)
    assert learned.outcomes == (Outcome(pattern=Pattern.SPIKE, climbs=True, multiplier=2.0, held=True),)
