"""The top: which subjects had the most kills."""

from collections.abc import Sequence

from bot.domain.alert.story import counted
from bot.domain.command.command import Stats, Top, Window
from bot.domain.kills.tally import TopRow
from bot.domain.kills.verdict import Verdict
from bot.domain.telling.language import say
from bot.domain.telling.listed import clauses
from bot.slack.answers import buttons, place
from bot.slack.answers.answer import Answer, sentence
from bot.slack.answers.stats import SPANS, marked
from bot.slack.blocks import section
from bot.slack.mrkdwn import DateStyle, bold, date, escape

ROWS = 10


def top(window: Window, rows: Sequence[TopRow], account_name: place.AccountName) -> Answer:
    """At most ten subjects, those with the most kills first, each with a button to its statistics."""
    span = say(SPANS[window])
    if not rows:
        return sentence(say("✅ No kills in the last {span}.", span=span))
    shown = rows[:ROWS]
    told = clauses(
        marked(f"{place.plainly(row.subject, account_name)} {row.kills}", row.not_an_oom) for row in shown
    )
    others = (other for other in Window if other is not window)
    return Answer(
        text=say("Most kills in the last {span}: {told}.", span=span, told=told),
        body=[
            section(bold(say("Most kills in the last {span}", span=span))),
            *(
                section(
                    _line(rank, row, account_name),
                    accessory=buttons.also(rank, say("Stats"), Stats(str(row.subject), window).typed),
                )
                for rank, row in enumerate(shown, 1)
            ),
        ],
        buttons=[buttons.run(number, other.value, Top(other).typed) for number, other in enumerate(others)],
        shareable_as=Top(window).typed,
    )


def _line(rank: int, row: TopRow, account_name: place.AccountName) -> str:
    kills = marked(counted(row.kills, Verdict.OOM), row.not_an_oom)
    if row.containers > 1:
        kills = say("{kills} in {containers} containers", kills=kills, containers=row.containers)
    name, last = (
        bold(escape(row.subject.name, 100)),
        say("last {when}", when=date(row.last_at, DateStyle.AGO)),
    )
    return f"{rank}. {name} · {kills} · {last}\n{place.where(row.subject, account_name)}"
