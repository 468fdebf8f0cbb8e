"""Raw deliveries: the bare message without envelope or signature; taken only where a setting and a password allow it."""

from collections.abc import Collection, Mapping
from datetime import datetime

from bot.aws.sns.delivery_headers import MESSAGE_ID, RAW, TOPIC_ARN, TYPE, read_headers
from bot.aws.sns.envelope import Envelope, EnvelopeType, read_message_id
from bot.aws.sns.refusal import Refused


def is_raw(headers: Mapping[str, str]) -> bool:
    """Whether SNS calls this a raw delivery. Raises Refused for contradicting headers."""
    return RAW in read_headers(headers)


def read_raw(body: bytes, headers: Mapping[str, str], topics: Collection[str], now: datetime) -> Envelope:
    """The envelope that SNS left away, from the headers. Nothing here is proven: the caller has seen credentials.

    Only for `topics`; published `now`, for want of a time. Raises Refused.
    """
    ours = read_headers(headers)
    topic_arn = ours.get(TOPIC_ARN, "")
    if topic_arn not in topics:
        raise Refused("headers", "Raw message delivery is not signed: switch it off for this subscription.")
    if ours.get(TYPE) != EnvelopeType.NOTIFICATION:
        raise Refused("type", "Only notifications are delivered raw.")
    return Envelope(
        type=EnvelopeType.NOTIFICATION,
        message_id=read_message_id(ours.get(MESSAGE_ID, "")),
        topic_arn=topic_arn,
        published_at=now,
        message=_decode(body),
    )


def _decode(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("json", "The body is not text in UTF-8.") from None
