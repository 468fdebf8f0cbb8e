"""Day bars: kills per day by the services that had the most, as a report's chart shows them."""

from dataclasses import dataclass
from datetime import date

from bot.domain.calendar.almanac import day
from bot.domain.calendar.day_words import days
from bot.domain.report.report import Report
from bot.domain.telling.language import count, say
from bot.domain.telling.listed import clauses, commas

MOST_CHARACTERS = 1000  # docs.slack.dev: the alt text of a file
_NAMED = 4  # series beside the others: more are not told apart on a phone
_LONGEST_NAME = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class DayBars:
    """Kills of each day, part by part from below; the last part may be all others together, and has no name."""

    days: tuple[date, ...]
    parts: tuple[tuple[str, tuple[int, ...]], ...]

    @property
    def totals(self) -> tuple[int, ...]:
        """Of each day."""
        return tuple(sum(row[number] for _, row in self.parts) for number in range(len(self.days)))


def day_bars(report: Report) -> DayBars | None:
    """What the report's chart shows; None where nothing was killed."""
    if not report.kills:
        return None
    named = report.offenders[:_NAMED]
    parts = [(_short(one.subject.name), one.per_day) for one in named]
    rest = tuple(
        total - sum(one.per_day[number] for one in named) for number, total in enumerate(report.per_day)
    )
    if any(rest):
        parts.append(("", rest))
    return DayBars(days=report.days, parts=tuple(parts))


def title(bars: DayBars) -> str:
    """What it shows."""
    return say("Kills per day, {days}", days=days(bars.days))


def others() -> str:
    """What the part without a name is called."""
    return say("others")


def alt_text(bars: DayBars) -> str:
    """Everything that the picture says, plain text; days without kills are left out where it grows too long."""
    whole = [_said(bars, number, with_parts=True) for number in range(len(bars.days))]
    short = [_said(bars, number, with_parts=False) for number in range(len(bars.days)) if bars.totals[number]]
    for said in (whole, short):
        text = say("{title}: {days}.", title=title(bars), days=clauses(said))
        if len(text) <= MOST_CHARACTERS:
            return text
    return text[: MOST_CHARACTERS - 1] + "…"


def _said(bars: DayBars, number: int, *, with_parts: bool) -> str:
    total, on = bars.totals[number], day(bars.days[number])
    if not total or not with_parts:
        return f"{on} {total}"
    parts = commas(f"{name or others()} {row[number]}" for name, row in bars.parts if row[number])
    return say("{words} ({more})", words=f"{on} {total}", more=parts)


def kills(number: int) -> str:
    """`1 kill`, `1,234 kills`."""
    return count(number, "{n} kill", "{n} kills")


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"
