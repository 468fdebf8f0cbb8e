"""Lists: several things in one sentence, joined as the spoken language joins them."""

from collections.abc import Callable, Iterable
from functools import reduce

from bot.domain.telling.language import say


def listed(things: Iterable[str]) -> str:
    """`a, b and c`; "" for nothing."""
    *others, last = [thing for thing in things if thing] or [""]
    return say("{list} and {last}", list=commas(others), last=last) if others else last


def commas(things: Iterable[str]) -> str:
    """`a, b, c`, where nothing ends the list."""
    return _joined(things, lambda before, thing: say("{list}, {next}", list=before, next=thing))


def alongside(things: Iterable[str]) -> str:
    """`a, b`: facts about one thing beside each other, rather than a list of things."""
    return _joined(things, lambda before, thing: say("{fact}, {next}", fact=before, next=thing))


def clauses(things: Iterable[str]) -> str:
    """`a; b`: parts of a sentence that may hold commas themselves."""
    return _joined(things, lambda before, thing: say("{list}; {next}", list=before, next=thing))


def sentences(things: Iterable[str]) -> str:
    """Whole sentences after each other; Chinese puts no blank between them."""
    return _joined(things, lambda before, thing: say("{sentence} {next}", sentence=before, next=thing))


def _joined(things: Iterable[str], join: Callable[[str, str], str]) -> str:
    present = [thing for thing in things if thing]
    return reduce(join, present) if present else ""
