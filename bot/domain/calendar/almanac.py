"""Almanac: days and moments as plain text, in words that no machine's locale changes."""

from datetime import UTC, date, datetime

from bot.domain.telling.language import mark, say

MONTHS = (
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
WEEKDAYS = (mark("Mon"), mark("Tue"), mark("Wed"), mark("Thu"), mark("Fri"), mark("Sat"), mark("Sun"))


def day(moment: date) -> str:
    """`21 Nov`."""
    return say("{day} {month}", day=moment.day, month=say(MONTHS[moment.month - 1]))


def clock_and_day(moment: datetime) -> str:
    """`21 Nov 03:12`, in the time zone that the moment has."""
    return say("{day} {time}", day=day(moment), time=f"{moment:%H:%M}")


def utc(moment: datetime) -> str:
    """A moment (aware) where nobody's time zone is known: `21 Nov 12:00 UTC`."""
    return say("{moment} UTC", moment=clock_and_day(moment.astimezone(UTC)))


def weekday(moment: date) -> str:
    """`Sat`."""
    return say(WEEKDAYS[moment.weekday()])


def weekday_and_day(moment: date) -> str:
    """`Sat 07 Nov`, always of one width in English, for columns."""
    month = say(MONTHS[moment.month - 1])
    return say("{weekday} {day:02} {month}", weekday=weekday(moment), day=moment.day, month=month)
