"""Deliveries: one stop that arrives as several events and several deliveries is one kill."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.incident.incident import Phase, Resolution
from bot.domain.kills.death import Death, Limits
from bot.domain.kills.verdict import Confidence, Verdict
from bot.domain.subject.group_key import OwnerKind
from bot.store import incidents, kills, lookups, notices
from tests.store.telling import DAY, HOUR, MINUTE, NOW, Teller, arn, death, is_trouble, key

EARLY: dict[str, Any] = {"verdict": Verdict.SUSPECTED_OOM, "task_version": 3, "task_stopped": False}
LATE: dict[str, Any] = {"verdict": Verdict.OOM, "task_version": 5, "exit_code": 137}


async def test_a_message_delivered_twice_counts_once(teller: Teller) -> None:
    first = await teller.tell(death(), message_id="the same")
    again = await teller.tell(death(2), message_id="the same")
    assert (first.duplicate, first.new_kills) == (False, 1)
    assert (again.duplicate, again.incident_ids, again.new_kills) == (True, (), 0)
    assert (await teller.get(first.incident_ids[0])).kill_count == 1


async def test_deliveries_at_the_same_moment_count_once(teller: Teller) -> None:
    told = await asyncio.gather(*(teller.tell(death(), message_id="the same") for _ in range(20)))
    assert sorted(one.duplicate for one in told) == [False] + [True] * 19


async def test_every_field_survives(teller: Teller) -> None:
    whole = death(
        task="f" * 32,
        confidence=Confidence.LIKELY,
        started_at=NOW - HOUR,
        exit_code=-9,
        task_version=7,
        task_definition_arn="arn:aws:ecs:eu-west-1:123456789012:task-definition/checkout:42",
        limits=Limits(container_mib=512, reservation_mib=256, task_mib=1024),
        launch_type="FARGATE",
        image="repo/checkout:1.2.3",
        image_digest="sha256:abc",
        started_by="ecs-svc/123",
        container_instance_arn="arn:aws:ecs:eu-west-1:123456789012:container-instance/prod/1",
        availability_zone="eu-west-1a",
        task_stopped=False,
    )
    told = await teller.tell(whole, at=NOW + MINUTE)
    (kill,) = await teller.db.read(kills.by_task, arn("f" * 32))
    assert kill.death == whole
    assert (kill.incident_id, kill.recorded_at) == (told.incident_ids[0], NOW + MINUTE)


async def test_kills_of_one_group_key_are_one_incident(teller: Teller) -> None:
    first = await teller.incident(death(1, died_at=NOW))
    await teller.tell(death(2, died_at=NOW + MINUTE))
    third = await teller.incident(death(3, died_at=NOW - MINUTE))
    other = await teller.incident(death(4, group_key=key("billing")))
    assert first.id == third.id != other.id
    assert (third.kill_count, third.generation) == (3, 3)
    assert (third.first_kill_at, third.last_kill_at) == (NOW - MINUTE, NOW + MINUTE)
    newest_first = await teller.db.read(kills.of_incident, third.id, 2)
    assert [kill.death.task_arn for kill in newest_first] == [arn(2), arn(1)]
    assert await teller.db.read(kills.count_since, third.group_key, NOW) == 2


async def test_two_containers_of_one_task_are_two_kills(teller: Teller) -> None:
    told = await teller.tell(death(container="app"), death(container="sidecar"))
    assert (told.new_kills, len(told.incident_ids)) == (2, 2)


async def test_a_later_stage_upgrades_and_fills_in(teller: Teller) -> None:
    early = await teller.incident(death(**EARLY, started_at=NOW - HOUR))
    late = await teller.incident(death(**LATE))
    (kill,) = await teller.db.read(kills.of_incident, early.id)
    assert (early.verdict, late.verdict, late.kill_count) == (Verdict.SUSPECTED_OOM, Verdict.OOM, 1)
    assert (kill.death.started_at, kill.death.exit_code) == (NOW - HOUR, 137)
    assert late.generation > early.generation


async def test_an_earlier_stage_that_comes_late_fills_in_only(teller: Teller) -> None:
    await teller.tell(death(**LATE))
    await teller.tell(death(**EARLY, started_at=NOW - HOUR))
    (kill,) = await teller.db.read(kills.by_task, arn())
    assert (kill.death.verdict, kill.death.started_at) == (Verdict.OOM, NOW - HOUR)


async def test_news_that_shows_nothing_new_wakes_nobody(teller: Teller) -> None:
    before = await teller.incident(death(task_version=3))
    after = await teller.incident(death(task_version=4))
    assert after.generation == before.generation


@pytest.mark.parametrize(
    ("second", "stays"),
    [
        pytest.param({"verdict": Verdict.OOM}, Verdict.OOM, id="the more severe of two without version"),
        pytest.param(
            {"verdict": Verdict.FAILURE}, Verdict.SUSPECTED_OOM, id="not the less severe without version"
        ),
        pytest.param(
            {"verdict": Verdict.SUSPECTED_OOM, "reason": "other words"},
            Verdict.SUSPECTED_OOM,
            id="the first of two equals",
        ),
        pytest.param({"verdict": Verdict.OOM, "task_version": 1}, Verdict.OOM, id="any version over none"),
    ],
)
async def test_without_versions_the_more_severe_is_true(
    teller: Teller, second: dict[str, Any], stays: Verdict
) -> None:
    await teller.tell(death(verdict=Verdict.SUSPECTED_OOM))
    await teller.tell(death(**second))
    (kill,) = await teller.db.read(kills.by_task, arn())
    assert kill.death.verdict is stays
    assert kill.death.reason == death().reason


@pytest.mark.parametrize("taken_back", [Verdict.NONE, Verdict.FAILURE])
async def test_the_only_kill_taken_back_retracts_the_incident(teller: Teller, taken_back: Verdict) -> None:
    before = await teller.incident(death(**EARLY))
    told = await teller.tell(death(verdict=taken_back, task_version=4))
    after = await teller.get(before.id)
    assert told.incident_ids == (before.id,)
    assert (after.kill_count, after.phase, after.resolution) == (0, Phase.RESOLVED, Resolution.RETRACTED)
    assert after.generation > before.generation
    assert await teller.db.read(kills.by_task, arn()) == []


async def test_one_of_two_kills_taken_back_leaves_the_other(teller: Teller) -> None:
    await teller.tell(death(1, died_at=NOW - HOUR, verdict=Verdict.OOM, task_version=1))
    await teller.tell(death(2, verdict=Verdict.SUSPECTED_OOM))
    incident = await teller.incident(death(1, verdict=Verdict.NONE, task_version=2))
    assert (incident.kill_count, incident.verdict, incident.phase) == (1, Verdict.SUSPECTED_OOM, Phase.OPEN)
    assert incident.first_kill_at == incident.last_kill_at == NOW


async def test_what_was_taken_back_stays_so_when_older_news_come_late(teller: Teller) -> None:
    await teller.tell(death(verdict=Verdict.NONE, task_version=9))
    told = await teller.tell(death(**EARLY))
    assert (told.new_kills, told.incident_ids) == (0, ())


async def test_a_kill_after_a_retraction_begins_anew(teller: Teller) -> None:
    before = await teller.incident(death(1, died_at=NOW - HOUR, task_version=1))
    await teller.tell(death(1, verdict=Verdict.NONE, task_version=2))
    after = await teller.incident(death(2, verdict=Verdict.SUSPECTED_OOM))
    assert (after.id, after.kill_count, after.first_kill_at) == (before.id, 1, NOW)
    assert (after.phase, after.reopened_count, after.verdict) == (Phase.OPEN, 1, Verdict.SUSPECTED_OOM)


async def test_better_knowledge_of_the_owner_moves_the_kill(teller: Teller) -> None:
    before = await teller.incident(death(**EARLY, group_key=key("unknown")))
    told = await teller.tell(death(**LATE))
    (moved,) = [one for one in told.incident_ids if one != before.id]
    assert told.new_kills == 0
    assert (await teller.get(before.id)).resolution is Resolution.RETRACTED
    assert (await teller.get(moved)).group_key == key()


def attempt(**more: Any) -> Death:
    """The death of a Batch job's attempt, as ECS tells it."""
    behind = key("etl-behind", "default", cluster="AWSBatch-ce-1", kind=OwnerKind.JOB)
    facts: dict[str, Any] = {"group_key": behind, "task_version": 8, "image_digest": "sha256:1"}
    return death(**facts | more)


def as_batch_tells_it(**more: Any) -> Death:
    """The same as the job's own event tells it."""
    facts: dict[str, Any] = {
        "group_key": key("etl", "default", cluster="nightly", kind=OwnerKind.JOB),
        "task_definition_arn": "arn:aws:batch:eu-west-1:123456789012:job-definition/etl:3",
        "started_by": "arn:aws:batch:eu-west-1:123456789012:job/7f",
        "task_version": 0,
    }
    return attempt(**facts | more)


@pytest.mark.parametrize(
    "arrivals",
    [
        pytest.param([attempt(), as_batch_tells_it()], id="ECS first"),
        pytest.param([as_batch_tells_it(), attempt()], id="Batch first"),
        pytest.param([attempt(task_version=5), as_batch_tells_it(), attempt()], id="between two stages"),
    ],
)
async def test_whose_a_batch_job_is_batch_knows_and_the_rest_ecs(
    teller: Teller, arrivals: list[Death]
) -> None:
    for told in arrivals:
        await teller.tell(told)
    (one,) = await teller.db.read(incidents.unfinished, 10)
    assert (one.group_key, one.kill_count) == (as_batch_tells_it().group_key, 1)
    (kill,) = await teller.db.read(kills.of_incident, one.id)
    assert kill.death == replace(as_batch_tells_it(), task_version=8, image_digest="sha256:1")


async def test_a_job_that_batch_calls_no_kill_stays_where_ecs_put_it(teller: Teller) -> None:
    await teller.tell(attempt())
    await teller.tell(as_batch_tells_it(verdict=Verdict.NONE))
    (one,) = await teller.db.read(incidents.unfinished, 10)
    assert one.group_key == attempt().group_key


async def test_failures_are_incidents_of_their_own_where_asked_for(teller: Teller) -> None:
    teller.counts = is_trouble
    failure = await teller.incident(death(1, verdict=Verdict.FAILURE))
    kill = await teller.incident(death(2))
    assert failure.id != kill.id
    assert failure.group_key == kill.group_key
    upgraded = await teller.tell(death(1, verdict=Verdict.OOM, task_version=2))
    assert set(upgraded.incident_ids) == {failure.id, kill.id}
    assert (await teller.get(kill.id)).kill_count == 2
    assert (await teller.get(failure.id)).kill_count == 0


async def test_a_task_known_by_arn_alone_is_replaced_by_its_first_full_news(teller: Teller) -> None:
    nameless = death(container="", group_key=key("the task", ""))
    before = await teller.incident(nameless)
    told = await teller.tell(death(container="app"), death(container="web", verdict=Verdict.NONE))
    (kill,) = await teller.db.read(kills.by_task, arn())
    assert (kill.death.container, told.new_kills) == ("app", 0)
    assert (await teller.get(before.id)).resolution is Resolution.RETRACTED
    again = await teller.tell(nameless)
    assert (again.new_kills, again.incident_ids) == (0, ())


async def test_an_ended_sidecar_of_a_living_task_settles_nothing(teller: Teller) -> None:
    await teller.tell(death(container="init", verdict=Verdict.NONE, task_stopped=False, task_version=2))
    told = await teller.tell(death(container="", group_key=key("the task", "")))
    assert told.new_kills == 1


async def test_a_task_to_look_up_is_asked_for_once(teller: Teller) -> None:
    await teller.tell(lookup_task_arns=(arn(),))
    await teller.tell(lookup_task_arns=(arn(),), at=NOW + MINUTE)
    await teller.tell(death(2))
    await teller.tell(lookup_task_arns=(arn(2),))
    leased = await teller.db.write(lookups.lease, "me", NOW + HOUR, limit=9, lease_for=HOUR)
    assert [(one.task_arn, one.published_at) for one in leased] == [(arn(), NOW)]


async def test_an_incident_resolved_lately_is_reopened(teller: Teller) -> None:
    before = await teller.incident(death(1))
    await teller.db.write(incidents.acknowledge, before.id, "U1", NOW)
    await teller.db.write(incidents.resolve, before.id, "U1", Resolution.NOT_AN_OOM, NOW)
    after = await teller.incident(death(2), at=NOW + HOUR)
    assert (after.id, after.phase, after.kill_count, after.reopened_count) == (before.id, Phase.OPEN, 2, 1)
    assert (after.reopened_at, after.resolved_at, after.resolution) == (NOW + HOUR, None, None)
    assert (after.acknowledged_by, after.acknowledged_at, after.resolved_by) == ("", None, "")
    assert len(await teller.db.write(notices.lease, "me", NOW + HOUR, limit=9, lease_for=HOUR)) == 1


async def test_an_incident_resolved_long_ago_stays_resolved(teller: Teller) -> None:
    before = await teller.incident(death(1))
    await teller.db.write(incidents.resolve, before.id, "U1", Resolution.BY_PERSON, NOW)
    after = await teller.incident(death(2), at=NOW + DAY + MINUTE)
    assert after.id != before.id
    assert (await teller.get(before.id)).phase is Phase.RESOLVED


async def test_values_from_outside_are_cut_and_never_refused(teller: Teller) -> None:
    hostile = death(
        task="x" * 5000,
        group_key=key("n" * 5000, "c\x00" * 3000, account="9" * 5000),
        container="c\x00" * 3000,
        reason="\ud800 lone \x00 " + "r" * 5000,
        exit_code=2**80,
        task_version=2**80,
        limits=Limits(container_mib=-(2**80)),
        image="i" * 5000,
    )
    first = await teller.tell(hostile)
    again = await teller.tell(replace(hostile, reason="later", exit_code=1))
    assert (first.new_kills, again.new_kills) == (1, 0)
    (kill,) = await teller.db.read(kills.of_incident, first.incident_ids[0])
    assert kill.death.group_key.name == "n" * 254 + "…"
    assert kill.death.reason.startswith("? lone � r")
    assert kill.death.exit_code == 2**63 - 1
