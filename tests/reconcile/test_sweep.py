"""The sweep: kills whose events were lost are found while ECS still knows of them, each once, and told once."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.store import kills, letterbox
from bot.store.ledger import Rules
from bot.store.letterbox import LetterBox
from sandbox.aws.tasks import OOM_REASON
from tests.reconcile.cloud import Cloud
from tests.reconcile.pulling import alerts, recovered, sweep, whole
from tests.store.letters import letter, read

MINUTE = 60


def killed(aws: Cloud) -> set[str]:
    """The tasks that ECS killed since, whether anybody heard of it or not."""
    return {
        event["detail"]["taskArn"]
        for event in aws.events
        for container in event["detail"]["containers"]
        if container.get("reason") == OOM_REASON
    }


async def recorded(aws: Cloud) -> list[str]:
    """The tasks whose kills are recorded."""
    return sorted(kill.death.task_arn for kill in await aws.kills())


async def test_the_bot_was_down_for_forty_minutes(aws: Cloud) -> None:
    await aws.kill()
    await aws.stage.clock.sleep(40 * MINUTE)
    await whole(sweep(aws))
    assert await recorded(aws) == sorted(killed(aws))
    assert set(await aws.stage.db.read(recovered)) == {True}
    [(summary, detail, count)] = await aws.stage.db.read(alerts)
    assert summary.startswith("Recovered ")
    assert "03:00" in summary
    assert summary.endswith("UTC that never arrived")
    assert "checkout-api: " in detail
    assert count == 1
    await aws.stage.passes()
    told = [
        json.dumps([root.blocks, root.attachments])
        for root in aws.stage.roots()
        if "Recovered" not in root.text
    ]
    assert any("checkout-api" in one and "recovered: its event never came" in one for one in told)
    assert sum("Recovered" in root.text for root in aws.stage.roots()) == 1


async def test_an_event_that_comes_later_is_the_same_kill(aws: Cloud) -> None:
    await aws.kill()
    await aws.stage.clock.sleep(3 * MINUTE)
    event = json.dumps(aws.events[2])
    await whole(sweep(aws))
    before = await recorded(aws)
    told = await aws.tell(event)
    assert told.new_kills == 0
    assert await recorded(aws) == before
    assert await aws.stage.db.read(recovered) == [True]


async def test_what_lies_in_the_letter_box_is_not_lost(aws: Cloud) -> None:
    box = LetterBox(aws.stage.db)
    task_arn = await aws.kill()
    await box.keep(letter(1, json.dumps(aws.events[2]), at=aws.stage.clock()))
    await aws.stage.clock.sleep(3 * MINUTE)
    one = sweep(aws)
    await whole(one)
    assert await recorded(aws) == []
    rules = Rules(counts=aws.stage.routes.counts, reopen_within=timedelta(days=7))
    await aws.stage.db.write(letterbox.record_due, 10, aws.stage.clock(), read, rules)
    await aws.stage.clock.sleep(5 * MINUTE)
    await whole(one)
    assert await recorded(aws) == [task_arn]
    assert await aws.stage.db.read(recovered) == [False]


async def test_an_event_may_still_be_on_its_way(aws: Cloud) -> None:
    task_arn = await aws.kill()
    one = sweep(aws)
    await whole(one)
    assert await recorded(aws) == []
    await aws.stage.clock.sleep(5 * MINUTE)
    await whole(one)
    assert task_arn in await recorded(aws)


async def test_what_an_event_told_is_not_recovered(aws: Cloud) -> None:
    task_arn = await aws.kill()
    await aws.tell_whole()
    await aws.stage.clock.sleep(3 * MINUTE)
    await whole(sweep(aws))
    assert await recorded(aws) == [task_arn]
    assert await aws.stage.db.read(recovered) == [False]
    assert await aws.stage.db.read(alerts) == []


async def test_what_was_told_by_its_task_alone_is_not_recovered(aws: Cloud) -> None:
    task_arn = await aws.kill()
    await aws.tell_in_words(task_arn)
    aws.world.faults.deny("ecs:DescribeTasks")
    await aws.look_up(after=3 * MINUTE)
    aws.world.faults.clear()
    await whole(sweep(aws))
    assert await recorded(aws) == [task_arn]
    assert await aws.stage.db.read(recovered) == [False]


async def test_what_newer_news_took_back_stays_taken_back(aws: Cloud) -> None:
    await aws.kill()
    await aws.tell_whole()
    await aws.tell(json.dumps(_taken_back(aws.events[-1])))
    assert await recorded(aws) == []
    await aws.stage.clock.sleep(3 * MINUTE)
    one = sweep(aws)
    for _ in range(2):
        await whole(one)
        await aws.stage.clock.sleep(5 * MINUTE)
    assert not killed(aws) & set(await recorded(aws))
    assert await aws.stage.db.read(alerts) == []


def _taken_back(event: dict[str, Any]) -> dict[str, Any]:
    """A later stage of the same stop, in which nothing ran out of memory."""
    news: dict[str, Any] = json.loads(json.dumps(event))
    news["detail"]["version"] += 5
    for container in news["detail"]["containers"]:
        container.pop("reason", None)
        container["exitCode"] = 0
    return news


async def test_each_is_told_once(aws: Cloud) -> None:
    await aws.kill()
    await aws.stage.clock.sleep(3 * MINUTE)
    one = sweep(aws)
    for _ in range(3):
        await whole(one)
        await aws.stage.clock.sleep(6 * MINUTE)
    found = await aws.stage.db.read(recovered)
    told = sum(int(summary.split()[1]) for summary, _, _ in await aws.stage.db.read(alerts))
    assert told == len(found)


async def test_a_process_that_dies_between_finding_and_telling(aws: Cloud) -> None:
    await aws.kill()
    await aws.stage.clock.sleep(3 * MINUTE)
    dying = sweep(aws)
    while not await aws.stage.db.read(recovered):
        assert await dying.one_pass()
    assert await aws.stage.db.read(alerts) == []
    await whole(sweep(aws))
    assert await aws.stage.db.read(recovered) == [True]
    [(summary, _, _)] = await aws.stage.db.read(alerts)
    assert summary.startswith("Recovered 1 kill at")


async def test_two_replicas_start_at_once(aws: Cloud) -> None:
    await aws.kill()
    await aws.stage.clock.sleep(3 * MINUTE)
    first, second = sweep(aws), sweep(aws, bench=replace(aws.stage.bench, worker="worker-2"))
    while any([await first.one_pass(), await second.one_pass()]):
        pass
    assert await aws.stage.db.read(recovered) == [True]
    assert len(await aws.stage.db.read(alerts)) == 1


async def test_replicas_take_turns(aws: Cloud) -> None:
    first, second = sweep(aws), sweep(aws)
    await whole(first)
    await whole(second)
    asked = aws.asked("ecs:ListTasks")
    await aws.stage.clock.sleep(5 * MINUTE)
    await whole(first)
    await whole(second)
    assert aws.asked("ecs:ListTasks") == asked + asked // 2


async def test_more_tasks_than_fit_on_a_page(aws: Cloud) -> None:
    ecs = aws.world.ecs
    task = ecs.tasks[await aws.kill()]
    for _ in range(120):
        one = ecs.start(task.cluster, task.definition, f"service:{task.service}", "")
        ecs.kill(one, one.container("api"))
    await aws.stage.clock.sleep(4 * MINUTE)
    await whole(sweep(aws))
    assert len(await aws.stage.db.read(recovered)) >= 121


@pytest.mark.parametrize(
    ("action", "advice"),
    [
        pytest.param("ecs:ListTasks", "ecs:ListTasks", id="stopped tasks may not be listed"),
        pytest.param("ecs:ListClusters", "ecs:ListClusters", id="clusters may not be listed"),
        pytest.param("ecs:DescribeTasks", "ecs:DescribeTasks", id="tasks may not be described"),
    ],
)
async def test_a_missing_permission_is_named_once(aws: Cloud, action: str, advice: str) -> None:
    await aws.kill()
    await aws.stage.clock.sleep(3 * MINUTE)
    aws.world.faults.deny(action)
    one = sweep(aws)
    for _ in range(3):
        await whole(one)
        await aws.stage.clock.sleep(5 * MINUTE)
    [(summary, _, count)] = await aws.stage.db.read(alerts)
    assert (advice in summary, count) == (True, 1)
    aws.world.faults.clear()
    await whole(one)
    assert True in await aws.stage.db.read(recovered)


async def test_throttled_the_next_sweep_makes_up_for_it(aws: Cloud) -> None:
    await aws.kill()
    await aws.stage.clock.sleep(3 * MINUTE)
    aws.world.faults.throttle("ecs:ListTasks")
    one = sweep(aws)
    await whole(one)
    assert await aws.stage.db.read(recovered) == []
    assert await aws.stage.db.read(alerts) == []
    aws.world.faults.clear()
    await aws.stage.clock.sleep(5 * MINUTE)
    await whole(one)
    assert True in await aws.stage.db.read(recovered)


@pytest.mark.parametrize(
    ("clusters", "is_found"),
    [
        pytest.param(["prod"], True, id="by name"),
        pytest.param(["arn:aws:ecs:eu-west-1:123456789012:cluster/prod"], True, id="by ARN"),
        pytest.param(["arn:aws:ecs:us-east-1:123456789012:cluster/prod"], False, id="in another region"),
        pytest.param(["arn:aws:ecs:eu-west-1:999999999999:cluster/prod"], False, id="in another account"),
        pytest.param(["prdo"], False, id="a slip of the pen"),
    ],
)
async def test_watched_clusters(aws: Cloud, clusters: list[str], is_found: bool) -> None:
    await aws.kill()
    await aws.stage.clock.sleep(3 * MINUTE)
    await whole(sweep(aws, clusters=clusters))
    assert bool(await aws.stage.db.read(recovered)) is is_found
    [(summary, _, _)] = await aws.stage.db.read(alerts)
    assert summary.startswith(
        "Recovered" if is_found else "WATCHED_CLUSTERS names clusters that do not exist"
    )


async def test_a_failure_is_no_kill(aws: Cloud) -> None:
    task = aws.world.ecs.tasks[next(iter(aws.world.ecs.tasks))]
    aws.world.ecs.end_container(task, task.containers[0], 1, None)
    await aws.stage.clock.sleep(3 * MINUTE)
    await whole(sweep(aws))
    assert await aws.stage.db.read(kills.by_task, task.arn) == []
