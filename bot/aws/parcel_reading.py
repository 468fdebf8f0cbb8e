"""Reading parcels: what a message in a queue is, whichever way it came: SNS's envelope, a bare event or a sentence."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import msgspec

from bot.aws.message import read_message
from bot.aws.queues import Parcel
from bot.aws.sns.envelope import EnvelopeType, check_token, read_message_id, read_timestamp
from bot.aws.sns.refusal import Refused
from bot.domain.aws.queue import Queue
from bot.domain.kills.death import Assessment

LARGEST = 2**20  # characters; SQS takes a MiB, and ours are some KiB


class Poison(Exception):
    """A message that nobody can do anything with, now or later; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What a parcel tells; `source` and `message_id` name the message whichever way it came."""

    source: str
    message_id: str
    published_at: datetime
    assessment: Assessment


@dataclass(frozen=True, slots=True)
class Confirmation:
    """An SNS topic asks whether the queue may be subscribed; `token` is a secret."""

    topic_arn: str
    token: str


def read_parcel(parcel: Parcel, queue: Queue, topics: Collection[str], now: datetime) -> News | Confirmation:
    """What is in it. Raises Poison.

    The queue's policy says who may put something in, so no signature is looked at; but of what SNS wrapped only
    allow-listed `topics` are believed, as everywhere.
    """
    if len(parcel.body) > LARGEST:
        raise Poison(f"It is too long: {len(parcel.body)} characters, {LARGEST} at most")
    decoded = _decoded(parcel.body)
    if _is_envelope(decoded):
        try:
            return _enveloped(decoded, topics, now)
        except Refused as refused:
            raise Poison(f"It is no proper SNS envelope: {refused.why}") from None
    assessment = read_message(parcel.body, now=now)
    if not assessment.is_known:
        raise Poison(assessment.why)
    event_id = decoded.get("id")
    return News(
        source=queue.url,
        message_id=event_id[:200] if isinstance(event_id, str) and event_id else parcel.id,
        published_at=parcel.sent_at or now,
        assessment=assessment,
    )


def _decoded(body: str) -> dict[str, object]:
    try:
        decoded = msgspec.json.decode(body)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return {}
    return decoded if isinstance(decoded, dict) else {}


def _is_envelope(document: dict[str, object]) -> bool:
    return {"Type", "MessageId", "TopicArn"} <= document.keys()


def _enveloped(document: dict[str, object], topics: Collection[str], now: datetime) -> News | Confirmation:
    topic_arn = document["TopicArn"]
    if not isinstance(topic_arn, str) or topic_arn not in topics:
        raise Poison(f"The topic {str(topic_arn)[:200]} is not listed in SNS_TOPIC_ARNS")
    kind, message = document["Type"], document.get("Message")
    if kind == EnvelopeType.SUBSCRIPTION_CONFIRMATION:
        return Confirmation(topic_arn, check_token(str(document.get("Token", ""))))
    if kind != EnvelopeType.NOTIFICATION or not isinstance(message, str):
        raise Poison(f"SNS puts no envelope of type {str(kind)[:50]} without a message into a queue")
    subject, stamp = document.get("Subject"), document.get("Timestamp")
    return News(
        source=topic_arn,
        message_id=read_message_id(str(document["MessageId"])),
        published_at=read_timestamp(str(stamp), strict=False),
        assessment=read_message(message, subject if isinstance(subject, str) else "", now=now),
    )
