"""Envelopes: the signed JSON that SNS POSTs, once it is believed."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from bot.aws.sns.refusal import Refused

_UUID = re.compile(r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}")
_TIMESTAMP = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]{3})Z")
_EMULATOR_TIMESTAMP = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:(\.[0-9]{1,6})[0-9]{0,3})?Z"
)
# AWS documents "less than 100 characters" and takes 100: CloudWatch cuts its subjects there.
_SUBJECT = re.compile(r"[^\x00-\x1f\x7f-\x9f]{1,100}")
_TOKEN = re.compile(r"[!-~]{1,2048}")


class EnvelopeType(StrEnum):
    """What SNS sends."""

    NOTIFICATION = "Notification"
    SUBSCRIPTION_CONFIRMATION = "SubscriptionConfirmation"
    UNSUBSCRIBE_CONFIRMATION = "UnsubscribeConfirmation"

    @property
    def is_confirmation(self) -> bool:
        """Whether it is about a subscription and carries a token."""
        return self is not EnvelopeType.NOTIFICATION


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One verified envelope. `published_at` is aware UTC; `subject` is "" where there is none.

    `token` confirms a subscription and is a secret: neither it nor the message shows in the repr. The URLs that SNS
    puts into an envelope are left out: nothing here may use them.
    """

    type: EnvelopeType
    message_id: str
    topic_arn: str
    published_at: datetime
    message: str = field(repr=False)
    subject: str = ""
    token: str = field(default="", repr=False)


def read_type(text: str) -> EnvelopeType:
    """Exactly one of the three types; raises Refused."""
    try:
        return EnvelopeType(text)
    except ValueError:
        raise Refused("type", "The Type is none that SNS sends.") from None


def read_message_id(text: str) -> str:
    """A UUID; raises Refused."""
    if not _UUID.fullmatch(text):
        raise Refused("structure", "The MessageId is not a UUID.")
    return text


def read_timestamp(text: str, *, strict: bool) -> datetime:
    """`2026-11-01T12:00:08.123Z` as aware UTC; raises Refused.

    AWS always writes milliseconds; unless `strict`, as few or many digits as an emulator likes.
    """
    match = (_TIMESTAMP if strict else _EMULATOR_TIMESTAMP).fullmatch(text)
    if match is None:
        raise Refused("structure", "The Timestamp is not in the form in which SNS writes it.")
    try:
        return datetime.fromisoformat(match[1] + (match[2] or "")).replace(tzinfo=UTC)
    except ValueError:
        raise Refused("structure", "The Timestamp is not a date that exists.") from None


def check_subject(text: str) -> str:
    """A Subject that SNS would publish: a line break in it could move the borders of signed fields. Raises Refused."""
    if not _SUBJECT.fullmatch(text):
        raise Refused("structure", "The Subject is empty, too long or has control characters.")
    return text


def check_token(text: str) -> str:
    """A bounded run of printable ASCII; raises Refused."""
    if not _TOKEN.fullmatch(text):
        raise Refused("structure", "The Token is too long or has odd characters.")
    return text
