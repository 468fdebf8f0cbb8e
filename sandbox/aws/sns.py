"""SNS: topics that ask for confirmation, sign what they send and retry what was not taken."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from sandbox.aws.arns import arn
from sandbox.aws.certificates import Signer, key_of_this_process
from sandbox.aws.chores import Chores
from sandbox.aws.courier import Courier, Fate, Letter
from sandbox.aws.envelopes import Seal, confirmation, headers, notification, printed, stamp
from sandbox.aws.sqs import Sqs
from sandbox.aws.subscriptions import Subscription
from sandbox.clock import Clock

TOPIC_ARN = arn("sns", "oom-guard")
_LETS_EVENTS_IN = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "Events",
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sns:Publish",
            "Resource": TOPIC_ARN,
        }
    ],
}


@dataclass
class Topic:
    """One topic: its subscriptions by ARN, and the version that it signs with."""

    arn: str
    signature_version: str = "1"
    attributes: dict[str, str] = field(default_factory=dict)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)


@dataclass(frozen=True)
class Twist:
    """How a publication goes wrong: more than one copy, late, or with a foreign seal or topic."""

    copies: int = 1
    delay: float = 0.0
    signer: Signer | None = None
    topic_arn: str | None = None


STRAIGHT = Twist()


class Sns:
    """All topics of the account; messages leave in the background, each on its own."""

    def __init__(self, clock: Clock, courier: Courier, origin: Callable[[], str], sqs: Sqs) -> None:
        """Serve one topic, `TOPIC_ARN`; `origin` gives the sandbox's own address once it is known."""
        self._sqs = sqs
        self._clock = clock
        self._courier = courier
        self._origin = origin
        self.chores = Chores()
        self.signer = Signer(clock.now(), key_of_this_process())
        policy = {"Policy": json.dumps(_LETS_EVENTS_IN)}
        self.topics = {TOPIC_ARN: Topic(TOPIC_ARN, signature_version="2", attributes=policy)}

    def subscriptions(self) -> list[Subscription]:
        """Every subscription of every topic, oldest first."""
        return [one for topic in self.topics.values() for one in topic.subscriptions.values()]

    def subscribe(
        self, topic_arn: str, endpoint: str, attributes: dict[str, str] | None = None
    ) -> Subscription:
        """A pending subscription whose SubscriptionConfirmation is on its way; KeyError for no such topic.

        A queue of the own account need not confirm.
        """
        subscription = Subscription(topic_arn, endpoint, self._clock.now(), attributes=attributes or {})
        self.topics[topic_arn].subscriptions[subscription.arn] = subscription
        if subscription.is_queue:
            subscription.confirmed = True
        else:
            self.ask(subscription, "SubscriptionConfirmation")
        return subscription

    def ask(self, subscription: Subscription, kind: str) -> None:
        """Send a SubscriptionConfirmation or UnsubscribeConfirmation."""
        where = f"{self._origin()}/aws/"
        asked = confirmation(kind, str(uuid4()), subscription.token, subscription.topic_arn, where)
        self.chores.begin(self._carry(subscription, asked, STRAIGHT))

    def confirm(self, token: str, *, authenticated: bool) -> Subscription | None:
        """Confirm whatever the token belongs to, as AWS does: the topic that is named hardly matters."""
        for subscription in self.subscriptions():
            if subscription.token == token and subscription.token_lives(self._clock.now()):
                subscription.confirmed = True
                subscription.authenticated_unsubscribe |= authenticated
                return subscription
        return None

    def unsubscribe(self, subscription: Subscription, *, by_owner: bool) -> None:
        """Remove a subscription; one who is not the owner makes SNS tell the endpoint, with a way back."""
        if by_owner:
            self.topics[subscription.topic_arn].subscriptions.pop(subscription.arn, None)
            return
        subscription.confirmed = False
        self.ask(subscription, "UnsubscribeConfirmation")

    def publish(
        self, topic_arn: str, message: str, subject: str | None = None, twist: Twist = STRAIGHT
    ) -> str:
        """Send `message` to every confirmed subscription of the topic; returns its MessageId."""
        message_id = str(uuid4())
        shown_topic = twist.topic_arn or topic_arn
        for subscription in list(self.topics[topic_arn].subscriptions.values()):
            if subscription.confirmed:
                envelope = notification(shown_topic, message_id, message, subject, self._clock.now())
                for _ in range(twist.copies):
                    self.chores.begin(self._carry(subscription, envelope, twist))
        return message_id

    async def _carry(self, subscription: Subscription, envelope: dict[str, Any], twist: Twist) -> None:
        """Deliver, retrying as the policy says; what stays undelivered goes to the dead letters."""
        slot = self._wait_for_slot(subscription) if envelope["Type"] == "Notification" else 0.0
        await self._clock.sleep(twist.delay + slot)
        letter = self._letter(subscription, envelope, twist)
        if subscription.is_queue:
            self._enqueue(subscription, letter)
            return
        fate = await self._courier.attempt(letter)
        for delay in subscription.policy.delays():
            if fate is not Fate.FAILED:
                break
            await self._clock.sleep(delay)
            fate = await self._courier.attempt(letter)
        if fate is Fate.DELIVERED:
            subscription.delivered += 1
            return
        subscription.failed += 1
        if "RedrivePolicy" in subscription.attributes:
            subscription.dead_letters.append(envelope)
            grave = self._sqs.at(
                json.loads(subscription.attributes["RedrivePolicy"]).get("deadLetterTargetArn", "")
            )
            if grave is not None:
                self._sqs.send(grave, letter.body.decode())

    def _enqueue(self, subscription: Subscription, letter: Letter) -> None:
        queue = self._sqs.at(subscription.endpoint)
        if queue is None:
            subscription.failed += 1
            return
        self._sqs.send(queue, letter.body.decode())
        subscription.delivered += 1

    def _wait_for_slot(self, subscription: Subscription) -> float:
        """Seconds until maxReceivesPerSecond allows the next message."""
        if not subscription.per_second:
            return 0.0
        now = self._clock.time()
        slot = max(now, subscription.next_slot)
        subscription.next_slot = slot + 1 / subscription.per_second
        return slot - now

    def _letter(self, subscription: Subscription, envelope: dict[str, Any], twist: Twist) -> Letter:
        kind, topic = envelope["Type"], self.topics[subscription.topic_arn]
        raw = subscription.raw and kind == "Notification"
        sealed = printed(self._sealed(envelope, topic, subscription, twist))
        return Letter(
            kind,
            _title(envelope),
            subscription.endpoint,
            envelope["Message"].encode() if raw else sealed,
            headers(envelope, subscription.arn, raw=raw),
            forged=bool(twist.signer or twist.topic_arn),
        )

    def _sealed(
        self, envelope: dict[str, Any], topic: Topic, subscription: Subscription, twist: Twist
    ) -> dict[str, Any]:
        """Signed; a forger's signature still points at the true certificate."""
        origin = self._origin()
        dated = envelope if "Timestamp" in envelope else envelope | {"Timestamp": stamp(self._clock.now())}
        sealed = Seal(self.signer, topic.signature_version, origin).close(dated)
        if twist.signer:
            forged = Seal(twist.signer, topic.signature_version, origin).close(dated)
            sealed = sealed | {"Signature": forged["Signature"]}
        if envelope["Type"] == "Notification":
            sealed["UnsubscribeURL"] = f"{origin}/aws/?Action=Unsubscribe&SubscriptionArn={subscription.arn}"
        return sealed


def _title(envelope: dict[str, Any]) -> str:
    """What the wire log shows: the event in a few words, else the beginning of the message."""
    message = envelope["Message"]
    try:
        event = json.loads(message)
        detail = event["detail"]
        what = detail.get("lastStatus") or detail.get("eventName") or detail.get("status", "")
        where = detail.get("group") or event["resources"][0].rpartition("/")[2]
        return f"{event['detail-type']} · {where} · {what}"
    except (ValueError, LookupError, TypeError, AttributeError):
        return str(message)[:80]
