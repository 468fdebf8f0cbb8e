"""Chart words: what a chart shows, in sentences with its numbers, for whoever cannot see it."""

from datetime import timedelta

from bot.domain.calendar.almanac import clock_and_day, day
from bot.domain.calendar.duration import rough
from bot.domain.chart.chart import Axis, Chart, Point
from bot.domain.telling.language import count, say
from bot.domain.telling.listed import commas, sentences

MOST_CHARACTERS = 1000  # docs.slack.dev: the alt text of a file


def alt_text(chart: Chart) -> str:
    """Everything that the picture says, most important first; plain text, at most 1000 characters. Times are UTC."""
    parts = (
        _course(chart),
        _limits(chart),
        _trend(chart),
        _stuck(chart),
        _earlier(chart),
        _deployed(chart),
        _gaps(chart),
    )
    said = sentences(parts)
    return said if len(said) <= MOST_CHARACTERS else said[: MOST_CHARACTERS - 1] + "…"


def title(chart: Chart) -> str:
    """What was measured: `Memory of container app, MiB`."""
    of = chart.of if len(chart.of) <= 40 else chart.of[:39] + "…"
    return say("Memory of {what}, MiB", what=of) if of else say("Memory, MiB")


def moment(chart: Chart, seconds: float, *, with_day: bool = False) -> str:
    """The time of day on the chart's axis, UTC: `03:12`, or `21 Nov 03:12`."""
    at = chart.zero + timedelta(seconds=seconds)
    return clock_and_day(at) if with_day else f"{at:%H:%M}"


def end(chart: Chart) -> str:
    """What happened at the end: `killed 03:12`."""
    at = moment(chart, chart.died_s)
    return say("killed {time}", time=at) if chart.was_killed else say("ended {time}", time=at)


def mib(amount: float) -> str:
    """`1,536`."""
    return f"{round(amount):,}"


def _course(chart: Chart) -> str:
    known = [amount for _, amount in chart.life if amount is not None]
    since = moment(chart, chart.life[0][0], with_day=True)
    went = f"{mib(known[-1])} MiB" if len(known) == 1 else f"{mib(known[0])} → {mib(known[-1])} MiB"
    if max(known) != known[-1]:
        went = say("{course} (peak {mib})", course=went, mib=mib(max(known)))
    return say(
        "{what} since {since} UTC: {course}, {end}.",
        what=say("Memory of {what}", what=chart.of) if chart.of else say("Memory"),
        since=since,
        course=went,
        end=_ended_at(chart),
    )


def _ended_at(chart: Chart) -> str:
    at = moment(chart, chart.died_s)
    return say("killed at {time}", time=at) if chart.was_killed else say("ended at {time}", time=at)


def _limits(chart: Chart) -> str:
    limit = say("Limit {mib} MiB", mib=mib(chart.limit_mib)) if chart.limit_mib else say("No limit known")
    if not chart.reservation_mib:
        return say("{sentence}.", sentence=limit)
    return say("{limit}, reservation {mib} MiB.", limit=limit, mib=mib(chart.reservation_mib))


def _trend(chart: Chart) -> str:
    return say("It grows by {slope}.", slope=slope(chart)) if chart.trend else ""


def slope(chart: Chart) -> str:
    """`42 MiB/h`; whole days where an hour shows nothing."""
    per_h = chart.slope_mib_per_h or 0.0
    if per_h >= 2:
        return say("{mib} MiB/h", mib=mib(per_h))
    return say("{mib} MiB/day", mib=mib(per_h * 24))


def _stuck(chart: Chart) -> str:
    if chart.stuck_s is None:
        return ""
    since, until = chart.stuck_s
    return say("It sat at its limit for {span}.", span=rough(until - since + chart.step_s))


def _earlier(chart: Chart) -> str:
    if not chart.earlier:
        return ""
    return count(
        len(chart.earlier),
        "The life before peaked at {peaks} MiB, seen for {spans}.",
        "The {n} lives before, newest first, peaked at {peaks} MiB, seen for {spans}.",
        peaks=commas(mib(_peak(line)) for line in chart.earlier),
        spans=commas(rough(line[-1][0] - line[0][0] + chart.step_s) for line in chart.earlier),
    )


def _deployed(chart: Chart) -> str:
    at = commas(moment(chart, seconds) for seconds in chart.deployed_s[-3:])
    return say("Deployed at {times}.", times=at) if at else ""


def _gaps(chart: Chart) -> str:
    missing = sum(amount is None for _, amount in chart.life)
    return say("No samples for {span} of that.", span=rough(missing * chart.step_s)) if missing else ""


def _peak(line: tuple[Point, ...]) -> int:
    return max(amount for _, amount in line if amount is not None)


def axis_words(chart: Chart) -> str:
    """What the horizontal axis counts, with the day: `UTC, 21 Nov`."""
    if chart.axis is Axis.END:
        return say("before the end · times are UTC")
    first, last = chart.zero + timedelta(seconds=chart.begins_s), chart.zero + timedelta(seconds=chart.ends_s)
    if first.date() == last.date():
        return say("UTC, {day}", day=day(last))
    return say("UTC, {first} – {last}", first=day(first), last=day(last))
