"""Shown, as the text in which a notice keeps it."""

import msgspec

from bot.domain.incident.calling import Call
from bot.domain.incident.notice import Shown

_decoder = msgspec.json.Decoder(Shown)
_calls = msgspec.json.Decoder(Call)


def write(shown: Shown) -> str:
    """The text to store."""
    return msgspec.json.encode(shown).decode()


def read(text: str) -> Shown | None:
    """What was stored; None where nothing was shown yet, or in a form that this version does not know."""
    try:
        return _decoder.decode(text) if text else None
    except msgspec.DecodeError:
        return None


def write_called(digest: str, call: Call | None) -> str:
    """What a notice keeps that shows no incident: the digest of its message, and how it called the owner."""
    return digest if call is None else f"{digest} {msgspec.json.encode(call).decode()}"


def read_called(text: str) -> tuple[str, Call | None]:
    """What was stored so."""
    digest, _, called = text.partition(" ")
    try:
        return digest, _calls.decode(called) if called else None
    except msgspec.DecodeError:
        return digest, None
