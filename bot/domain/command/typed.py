"""Typed words: what follows a verb, read as a name, a page, a number; or the sentence for whoever typed it wrong."""

import re

from bot.domain.telling.language import say

LONGEST_QUERY = 700  # an ARN with the longest cluster and service names that ECS allows is 600
LONGEST_REASON = 500
LAST_PAGE = 9999
LONGEST_SHOWN = 60  # characters of a wrong word that are shown back
NUMBER = re.compile(r"#?(\d{1,15})", re.ASCII)


class WrongWords(Exception):
    """Words that a verb can't take; the message is the sentence for the person."""


def query(word: str) -> str:
    """The word as the name of something in ECS."""
    if len(word) > LONGEST_QUERY:
        raise WrongWords(say("That name is too long to be one of ECS."))
    return word


def page(words: list[str]) -> int:
    """The number of a page, 1 where none is named."""
    number = NUMBER.fullmatch(words[-1]) if words else None
    if words and (len(words) > 1 or number is None):
        raise WrongWords(say("Only the number of a page can follow."))
    return min(max(int(number[1]), 1), LAST_PAGE) if number else 1
