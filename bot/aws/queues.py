"""Queues: what waits in an SQS queue, and where its dead letters go. Reading only."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.aws.calls import Calls
from bot.aws.queue_reach import QueueReach
from bot.domain.aws.queue import Queue

POLL_S = 20  # the longest that SQS waits
BATCH = 10  # the most that it gives at once


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message as received; `receipt` deletes it as long as nobody received it again."""

    id: str
    receipt: str
    body: str
    sent_at: datetime | None


async def receive(polls: Calls, queue: Queue, reach: QueueReach, *, wait_s: int = POLL_S) -> list[Parcel]:
    """Up to ten messages, hidden from others for the queue's visibility timeout. Raises an AwsTrouble."""
    answer = await reach.ask(
        polls,
        "receive_message",
        QueueUrl=queue.url,
        MaxNumberOfMessages=BATCH,
        WaitTimeSeconds=wait_s,
        MessageSystemAttributeNames=["SentTimestamp"],
    )
    return [_parcel(message) for message in answer.get("Messages", ())]


async def dead_letter_url(calls: Calls, queue: Queue, reach: QueueReach) -> str | None:
    """The URL of the queue's dead-letter queue, None where it has none. Raises an AwsTrouble."""
    answer = await reach.ask(
        calls, "get_queue_attributes", QueueUrl=queue.url, AttributeNames=["RedrivePolicy"]
    )
    arn = _dead_letter_arn(answer.get("Attributes", {}).get("RedrivePolicy", ""))
    if len(arn) != 6:
        return None
    found = await reach.ask(calls, "get_queue_url", QueueName=arn[5], QueueOwnerAWSAccountId=arn[4])
    return str(found["QueueUrl"])


def _parcel(message: Mapping[str, Any]) -> Parcel:
    sent = str(message.get("Attributes", {}).get("SentTimestamp", ""))
    return Parcel(
        id=str(message["MessageId"]),
        receipt=str(message["ReceiptHandle"]),
        body=str(message.get("Body", "")),
        sent_at=datetime.fromtimestamp(int(sent) / 1000, UTC) if sent.isdigit() else None,
    )


def _dead_letter_arn(policy: str) -> list[str]:
    try:
        return str(json.loads(policy or "{}").get("deadLetterTargetArn", "")).split(":")
    except (ValueError, AttributeError):
        return []
