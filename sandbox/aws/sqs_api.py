"""SQS's API: what boto3's SQS client may ask."""

from collections.abc import Callable, Coroutine, Mapping
from hashlib import md5
from typing import Any

from sandbox.aws.errors import AwsError
from sandbox.aws.sqs import Message, Queue, Sqs
from sandbox.clock import Clock

Parameters = dict[str, Any]
_LARGEST_BYTES = 1_048_576  # of body and attributes together
_BATCH = 10


class SqsApi:
    """SQS's operations over the queues of the sandbox, as one account may call them."""

    def __init__(self, sqs: Sqs, clock: Clock, account: str) -> None:
        self._sqs = sqs
        self._clock = clock
        self._account = account

    def operations(
        self,
    ) -> Mapping[str, Callable[[Parameters], Parameters | Coroutine[Any, Any, Parameters] | None]]:
        """Operation name → function."""
        return {
            "CreateQueue": self._create,
            "GetQueueUrl": self._url,
            "GetQueueAttributes": self._attributes,
            "SendMessage": self._send,
            "SendMessageBatch": lambda asked: self._each(asked, self._send),
            "ReceiveMessage": self._receive,
            "DeleteMessage": self._delete,
            "DeleteMessageBatch": lambda asked: self._each(asked, self._delete),
            "ChangeMessageVisibility": self._change_visibility,
        }

    def _queue(self, asked: Parameters) -> Queue:
        for queue in self._sqs.queues.values():
            if queue.url == asked["QueueUrl"]:
                return self._open(queue)
        raise AwsError("QueueDoesNotExist", "The specified queue does not exist.")

    def _open(self, queue: Queue) -> Queue:
        if not queue.lets_in(self._account):
            raise AwsError("AccessDenied", f"Access to the resource {queue.url} is denied.", 403)
        return queue

    def _create(self, asked: Parameters) -> Parameters:
        return {"QueueUrl": self._sqs.create(asked["QueueName"], asked.get("Attributes"), self._account).url}

    def _url(self, asked: Parameters) -> Parameters:
        queue = self._sqs.named(asked.get("QueueOwnerAWSAccountId", self._account), asked["QueueName"])
        if queue is None:
            raise AwsError("QueueDoesNotExist", "The specified queue does not exist.")
        return {"QueueUrl": self._open(queue).url}

    def _attributes(self, asked: Parameters) -> Parameters:
        queue, now = self._queue(asked), self._clock.time()
        visible = sum(one.visible_at <= now for one in queue.messages.values())
        everything = {"VisibilityTimeout": str(queue.visibility_s)} | queue.attributes
        everything |= {
            "QueueArn": queue.arn,
            "ApproximateNumberOfMessages": str(visible),
            "ApproximateNumberOfMessagesNotVisible": str(len(queue.messages) - visible),
        }
        wanted = asked.get("AttributeNames", [])
        return {
            "Attributes": {
                name: value for name, value in everything.items() if "All" in wanted or name in wanted
            }
        }

    def _send(self, asked: Parameters) -> Parameters:
        body, attributes = asked["MessageBody"], asked.get("MessageAttributes", {})
        weight = len(body.encode()) + sum(
            len(f"{name}{value}".encode()) for name, value in attributes.items()
        )
        if not body or weight > _LARGEST_BYTES:
            raise AwsError(
                "InvalidParameterValue", "One or more parameters are invalid. Reason: Message size."
            )
        if len(attributes) > 10:
            raise AwsError(
                "InvalidParameterValue", "Number of message attributes exceeds the allowed maximum 10."
            )
        message = self._sqs.send(self._queue(asked), body, attributes)
        return {"MessageId": message.id, "MD5OfMessageBody": _md5(body)}

    async def _receive(self, asked: Parameters) -> Parameters:
        queue, most, wait = (
            self._queue(asked),
            asked.get("MaxNumberOfMessages", 1),
            asked.get("WaitTimeSeconds", 0),
        )
        if not 1 <= most <= _BATCH:
            raise AwsError(
                "InvalidParameterValue", "MaxNumberOfMessages must be between 1 and 10, if provided."
            )
        if not 0 <= wait <= 20:
            raise AwsError("InvalidParameterValue", "WaitTimeSeconds must be >= 0 and <= 20.")
        messages = await self._sqs.receive(queue, most, wait, asked.get("VisibilityTimeout"))
        # With nothing to give AWS leaves the list out.
        return {"Messages": [_received(message, asked) for message in messages]} if messages else {}

    def _delete(self, asked: Parameters) -> Parameters:
        """An outdated handle is answered with success, and deletes nothing, as the standard queues may."""
        queue, receipt = self._queue(asked), asked["ReceiptHandle"]
        if "." not in receipt:
            raise AwsError("ReceiptHandleIsInvalid", "The input receipt handle is invalid.")
        message = queue.found(receipt)
        if message is not None:
            del queue.messages[message.id]
        return {}

    def _change_visibility(self, asked: Parameters) -> Parameters:
        message = self._queue(asked).found(asked["ReceiptHandle"])
        if message is None:
            raise AwsError("ReceiptHandleIsInvalid", "The input receipt handle is invalid.")
        message.visible_at = self._clock.time() + asked["VisibilityTimeout"]
        return {}

    def _each(self, asked: Parameters, one_of: Callable[[Parameters], Parameters]) -> Parameters:
        entries = asked["Entries"]
        if not 1 <= len(entries) <= _BATCH:
            raise AwsError("TooManyEntriesInBatchRequest", "Maximum number of entries per request are 10.")
        if len({entry["Id"] for entry in entries}) != len(entries):
            raise AwsError("BatchEntryIdsNotDistinct", "Two or more batch entries have the same Id.")
        good, bad = [], []
        for entry in entries:
            try:
                answer = one_of(entry | {"QueueUrl": asked["QueueUrl"]})
                good.append({"Id": entry["Id"]} | answer)
            except AwsError as error:
                if error.code == "QueueDoesNotExist":
                    raise
                bad.append(
                    {"Id": entry["Id"], "Code": error.code, "Message": error.message, "SenderFault": True}
                )
        return {"Successful": good, "Failed": bad}


def _received(message: Message, asked: Parameters) -> Parameters:
    system = asked.get("MessageSystemAttributeNames", []) + asked.get("AttributeNames", [])
    told = {
        "SentTimestamp": str(int(message.sent_at * 1000)),
        "ApproximateReceiveCount": str(message.receives),
        "ApproximateFirstReceiveTimestamp": str(int(message.first_received_at * 1000)),
    }
    shown = {name: value for name, value in told.items() if "All" in system or name in system}
    names = asked.get("MessageAttributeNames", [])
    own = {name: value for name, value in message.attributes.items() if "All" in names or name in names}
    return {
        "MessageId": message.id,
        "ReceiptHandle": message.receipt,
        "MD5OfBody": _md5(message.body),
        "Body": message.body,
        **({"Attributes": shown} if shown else {}),
        **({"MessageAttributes": own} if own else {}),
    }


def _md5(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()
