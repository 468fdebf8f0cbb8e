"""Days: kills per UTC day as lines of text; the number stands before the bar, for those who listen."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

WIDEST = 20  # bar characters: with date and number a line fits a phone
QUIET_RUN = 3  # so many days without a kill and more become one line


def chart(days: Sequence[tuple[date, int]]) -> str:
    """A code block with one line a day, oldest first; long quiet times are one line."""
    most = max((kills for _, kills in days), default=0)
    width = len(str(most))
    return "```" + "\n".join(_lines(days, most, width)) + "```"


def peak(days: Sequence[tuple[date, int]]) -> str:
    """`, most on Sat 14 Nov: 5`; nothing where fewer than two days had any."""
    busy = [(kills, day) for day, kills in days if kills]
    if len(busy) < 2:
        return ""
    kills, day = max(busy)
    return f", most on {_name(day)}: {kills}"


def _lines(days: Sequence[tuple[date, int]], most: int, width: int) -> Iterator[str]:
    for is_quiet, run in groupby(days, key=lambda entry: entry[1] == 0):
        together = list(run)
        if is_quiet and len(together) >= QUIET_RUN:
            yield f"{'…':10} {len(together)} days without a kill"
            continue
        for day, kills in together:
            yield f"{_name(day):10} {kills:>{width}} {_bar(kills, most)}".rstrip()


def _bar(kills: int, most: int) -> str:
    return "█" * (max(1, round(kills * WIDEST / most)) if kills else 0)


def _name(day: date) -> str:
    return f"{day:%a %d %b}"
