"""SQS: queues whose messages hide while somebody works on them, and come back when nobody says that it is done."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from sandbox.aws.arns import ACCOUNT, REGION
from sandbox.clock import Clock

VISIBILITY_S = 30


@dataclass
class Message:
    """One message; hidden until `visible_at` (seconds since 1970) once somebody received it."""

    body: str
    sent_at: float
    visible_at: float
    attributes: dict[str, Any] = field(default_factory=dict)
    id: str = field(default_factory=lambda: str(uuid4()))
    receives: int = 0
    first_received_at: float = 0.0

    @property
    def receipt(self) -> str:
        """What the newest receiver must show: a handle of an earlier one deletes nothing."""
        return f"{self.id}.{self.receives}"


@dataclass
class Queue:
    """One queue: its attributes as AWS names them, and its messages by id, the oldest first."""

    name: str
    url: str
    account: str = ACCOUNT
    attributes: dict[str, str] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def arn(self) -> str:
        """The queue's ARN."""
        return f"arn:aws:sqs:{REGION}:{self.account}:{self.name}"

    def lets_in(self, account: str) -> bool:
        """Whether an account may work on it: its own, or one that its policy names."""
        statements = json.loads(self.attributes.get("Policy") or "{}").get("Statement", [])
        named = [str(one.get("Principal", {}).get("AWS", "")) for one in statements]
        return account == self.account or any(account in one for one in named)

    @property
    def visibility_s(self) -> int:
        """How long a message hides unless its receiver says otherwise."""
        return int(self.attributes.get("VisibilityTimeout", VISIBILITY_S))

    @property
    def redrive(self) -> tuple[str, int] | None:
        """ARN of the dead-letter queue, and after how many receives a message goes there."""
        policy = json.loads(self.attributes.get("RedrivePolicy") or "{}")
        if "deadLetterTargetArn" not in policy:
            return None
        return policy["deadLetterTargetArn"], int(policy.get("maxReceiveCount", 10))

    def found(self, receipt: str) -> Message | None:
        """The message of a receipt handle that is still good."""
        message = self.messages.get(receipt.rpartition(".")[0])
        return message if message is not None and message.receipt == receipt else None

    def ring(self) -> None:
        """Wake all who wait for a message."""
        rung, self.arrived = self.arrived, asyncio.Event()
        rung.set()


def _key(account: str, name: str) -> str:
    return name if account == ACCOUNT else f"{account}/{name}"


class Sqs:
    """All queues."""

    def __init__(self, clock: Clock, origin: Callable[[], str]) -> None:
        """`origin` gives the sandbox's own address once it is known."""
        self._clock = clock
        self._origin = origin
        self.queues: dict[str, Queue] = {}

    def create(self, name: str, attributes: dict[str, str] | None = None, account: str = ACCOUNT) -> Queue:
        """The queue of this name, made where there is none. Those of other accounts are kept by account and name."""
        made = Queue(name, f"{self._origin()}/aws/{account}/{name}", account, dict(attributes or {}))
        return self.queues.setdefault(_key(account, name), made)

    def named(self, account: str, name: str) -> Queue | None:
        """The queue of this name in that account."""
        return self.queues.get(_key(account, name))

    def at(self, queue_arn: str) -> Queue | None:
        """The queue of an ARN."""
        return next((queue for queue in self.queues.values() if queue.arn == queue_arn), None)

    def send(self, queue: Queue, body: str, attributes: dict[str, Any] | None = None) -> Message:
        """Put a message into the queue."""
        now = self._clock.time()
        message = Message(body, now, now, attributes or {})
        queue.messages[message.id] = message
        queue.ring()
        return message

    async def receive(
        self, queue: Queue, most: int, wait_s: float, visibility_s: int | None = None
    ) -> list[Message]:
        """Up to `most` visible messages, which then hide; with none, wait up to `wait_s` seconds for one."""
        deadline = self._clock.time() + wait_s
        while not (taken := self._take(queue, most, visibility_s)) and self._clock.time() < deadline:
            next_visible = min((one.visible_at for one in queue.messages.values()), default=deadline)
            await self._wait(queue, min(deadline, next_visible) - self._clock.time())
        return taken

    def _take(self, queue: Queue, most: int, visibility_s: int | None) -> list[Message]:
        now = self._clock.time()
        hidden_for = queue.visibility_s if visibility_s is None else visibility_s
        taken: list[Message] = []
        for message in [one for one in queue.messages.values() if one.visible_at <= now]:
            if len(taken) == most:
                break
            if not self._buried(queue, message):
                message.receives += 1
                message.first_received_at = message.first_received_at or now
                message.visible_at = now + hidden_for
                taken.append(message)
        return taken

    def _buried(self, queue: Queue, message: Message) -> bool:
        """Move a message that was received too often to the dead-letter queue; whether that was so."""
        if queue.redrive is None or message.receives < queue.redrive[1]:
            return False
        grave = self.at(queue.redrive[0])
        if grave is None:
            return False
        del queue.messages[message.id]
        message.receives = 0
        grave.messages[message.id] = message
        grave.ring()
        return True

    async def _wait(self, queue: Queue, seconds: float) -> None:
        arrival = asyncio.ensure_future(queue.arrived.wait())
        alarm = asyncio.ensure_future(self._clock.sleep(seconds))
        try:
            await asyncio.wait({arrival, alarm}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for waiting in (arrival, alarm):
                waiting.cancel()
            await asyncio.gather(arrival, alarm, return_exceptions=True)
