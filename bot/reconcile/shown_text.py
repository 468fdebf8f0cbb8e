"""Shown, as the text in which a notice keeps it."""

import msgspec

from bot.domain.notice import Shown

_decoder = msgspec.json.Decoder(Shown)


def write(shown: Shown) -> str:
    """The text to store."""
    return msgspec.json.encode(shown).decode()


def read(text: str) -> Shown | None:
    """What was stored; None where nothing was shown yet, or in a form that this version does not know."""
    try:
        return _decoder.decode(text) if text else None
    except msgspec.DecodeError:
        return None
