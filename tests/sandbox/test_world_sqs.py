"""SQS as boto3 meets it: long polling, hiding, coming back, dead letters, and what SNS and EventBridge put in."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.aws.sns import TOPIC_ARN
from sandbox.aws.world import World
from sandbox.clock import ManualClock

Boto = Callable[[str], Any]


class Sqs:
    """boto3's client, off the loop."""

    def __init__(self, aws: Boto) -> None:
        self._client = aws("sqs")

    async def ask(self, operation: str, **arguments: Any) -> dict[str, Any]:
        """One call."""
        answer = await asyncio.to_thread(getattr(self._client, operation), **arguments)
        return dict(answer)

    async def make(self, name: str, **attributes: str) -> str:
        """A queue's URL."""
        return str((await self.ask("create_queue", QueueName=name, Attributes=attributes))["QueueUrl"])

    async def bodies(self, url: str, **arguments: Any) -> list[str]:
        """What one call receives."""
        answer = await self.ask("receive_message", QueueUrl=url, MaxNumberOfMessages=10, **arguments)
        return [message["Body"] for message in answer.get("Messages", [])]


@pytest.fixture
def sqs(aws: Boto) -> Sqs:
    """SQS's client."""
    return Sqs(aws)


async def test_a_message_hides_until_its_time_is_up_and_then_comes_back(sqs: Sqs, clock: ManualClock) -> None:
    url = await sqs.make("oom", VisibilityTimeout="60")
    await sqs.ask("send_message", QueueUrl=url, MessageBody="killed")
    assert await sqs.bodies(url) == ["killed"]
    await clock.advance(59)
    assert await sqs.bodies(url) == []
    await clock.advance(1)
    assert await sqs.bodies(url) == ["killed"]


async def test_only_the_newest_receipt_deletes(sqs: Sqs, clock: ManualClock) -> None:
    url = await sqs.make("oom")
    await sqs.ask("send_message", QueueUrl=url, MessageBody="killed")
    [first] = (await sqs.ask("receive_message", QueueUrl=url))["Messages"]
    await clock.advance(31)
    [second] = (await sqs.ask("receive_message", QueueUrl=url))["Messages"]
    for received, left in ((first, "1"), (second, "0")):
        await sqs.ask("delete_message", QueueUrl=url, ReceiptHandle=received["ReceiptHandle"])
        told = await sqs.ask("get_queue_attributes", QueueUrl=url, AttributeNames=["All"])
        assert told["Attributes"]["ApproximateNumberOfMessagesNotVisible"] == left
    with pytest.raises(ClientError, match="ReceiptHandleIsInvalid"):
        await sqs.ask("delete_message", QueueUrl=url, ReceiptHandle="nonsense")


async def test_a_long_poll_ends_when_a_message_comes(sqs: Sqs, world: World) -> None:
    url = await sqs.make("oom")
    polling = asyncio.create_task(sqs.bodies(url, WaitTimeSeconds=20))
    await asyncio.sleep(0.05)
    assert not polling.done()
    world.sqs.send(world.sqs.queues["oom"], "killed")
    assert await polling == ["killed"]


async def test_what_is_received_too_often_becomes_a_dead_letter(sqs: Sqs, clock: ManualClock) -> None:
    grave = await sqs.make("dead")
    policy = {"deadLetterTargetArn": "arn:aws:sqs:eu-west-1:123456789012:dead", "maxReceiveCount": 2}
    url = await sqs.make("oom", RedrivePolicy=json.dumps(policy))
    await sqs.ask("send_message", QueueUrl=url, MessageBody="poison")
    for _ in range(3):
        await sqs.bodies(url)
        await clock.advance(30)
    assert await sqs.bodies(url) == []
    assert await sqs.bodies(grave) == ["poison"]


async def test_batches(sqs: Sqs) -> None:
    url = await sqs.make("oom")
    entries = [{"Id": str(n), "MessageBody": f"kill {n}"} for n in range(3)]
    await sqs.ask("send_message_batch", QueueUrl=url, Entries=entries)
    received = (await sqs.ask("receive_message", QueueUrl=url, MaxNumberOfMessages=10))["Messages"]
    handles = [{"Id": str(n), "ReceiptHandle": one["ReceiptHandle"]} for n, one in enumerate(received)]
    answer = await sqs.ask(
        "delete_message_batch",
        QueueUrl=url,
        Entries=[*handles[:2], {"Id": "bad", "ReceiptHandle": "nonsense"}],
    )
    assert [one["Id"] for one in answer["Successful"]] == ["0", "1"]
    assert [(one["Id"], one["Code"]) for one in answer["Failed"]] == [("bad", "ReceiptHandleIsInvalid")]


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        pytest.param("receive_message", {"MaxNumberOfMessages": 11}, id="more than ten at once"),
        pytest.param("receive_message", {"WaitTimeSeconds": 21}, id="a poll of more than twenty seconds"),
        pytest.param("send_message", {"MessageBody": "x" * 1_048_577}, id="more than a mebibyte"),
        pytest.param("receive_message", {"QueueUrl": "http://127.0.0.1/1/none"}, id="a queue that is none"),
    ],
)
async def test_refused(sqs: Sqs, operation: str, arguments: dict[str, Any]) -> None:
    url = await sqs.make("oom")
    with pytest.raises(ClientError):
        await sqs.ask(operation, **{"QueueUrl": url, **arguments})


@pytest.mark.parametrize("raw", [pytest.param(False, id="in SNS's envelope"), pytest.param(True, id="raw")])
async def test_sns_and_eventbridge_put_messages_in(sqs: Sqs, world: World, aws: Boto, raw: bool) -> None:
    url = await sqs.make("oom")
    await asyncio.to_thread(
        aws("sns").subscribe,
        TopicArn=TOPIC_ARN,
        Protocol="sqs",
        Endpoint=world.sqs.queues["oom"].arn,
        Attributes={"RawMessageDelivery": str(raw).lower()},
    )
    message_id = world.sns.publish(TOPIC_ARN, '{"detail-type": "ECS Task State Change"}')
    [body] = await sqs.bodies(url, WaitTimeSeconds=20)
    if raw:
        assert json.loads(body) == {"detail-type": "ECS Task State Change"}
        return
    envelope = json.loads(body)
    assert (envelope["Type"], envelope["TopicArn"]) == ("Notification", TOPIC_ARN)
    assert envelope["MessageId"] == message_id
    assert json.loads(envelope["Message"]) == {"detail-type": "ECS Task State Change"}


async def test_eventbridge_has_the_queue_as_a_target(sqs: Sqs, world: World) -> None:
    url = await sqs.make("oom")
    world.event_queues.append(world.sqs.queues["oom"].arn)
    world.ecs.stop(next(iter(world.ecs.tasks.values())), "UserInitiated", "test")
    [body, *_] = await sqs.bodies(url, WaitTimeSeconds=20)
    assert json.loads(body)["detail-type"] == "ECS Task State Change"
