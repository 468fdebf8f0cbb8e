"""Days: kills per UTC day as lines of text; the number stands before the bar, for those who listen."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

from bot.domain.calendar.almanac import weekday_and_day
from bot.domain.telling.language import say

WIDEST = 20  # bar characters: with date and number a line fits a phone
QUIET_RUN = 3  # so many days without a kill and more become one line


def chart(days: Sequence[tuple[date, int]]) -> str:
    """A code block with one line a day, oldest first; long quiet times are one line."""
    most = max((kills for _, kills in days), default=0)
    width = len(str(most))
    return "```" + "\n".join(_lines(days, most, width)) + "```"


def peak(days: Sequence[tuple[date, int]]) -> str:
    """`most on Sat 14 Nov: 5`; nothing where fewer than two days had any."""
    busy = [(kills, day) for day, kills in days if kills]
    if len(busy) < 2:
        return ""
    kills, day = max(busy)
    return say("most on {day}: {kills}", day=weekday_and_day(day), kills=kills)


def _lines(days: Sequence[tuple[date, int]], most: int, width: int) -> Iterator[str]:
    for is_quiet, run in groupby(days, key=lambda entry: entry[1] == 0):
        together = list(run)
        if is_quiet and len(together) >= QUIET_RUN:
            quiet = say("{days} days without a kill", days=len(together))
            yield f"{'…':10} {quiet}"
            continue
        for day, kills in together:
            yield f"{weekday_and_day(day):10} {kills:>{width}} {_bar(kills, most)}".rstrip()


def _bar(kills: int, most: int) -> str:
    return "█" * (max(1, round(kills * WIDEST / most)) if kills else 0)
