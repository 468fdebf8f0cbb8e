"""Envelopes: the signed JSON that SNS POSTs, printed as AWS prints it."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from sandbox.aws.certificates import Signer

SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": (
        "Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type",
    ),
}  # fmt: skip
SIGNED["UnsubscribeConfirmation"] = SIGNED["SubscriptionConfirmation"]
_AGENT = "Amazon Simple Notification Service Agent"


@dataclass(frozen=True)
class Seal:
    """What an envelope is signed with: by whom, in which version, and where the certificate is served."""

    signer: Signer
    version: str
    origin: str

    def close(self, envelope: dict[str, Any]) -> dict[str, Any]:
        """The envelope with its signature added."""
        return envelope | {
            "SignatureVersion": self.version,
            "Signature": self.signer.sign(canonical(envelope), self.version),
            "SigningCertURL": self.origin + self.signer.path,
        }


def canonical(envelope: dict[str, Any]) -> bytes:
    """The bytes that are signed: name and value on lines of their own, in the order of the names."""
    present = (name for name in SIGNED[envelope["Type"]] if name in envelope)
    return "".join(f"{name}\n{envelope[name]}\n" for name in present).encode()


def stamp(moment: datetime) -> str:
    """A moment as SNS prints it: milliseconds, Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def notification(
    topic_arn: str, message_id: str, message: str, subject: str | None, at: datetime
) -> dict[str, Any]:
    """An unsigned Notification; without a subject the field is absent, as AWS leaves it out."""
    head = {"Type": "Notification", "MessageId": message_id, "TopicArn": topic_arn}
    return head | ({"Subject": subject} if subject else {}) | {"Message": message, "Timestamp": stamp(at)}


def confirmation(kind: str, message_id: str, token: str, topic_arn: str, api_url: str) -> dict[str, Any]:
    """A SubscriptionConfirmation or UnsubscribeConfirmation without its Timestamp and signature."""
    chosen = (
        f"You have chosen to subscribe to the topic {topic_arn}.\nTo confirm the subscription, visit"
        if kind == "SubscriptionConfirmation"
        else f"You have chosen to deactivate subscription {topic_arn}.\n"
        "To cancel this operation and restore the subscription, visit"
    )
    query = urlencode({"Action": "ConfirmSubscription", "TopicArn": topic_arn, "Token": token}, safe=":")
    return {
        "Type": kind,
        "MessageId": message_id,
        "Token": token,
        "TopicArn": topic_arn,
        "Message": f"{chosen} the SubscribeURL included in this message.",
        "SubscribeURL": f"{api_url}?{query}",
    }


def printed(envelope: dict[str, Any]) -> bytes:
    """The body on the wire: indented JSON with ` : ` and LF."""
    return json.dumps(envelope, indent=2, separators=(",", " : "), ensure_ascii=False).encode()


def headers(envelope: dict[str, Any], subscription_arn: str, *, raw: bool) -> dict[str, str]:
    """The request headers; a SubscriptionConfirmation has no subscription to name yet."""
    named = {
        "Content-Type": "text/plain; charset=UTF-8",
        "User-Agent": _AGENT,
        "Accept-Encoding": "gzip,deflate",
        "x-amz-sns-message-type": envelope["Type"],
        "x-amz-sns-message-id": envelope["MessageId"],
        "x-amz-sns-topic-arn": envelope["TopicArn"],
    }
    if envelope["Type"] != "SubscriptionConfirmation":
        named["x-amz-sns-subscription-arn"] = subscription_arn
    return named | ({"x-amz-sns-rawdelivery": "true"} if raw else {})
