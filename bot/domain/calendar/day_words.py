"""Day words: days of a calendar as people read them, in the language that is spoken."""

from collections.abc import Sequence
from datetime import date

from bot.domain.calendar.almanac import MONTHS, day
from bot.domain.telling.language import say


def days(all_of: Sequence[date]) -> str:
    """The first and the last: `16–22 Nov`, `30 Nov – 6 Dec`; the only one alone."""
    first, last = all_of[0], all_of[-1]
    if first == last:
        return day(first)
    if (first.year, first.month) == (last.year, last.month):
        month = say(MONTHS[last.month - 1])
        return say("{first}–{last} {month}", first=first.day, last=last.day, month=month)
    return say("{first} – {last}", first=day(first), last=day(last))
