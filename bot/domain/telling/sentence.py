"""Sentences: how a text begins one, and how it goes on in another: English has capitals, Chinese has none.

A name that comes first in another language keeps its letters: `log-router 使用了…` is not `Log-router`.
"""

from bot.domain.telling.language import ENGLISH, spoken


def begun(text: str) -> str:
    """The text as a sentence begins: with a capital in English."""
    return f"{text[:1].upper()}{text[1:]}" if spoken() is ENGLISH else text


def continued(text: str) -> str:
    """The text as it goes on after a colon: with a small letter in English."""
    return f"{text[:1].lower()}{text[1:]}" if spoken() is ENGLISH else text
