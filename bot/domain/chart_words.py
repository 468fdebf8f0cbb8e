"""Chart words: what a chart shows, in sentences with its numbers, for whoever cannot see it."""

from datetime import timedelta

from bot.domain.chart import Axis, Chart, Point
from bot.domain.duration import rough

MOST_CHARACTERS = 1000  # docs.slack.dev: the alt text of a file


def alt_text(chart: Chart) -> str:
    """Everything that the picture says, most important first; plain text, at most 1000 characters. Times are UTC."""
    sentences = (
        _course(chart),
        _limits(chart),
        _trend(chart),
        _stuck(chart),
        _earlier(chart),
        _deployed(chart),
        _gaps(chart),
    )
    said = " ".join(sentence for sentence in sentences if sentence)
    return said if len(said) <= MOST_CHARACTERS else said[: MOST_CHARACTERS - 1] + "…"


def title(chart: Chart) -> str:
    """What was measured: `Memory of container app, MiB`."""
    of = chart.of if len(chart.of) <= 40 else chart.of[:39] + "…"
    return f"Memory of {of}, MiB" if of else "Memory, MiB"


def moment(chart: Chart, seconds: float, *, with_day: bool = False) -> str:
    """The time of day on the chart's axis, UTC: `03:12`, or `21 Nov 03:12`."""
    at = chart.zero + timedelta(seconds=seconds)
    return f"{at.day} {at:%b %H:%M}" if with_day else f"{at:%H:%M}"


def end(chart: Chart) -> str:
    """What happened at the end: `killed 03:12`."""
    return f"{'killed' if chart.was_killed else 'ended'} {moment(chart, chart.died_s)}"


def mib(amount: float) -> str:
    """`1,536`."""
    return f"{round(amount):,}"


def _course(chart: Chart) -> str:
    known = [amount for _, amount in chart.life if amount is not None]
    since = moment(chart, chart.life[0][0], with_day=True)
    peak = "" if max(known) == known[-1] else f" (peak {mib(max(known))})"
    went = (
        f"{mib(known[-1])} MiB{peak}" if len(known) == 1 else f"{mib(known[0])} → {mib(known[-1])} MiB{peak}"
    )
    of = f"Memory of {chart.of}" if chart.of else "Memory"
    verb = "killed" if chart.was_killed else "ended"
    return f"{of} since {since} UTC: {went}, {verb} at {moment(chart, chart.died_s)}."


def _limits(chart: Chart) -> str:
    limit = f"Limit {mib(chart.limit_mib)} MiB" if chart.limit_mib else "No limit known"
    return limit + (f", reservation {mib(chart.reservation_mib)} MiB." if chart.reservation_mib else ".")


def _trend(chart: Chart) -> str:
    return f"It grows by {slope(chart)}." if chart.trend else ""


def slope(chart: Chart) -> str:
    """`42 MiB/h`; whole days where an hour shows nothing."""
    per_h = chart.slope_mib_per_h or 0.0
    return f"{mib(per_h)} MiB/h" if per_h >= 2 else f"{mib(per_h * 24)} MiB/day"


def _stuck(chart: Chart) -> str:
    if chart.stuck_s is None:
        return ""
    since, until = chart.stuck_s
    return f"It sat at its limit for {rough(until - since + chart.step_s)}."


def _earlier(chart: Chart) -> str:
    if not chart.earlier:
        return ""
    peaks = ", ".join(mib(_peak(line)) for line in chart.earlier)
    lengths = ", ".join(rough(line[-1][0] - line[0][0] + chart.step_s) for line in chart.earlier)
    if len(chart.earlier) == 1:
        return f"The life before peaked at {peaks} MiB, seen for {lengths}."
    return f"The {len(chart.earlier)} lives before, newest first, peaked at {peaks} MiB, seen for {lengths}."


def _deployed(chart: Chart) -> str:
    at = ", ".join(moment(chart, seconds) for seconds in chart.deployed_s[-3:])
    return f"Deployed at {at}." if at else ""


def _gaps(chart: Chart) -> str:
    missing = sum(amount is None for _, amount in chart.life)
    return f"No samples for {rough(missing * chart.step_s)} of that." if missing else ""


def _peak(line: tuple[Point, ...]) -> int:
    return max(amount for _, amount in line if amount is not None)


def axis_words(chart: Chart) -> str:
    """What the horizontal axis counts, with the day: `UTC, 21 Nov`."""
    if chart.axis is Axis.END:
        return "before the end · times are UTC"
    first, last = chart.zero + timedelta(seconds=chart.begins_s), chart.zero + timedelta(seconds=chart.ends_s)
    day = f"{last.day} {last:%b}"
    return f"UTC, {day}" if first.date() == last.date() else f"UTC, {first.day} {first:%b} – {day}"
