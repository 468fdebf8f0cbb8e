"""Fields: what the JSON body of a delivery says, read strictly."""

import json
from typing import NoReturn

from bot.aws.sns.refusal import Refused

# Signed fields, and those that say how they were signed. Others (MessageAttributes, UnsubscribeURL, what is still
# to come) are unsigned and play no part.
_REQUIRED = (
    "Type",
    "MessageId",
    "TopicArn",
    "Message",
    "Timestamp",
    "SignatureVersion",
    "Signature",
    "SigningCertURL",
)
_OF_CONFIRMATIONS = ("Token", "SubscribeURL")
_OPTIONAL = ("Subject", *_OF_CONFIRMATIONS)


def read_fields(body: bytes) -> dict[str, str]:
    """The known fields of a delivery's body, as received: nothing stripped, nothing converted.

    Strict, because a lenient reader and another parser on the way might see different messages: UTF-8 only, no
    duplicate names, no NaN, no lone surrogates, required fields non-empty strings. Raises Refused.
    """
    document = _decode(body)
    missing = [name for name in _REQUIRED if not isinstance(document.get(name), str) or not document[name]]
    if missing:
        raise Refused("structure", f"The body lacks text in: {', '.join(missing)}.")
    if wrong := [name for name in _OPTIONAL if name in document and not isinstance(document[name], str)]:
        raise Refused("structure", f"The body has something other than text in: {', '.join(wrong)}.")
    return {name: str(document[name]) for name in (*_REQUIRED, *_OPTIONAL) if name in document}


def require_confirmation_fields(fields: dict[str, str]) -> None:
    """Refuse a confirmation that lacks what only confirmations have."""
    if missing := [name for name in _OF_CONFIRMATIONS if not fields.get(name)]:
        raise Refused("structure", f"The confirmation lacks text in: {', '.join(missing)}.")


def _decode(body: bytes) -> dict[str, object]:
    try:
        document = json.loads(body.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant)
    except (ValueError, RecursionError):  # not UTF-8, not JSON, a number of 5000 digits, nested too deep
        raise Refused("json", "The body is not a JSON object in UTF-8.") from None
    if not isinstance(document, dict):
        raise Refused("json", "The body is not a JSON object in UTF-8.")
    return document


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("a name twice")
    for name, value in pairs:
        name.encode()  # a lone surrogate raises UnicodeEncodeError, which is a ValueError
        if isinstance(value, str):
            value.encode()
    return document


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)
