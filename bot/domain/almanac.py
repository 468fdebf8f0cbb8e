"""Almanac: days and moments as plain text, in words that no machine's locale changes."""

from datetime import UTC, date, datetime

from bot.domain.language import mark, say

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


def utc(moment: datetime) -> str:
    """A moment (aware) where nobody's time zone is known: `21 Nov 12:00 UTC`."""
    at = moment.astimezone(UTC)
    return say("{day} {month} {time} UTC", day=at.day, month=say(MONTHS[at.month - 1]), time=f"{at:%H:%M}")


def weekday_and_day(day: date) -> str:
    """`Sat 07 Nov`, always of one width in English, for columns."""
    month, weekday = say(MONTHS[day.month - 1]), say(WEEKDAYS[day.weekday()])
    return say("{weekday} {day:02} {month}", weekday=weekday, day=day.day, month=month)
