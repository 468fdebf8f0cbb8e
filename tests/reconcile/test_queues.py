"""Queues: what lies in one is recorded once and deleted after; what nobody can read is put aside, with the reason."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.aws.message import read_message
from bot.reconcile.loop import Loop
from bot.store import confirmations, deliveries, lookups
from bot.store.database import Database
from bot.store.deliveries import Delivery
from bot.store.ledger import Rules
from sandbox.aws.sns import TOPIC_ARN
from tests.reconcile.cloud import Cloud
from tests.reconcile.pulling import WEEK, Mailroom, alerts, bodies, take

MESSAGE_ID = "7c6a3d0e-2f3b-4f1c-9f0e-2b6f1d7e8a90"


def envelope(message: str, **changes: Any) -> dict[str, Any]:
    """What SNS puts into a queue unless the subscription is raw."""
    return {
        "Type": "Notification",
        "MessageId": MESSAGE_ID,
        "TopicArn": TOPIC_ARN,
        "Message": message,
        "Timestamp": "2026-11-21T03:00:04.123Z",
        "SignatureVersion": "1",
        "Signature": "nobody looks at it",
        "SigningCertURL": "https://sns.eu-west-1.amazonaws.com/x.pem",
        **changes,
    }


@pytest.mark.parametrize(
    "is_wrapped",
    [pytest.param(True, id="in SNS's envelope"), pytest.param(False, id="raw from SNS or from EventBridge")],
)
async def test_a_kill_is_recorded_and_then_deleted(aws: Cloud, is_wrapped: bool) -> None:
    room = Mailroom(aws)
    task_arn = await aws.kill()
    event = json.dumps(aws.events[-1])
    room.put(envelope(event) if is_wrapped else event)
    assert await take(room.poller())
    [kill] = await aws.kills()
    assert (kill.death.task_arn, kill.recovered) == (task_arn, False)
    assert bodies(room.queue) == bodies(room.grave) == []


async def test_a_sentence_is_looked_up(aws: Cloud) -> None:
    room = Mailroom(aws)
    task_arn = await aws.kill()
    room.put(f"\"Task '{task_arn}' was stopped due to OutOfMemory.\"")
    await take(room.poller())
    assert await aws.stage.db.read(lookups.due, aws.stage.clock())
    await aws.look_up()
    assert [kill.death.task_arn for kill in await aws.kills()] == [task_arn]


async def test_what_came_over_https_before_is_a_duplicate(aws: Cloud) -> None:
    room = Mailroom(aws)
    await aws.kill()
    event, now = json.dumps(aws.events[-1]), aws.stage.clock()
    await deliveries.record(
        aws.stage.db,
        Delivery(TOPIC_ARN, MESSAGE_ID, now),
        read_message(event, now=now),
        now,
        Rules(counts=aws.stage.routes.counts, reopen_within=WEEK),
    )
    room.put(envelope(event))
    await take(room.poller())
    assert (room.counted("duplicate"), room.counted("recorded")) == (1, 0)
    assert len(await aws.kills()) == 1
    assert bodies(room.queue) == []


async def test_many_messages_of_one_stop_are_one_kill(aws: Cloud) -> None:
    room = Mailroom(aws)
    await aws.kill()
    for event in [*aws.events, *reversed(aws.events)]:
        room.put(event)
    await take(room.poller())
    assert len(await aws.kills()) == 1
    assert bodies(room.queue) == []


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param("not even JSON", "no event", id="a text that names no task"),
        pytest.param('{"detail-type": ', "broken", id="JSON that breaks off"),
        pytest.param('{"hello": "world"}', "no event", id="JSON of something else"),
        pytest.param("[" * 5000, "broken", id="nested too deep"),
        pytest.param("x" * (2**20), "no event", id="as long as SQS allows"),
        pytest.param(envelope("{}", TopicArn=TOPIC_ARN + "-x"), "SNS_TOPIC_ARNS", id="a topic not listed"),
        pytest.param(envelope("{}", MessageId="1"), "MessageId", id="an envelope that SNS never wrote"),
        pytest.param(envelope("{}", Message={}), "without a message", id="a message that is no text"),
    ],
)
async def test_poison_is_put_aside_with_the_reason(aws: Cloud, body: object, reason: str) -> None:
    room = Mailroom(aws)
    room.put(body)
    room.put({"detail-type": "ECS Task State Change", "id": "1", "detail": {"lastStatus": "RUNNING"}})
    await take(room.poller())
    assert bodies(room.queue) == []
    [why] = room.reasons()
    assert reason in why
    assert room.counted("poison") == 1
    assert room.counted("recorded") == 1  # an event that tells of nothing bad is no poison


async def test_without_dead_letters_the_operators_hear_once(aws: Cloud) -> None:
    room = Mailroom(aws, with_grave=False)
    room.put("not even JSON")
    poller = room.poller()
    for _ in range(3):
        await take(poller)
        await aws.stage.clock.sleep(31)
    assert bodies(room.queue) == ["not even JSON"]
    [(summary, _, count)] = await aws.stage.db.read(alerts)
    assert ("no dead-letter queue" in summary, count) == (True, 1)


async def test_store_down_then_up(aws: Cloud, store_url: str) -> None:
    """Nothing is deleted while nothing can be written; a new process takes it in."""
    room = Mailroom(aws)
    task_arn = await aws.kill()
    room.put(aws.events[-1])
    poller = room.poller()
    await aws.stage.db.close()
    assert not await take(poller)
    assert (room.counted("unavailable"), len(bodies(room.queue))) == (1, 1)
    aws.stage.db = Database.open(store_url)
    aws.stage.bench = replace(aws.stage.bench, db=aws.stage.db)
    await aws.stage.clock.sleep(31)
    await take(room.poller())
    assert [kill.death.task_arn for kill in await aws.kills()] == [task_arn]
    assert bodies(room.queue) == []
    await aws.stage.db.close()


async def test_while_the_store_is_down_the_queue_is_left_alone(aws: Cloud) -> None:
    """SQS would bury a message that is taken too often."""
    room = Mailroom(aws)
    await aws.kill()
    room.put(aws.events[-1])
    poller = room.poller()
    await aws.stage.db.close()
    for _ in range(5):
        assert not await take(poller)
        await aws.stage.clock.sleep(400)
    assert aws.asked("sqs:ReceiveMessage") == 1


async def test_what_a_dead_process_had_taken_comes_back(aws: Cloud) -> None:
    room = Mailroom(aws)
    await aws.kill()
    room.put(aws.events[-1])
    [taken] = await aws.world.sqs.receive(room.queue, 10, 0)  # and then it died
    assert taken.receives == 1
    await aws.stage.clock.sleep(31)
    await take(room.poller())
    assert len(await aws.kills()) == 1
    assert bodies(room.queue) == []


async def test_what_could_not_be_deleted_is_a_duplicate_next_time(aws: Cloud) -> None:
    room = Mailroom(aws)
    await aws.kill()
    room.put(aws.events[-1])
    poller = room.poller()
    aws.world.faults.deny("sqs:DeleteMessageBatch")
    await take(poller)
    assert len(bodies(room.queue)) == 1
    aws.world.faults.clear()
    await aws.stage.clock.sleep(31)
    await take(poller)
    assert (room.counted("recorded"), room.counted("duplicate"), bodies(room.queue)) == (1, 1, [])
    assert len(await aws.kills()) == 1


async def test_a_missing_permission_is_told_once_and_asked_for_again(aws: Cloud) -> None:
    room = Mailroom(aws)
    await aws.kill()
    room.put(aws.events[-1])
    poller = room.poller()
    aws.world.faults.deny("sqs:ReceiveMessage")
    for _ in range(4):
        assert not await take(poller)
        await aws.stage.clock.sleep(120)
    [(summary, _, count)] = await aws.stage.db.read(alerts)
    assert ("sqs:ReceiveMessage" in summary, count) == (True, 1)
    aws.world.faults.clear()
    await aws.stage.clock.sleep(300)
    await take(poller)
    assert len(await aws.kills()) == 1


async def test_a_topic_of_another_account_asks_the_queue_to_confirm(aws: Cloud) -> None:
    room = Mailroom(aws)
    room.put(envelope("You have chosen …", Type="SubscriptionConfirmation", Token="2336412f37"))
    await take(room.poller())
    assert await aws.stage.db.read(confirmations.due, aws.stage.clock())
    assert bodies(room.queue) == []


async def test_a_stop_does_not_wait_for_the_poll(aws: Cloud) -> None:
    """The world's clock stands still: the poll would never end."""
    poller = Mailroom(aws).poller()
    loop = Loop("queue", poller.one_pass, clock=aws.stage.clock, idle_s=0.1)
    with capture_logs() as logs:
        loop.start()
        await loop.stop(within_s=60)
    assert logs == []


async def test_an_event_sent_twice_by_eventbridge_is_one_delivery(aws: Cloud) -> None:
    room = Mailroom(aws)
    await aws.kill()
    for _ in range(2):
        room.put(aws.events[-1])
    await take(room.poller())
    assert (room.counted("recorded"), room.counted("duplicate")) == (1, 1)


async def test_what_comes_by_a_poll_that_outlives_its_loop_is_taken_in(aws: Cloud) -> None:
    """A process that takes over new settings: SQS would hide the message from the next poller for half a minute."""
    room = Mailroom(aws)
    await aws.kill()
    poller = room.poller()
    loop = Loop("queue", poller.one_pass, clock=aws.stage.clock, idle_s=0.1).ending_with(poller.finish)
    loop.start()
    async with asyncio.timeout(60):
        while poller._poll is None:  # noqa: ASYNC110 nothing tells that it has begun
            await asyncio.sleep(0.01)
    await loop.stop(within_s=60)
    room.put(aws.events[-1])
    await loop.finish()
    assert (len(await aws.kills()), bodies(room.queue)) == (1, [])
