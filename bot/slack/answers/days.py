"""Days: kills per UTC day as lines of text; the number stands before the bar, for those who listen."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from unicodedata import east_asian_width

from bot.domain.calendar.almanac import weekday_and_day
from bot.domain.telling.language import say

LINE = 35  # columns that a phone shows beside each other
WIDEST, NARROWEST = 20, 8  # columns of the longest bar
QUIET_RUN = 3  # so many days without a kill and more become one line


def chart(days: Sequence[tuple[date, int]]) -> str:
    """A code block with one line a day, oldest first; long quiet times are one line."""
    most = max((kills for _, kills in days), default=0)
    return "```" + "\n".join(_lines(days, most)) + "```"


def peak(days: Sequence[tuple[date, int]]) -> str:
    """`most on Sat 14 Nov: 5`; nothing where fewer than two days had any."""
    busy = [(kills, day) for day, kills in days if kills]
    if len(busy) < 2:
        return ""
    kills, day = max(busy)
    return say("most on {day}: {kills}", day=weekday_and_day(day), kills=kills)


def _lines(days: Sequence[tuple[date, int]], most: int) -> Iterator[str]:
    width = len(str(most))
    labels = max((_columns(weekday_and_day(day)) for day, _ in days), default=0)
    widest = max(NARROWEST, min(WIDEST, LINE - labels - width - 2))
    for is_quiet, run in groupby(days, key=lambda entry: entry[1] == 0):
        together = list(run)
        if is_quiet and len(together) >= QUIET_RUN:
            quiet = say("{days} days without a kill", days=len(together))
            yield f"{_padded('…', labels)} {quiet}"
            continue
        for day, kills in together:
            yield f"{_padded(weekday_and_day(day), labels)} {kills:>{width}} {_bar(kills, most, widest)}".rstrip()


def _bar(kills: int, most: int, widest: int) -> str:
    return "█" * (max(1, round(kills * widest / most)) if kills else 0)


def _padded(words: str, columns: int) -> str:
    return words + " " * (columns - _columns(words))


def _columns(words: str) -> int:
    """In a code block, where a Chinese character is as wide as two others."""
    return sum(2 if east_asian_width(one) in "WF" else 1 for one in words)
