"""Day words: days of a calendar as people read them, in the language that is spoken."""

from collections.abc import Sequence
from datetime import date

from bot.domain.language import mark, say

_MONTHS = (
    mark("Jan"),
    mark("Feb"),
    mark("Mar"),
    mark("Apr"),
    mark("May"),
    mark("Jun"),
    mark("Jul"),
    mark("Aug"),
    mark("Sep"),
    mark("Oct"),
    mark("Nov"),
    mark("Dec"),
)


def day(one: date) -> str:
    """`16 Nov`."""
    return say("{day} {month}", day=one.day, month=say(_MONTHS[one.month - 1]))


def days(all_of: Sequence[date]) -> str:
    """The first and the last: `16–22 Nov`, `30 Nov – 6 Dec`; the only one alone."""
    first, last = all_of[0], all_of[-1]
    if first == last:
        return day(first)
    if (first.year, first.month) == (last.year, last.month):
        month = say(_MONTHS[last.month - 1])
        return say("{first}–{last} {month}", first=first.day, last=last.day, month=month)
    return say("{first} – {last}", first=day(first), last=day(last))
