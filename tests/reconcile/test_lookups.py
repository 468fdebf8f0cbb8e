"""Lookups: of a task that a sentence named, ECS tells the rest; whatever it says, the kill is told once."""

from datetime import timedelta
from typing import Literal

import pytest

from bot.domain.kills.verdict import Confidence, Verdict
from bot.domain.subject.group_key import OwnerKind
from bot.store import lookups
from sandbox.aws.arns import arn, new_id
from sandbox.aws.tasks import OOM_REASON
from tests.reconcile.cloud import Cloud


async def test_ecs_tells_which_container_of_which_service(aws: Cloud) -> None:
    task_arn = await aws.kill()
    recorded = await aws.tell_in_words(task_arn)
    assert recorded.incident_ids == ()
    await aws.look_up()
    [kill] = await aws.kills()
    key = kill.death.group_key
    assert (key.kind, key.name, key.container) == (OwnerKind.SERVICE, "checkout-api", "api")
    assert (kill.death.task_arn, kill.death.exit_code) == (task_arn, 137)
    assert (kill.death.verdict, kill.death.confidence) == (Verdict.OOM, Confidence.CERTAIN)
    assert kill.death.limits.task_mib == 1024
    await aws.look_up(after=600)
    assert aws.asked("ecs:DescribeTasks") == 1


async def test_a_sentence_that_comes_again_is_looked_up_once(aws: Cloud) -> None:
    task_arn = await aws.kill()
    for _ in range(2):
        await aws.tell_in_words(task_arn)
    await aws.look_up()
    await aws.tell_in_words(task_arn)
    await aws.look_up()
    assert len(await aws.kills()) == 1
    assert aws.asked("ecs:DescribeTasks") == 1


async def test_of_a_task_that_ecs_forgot_the_alert_tells_the_arn(aws: Cloud) -> None:
    task_arn = arn("ecs", f"task/prod/{new_id()}")
    await aws.tell_in_words(task_arn)
    await aws.look_up()
    [kill] = await aws.kills()
    assert (kill.death.group_key.kind, kill.death.container) == (OwnerKind.TASK, "")
    assert kill.death.confidence is Confidence.LIKELY
    await aws.stage.passes()
    [alert] = aws.stage.roots()
    assert kill.death.group_key.name[:8] in alert.text


@pytest.mark.parametrize(
    ("action", "task"),
    [
        pytest.param("ecs:DescribeTasks", "task/prod/{}", id="the role lacks a permission"),
        pytest.param("", "task/somebody-elses/{}", id="the cluster is none of ours"),
    ],
)
async def test_what_asking_again_cannot_mend_is_told_at_once(aws: Cloud, action: str, task: str) -> None:
    if action:
        aws.world.faults.deny(action)
    await aws.tell_in_words(arn("ecs", task.format(new_id())))
    await aws.look_up()
    assert len(await aws.kills()) == 1
    await aws.look_up(after=7200)
    assert aws.asked("ecs:DescribeTasks") == 1


@pytest.mark.parametrize(
    "named",
    [
        pytest.param(f"arn:aws:ecs:-:123456789012:task/prod/{new_id()}", id="a region that is none"),
        pytest.param(arn("ecs", "cluster/prod"), id="no task at all"),
    ],
)
async def test_nonsense_is_told_without_asking_aws(aws: Cloud, named: str) -> None:
    now = aws.stage.clock()
    await aws.stage.db.write(lookups.add, named, now, now)
    await aws.look_up()
    assert [kill.death.task_arn for kill in await aws.kills()] == [named]
    assert aws.asked("ecs:DescribeTasks") == 0


async def test_throttled_for_a_moment(aws: Cloud) -> None:
    aws.world.faults.throttle("ecs:DescribeTasks", times=3)  # boto3 itself tries three times
    await aws.tell_in_words(await aws.kill())
    await aws.look_up()
    assert await aws.kills() == []
    await aws.look_up(after=2)
    [kill] = await aws.kills()
    assert kill.death.container == "api"


async def test_throttled_for_minutes_the_alert_comes_first_and_its_details_later(aws: Cloud) -> None:
    task_arn = await aws.kill()
    await aws.tell_in_words(task_arn)
    aws.world.faults.throttle("ecs:DescribeTasks")
    await aws.look_up()
    await aws.look_up(after=120)
    [bare] = await aws.kills()
    assert bare.death.group_key.kind is OwnerKind.TASK
    aws.world.faults.clear()
    await aws.look_up(after=600)
    [kill] = await aws.kills()
    assert (kill.death.group_key.name, kill.death.container) == ("checkout-api", "api")


@pytest.mark.parametrize("answers", [False, True], ids=["still throttled then", "it answers again then"])
async def test_throttled_until_ecs_forgot_the_task(aws: Cloud, answers: bool) -> None:
    aws.world.faults.throttle("ecs:DescribeTasks")
    await aws.tell_in_words(await aws.kill())
    await aws.look_up()
    if answers:
        aws.world.faults.clear()
    await aws.look_up(after=3700)
    [kill] = await aws.kills()
    assert kill.death.group_key.kind is OwnerKind.TASK
    assert not await aws.stage.db.read(lookups.due, aws.stage.clock() + timedelta(days=1))


@pytest.mark.parametrize("when", ["before the sentence", "before the lookup", "after the lookup"])
@pytest.mark.parametrize("ecs", ["ECS knows", "ECS forgot"])
async def test_a_full_event_of_the_same_task_makes_no_second_kill(
    aws: Cloud, when: str, ecs: Literal["ECS knows", "ECS forgot"]
) -> None:
    task_arn = await aws.kill()
    if ecs == "ECS forgot":
        del aws.world.ecs.tasks[task_arn]
    if when == "before the sentence":
        await aws.tell_whole()
    await aws.tell_in_words(task_arn)
    if when == "before the lookup":
        await aws.tell_whole()
    await aws.look_up()
    if when == "after the lookup":
        await aws.tell_whole()
    [kill] = await aws.kills()
    assert (kill.death.group_key.name, kill.death.container) == ("checkout-api", "api")
    assert kill.death.confidence is Confidence.CERTAIN


@pytest.mark.parametrize(
    "meanwhile",
    [
        pytest.param("sentence", id="its sidecar was killed first"),
        pytest.param("event", id="the full event came first"),
        pytest.param("lease", id="the full event comes while the look-up is leased"),
    ],
)
async def test_of_a_task_that_is_known_another_container_is_killed(aws: Cloud, meanwhile: str) -> None:
    task = aws.task_of("image-resizer")
    aws.world.ecs.kill(task, task.container("log-router"))
    if meanwhile == "event":
        await aws.tell_whole()
    await aws.tell_in_words(task.arn)
    if meanwhile == "lease":
        leased = await aws.stage.db.write(
            lookups.lease, "slow", aws.stage.clock(), limit=9, lease_for=timedelta(minutes=1)
        )
        await aws.tell_whole()
    else:
        await aws.look_up()
        assert [kill.death.container for kill in await aws.kills()] == ["log-router"]
    aws.world.ecs.kill(task, task.container("resizer"))
    await aws.stage.clock.sleep(4)
    await aws.tell_in_words(task.arn)
    if meanwhile == "lease":
        assert [await aws.stage.db.write(lookups.done, one) for one in leased] == [False]
    await aws.look_up()
    await aws.look_up(after=240)
    assert {kill.death.container for kill in await aws.kills()} == {"log-router", "resizer"}
    assert not await aws.stage.db.read(lookups.due, aws.stage.clock() + timedelta(days=1))


async def test_while_a_task_stops_its_other_container_is_killed_without_a_word(aws: Cloud) -> None:
    task = aws.task_of("image-resizer")
    aws.world.ecs.kill(task, task.container("resizer"))
    await aws.stage.clock.sleep(1)
    router = task.container("log-router")
    task.status, router.status, router.exit_code = "STOPPING", "RUNNING", None
    await aws.tell_in_words(task.arn)
    await aws.look_up()
    assert [kill.death.container for kill in await aws.kills()] == ["resizer"]
    router.status, router.exit_code, router.reason = "STOPPED", 137, OOM_REASON
    task.version += 1
    await aws.look_up(after=20)
    assert {kill.death.container for kill in await aws.kills()} == {"log-router", "resizer"}


async def test_a_task_on_which_nothing_ended_was_named_for_something_else(aws: Cloud) -> None:
    successor = aws.task_of("search")
    await aws.tell(f"Task {await aws.kill()} was OOM-killed, {successor.arn} takes its place")
    await aws.look_up()
    await aws.look_up(after=300)
    [kill] = await aws.kills()
    assert kill.death.container == "api"
    assert not await aws.stage.db.read(lookups.due, aws.stage.clock() + timedelta(days=1))


async def test_a_worker_that_died_at_it_is_followed_by_the_next(aws: Cloud) -> None:
    await aws.tell_in_words(await aws.kill())
    now, minute = aws.stage.clock(), timedelta(minutes=1)
    await aws.stage.db.write(lookups.lease, "dead", now, limit=9, lease_for=minute)
    await aws.look_up(after=59)
    assert await aws.kills() == []
    await aws.look_up(after=1)
    assert len(await aws.kills()) == 1
