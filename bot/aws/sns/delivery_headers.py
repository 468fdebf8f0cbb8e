"""Delivery headers: what SNS says around a body; unsigned, so they only ever refuse."""

from collections.abc import Mapping

from bot.aws.sns.refusal import Refused

RAW = "x-amz-sns-rawdelivery"
TYPE = "x-amz-sns-message-type"
MESSAGE_ID = "x-amz-sns-message-id"
TOPIC_ARN = "x-amz-sns-topic-arn"
_FIELDS = {TYPE: "Type", MESSAGE_ID: "MessageId", TOPIC_ARN: "TopicArn"}


def read_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """SNS's own headers under lower-case names; raises Refused where one comes twice with two values."""
    ours: dict[str, str] = {}
    for name, value in headers.items():
        lower = name.lower()
        if lower in (*_FIELDS, RAW) and ours.setdefault(lower, value) != value:
            raise Refused("headers", f"The header {lower} comes twice.")
    return ours


def refuse_raw(headers: dict[str, str]) -> None:
    """Refuse raw message delivery: it has no signature."""
    if RAW in headers:
        raise Refused("headers", "Raw message delivery is not signed: switch it off for this subscription.")


def check_agreement(headers: dict[str, str], fields: dict[str, str], *, strict: bool) -> None:
    """Refuse headers that disagree with the body; if `strict`, also missing ones (AWS always sends all three)."""
    for header, name in _FIELDS.items():
        value = headers.get(header)
        if value is None and not strict:
            continue
        if value != fields[name]:
            raise Refused("headers", f"The header {header} and the {name} of the body disagree.")
