"""Writing to queues: delete what is done with, put aside what nobody can read; for bot.reconcile alone."""

from collections.abc import Sequence

from bot.aws.calls import Calls
from bot.aws.queue_reach import QueueReach
from bot.aws.queues import Parcel
from bot.domain.aws.queue import Queue

REASON = "OomGuardReason"
_LARGEST_BYTES = 1_000_000  # SQS takes 1,048,576 of body and attributes together


async def delete(calls: Calls, queue: Queue, reach: QueueReach, parcels: Sequence[Parcel]) -> list[str]:
    """Delete up to ten messages; what SQS says of those that it kept, which come again. Raises an AwsTrouble."""
    entries = [{"Id": str(n), "ReceiptHandle": parcel.receipt} for n, parcel in enumerate(parcels)]
    answer = await reach.ask(calls, "delete_message_batch", QueueUrl=queue.url, Entries=entries)
    return [f"{one.get('Code')}: {one.get('Message', '')}"[:200] for one in answer.get("Failed", ())]


async def put_aside(calls: Calls, dead_letters: str, reach: QueueReach, parcel: Parcel, reason: str) -> None:
    """Copy a message to the dead-letter queue at this URL, with the reason as an attribute. Raises an AwsTrouble.

    The end of one that leaves no room for the reason is cut off.
    """
    body = parcel.body.encode()[:_LARGEST_BYTES].decode(errors="ignore")
    attribute = {"DataType": "String", "StringValue": reason[:500]}
    await reach.ask(
        calls,
        "send_message",
        QueueUrl=dead_letters,
        MessageBody=body,
        MessageAttributes={REASON: attribute},
    )
