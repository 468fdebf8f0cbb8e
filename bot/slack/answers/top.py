"""The top: which subjects had the most kills."""

from collections.abc import Sequence

from bot.domain.command import Stats, Top, Window
from bot.domain.story import counted
from bot.domain.tally import TopRow
from bot.domain.verdict import Verdict
from bot.slack.answers import buttons, place
from bot.slack.answers.answer import Answer, sentence
from bot.slack.answers.stats import SPANS, marked
from bot.slack.blocks import section
from bot.slack.mrkdwn import DateStyle, bold, date, escape

ROWS = 10


def top(window: Window, rows: Sequence[TopRow], account_name: place.AccountName) -> Answer:
    """At most ten subjects, those with the most kills first, each with a button to its statistics."""
    span = SPANS[window]
    if not rows:
        return sentence(f"✅ No kills in the last {span}.")
    shown = rows[:ROWS]
    told = "; ".join(
        f"{place.plainly(row.subject, account_name)} {row.kills}{marked(row.not_an_oom)}" for row in shown
    )
    others = (other for other in Window if other is not window)
    return Answer(
        text=f"Most kills in the last {span}: {told}.",
        body=[
            section(bold(f"Most kills in the last {span}")),
            *(
                section(
                    _line(rank, row, account_name),
                    accessory=buttons.also(rank, "Stats", Stats(str(row.subject), window).typed),
                )
                for rank, row in enumerate(shown, 1)
            ),
        ],
        buttons=[buttons.run(number, other.value, Top(other).typed) for number, other in enumerate(others)],
        shareable_as=Top(window).typed,
    )


def _line(rank: int, row: TopRow, account_name: place.AccountName) -> str:
    kills = counted(row.kills, Verdict.OOM)
    containers = f" in {row.containers} containers" if row.containers > 1 else ""
    name = bold(escape(row.subject.name, 100))
    where = place.where(row.subject, account_name)
    return f"{rank}. {name} · {kills}{marked(row.not_an_oom)}{containers} · last {date(row.last_at, DateStyle.AGO)}\n{where}"
