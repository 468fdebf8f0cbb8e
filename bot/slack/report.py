"""Reports in Slack: the weekly message of a channel, and the parts that the answer to `/oom report` shares with it."""

from slack_sdk.models.blocks import ActionsBlock, Block, ImageBlock
from slack_sdk.models.blocks.basic_components import SlackFile
from slack_sdk.models.metadata import Metadata

from bot.domain.calendar.almanac import day
from bot.domain.calendar.day_words import days
from bot.domain.chart.chart import NATIVE
from bot.domain.command.command import Top, Window
from bot.domain.command.report_grammar import AskReport
from bot.domain.report.day_bars import DayBars, alt_text, day_bars, kills, others, title
from bot.domain.report.report import Report
from bot.domain.telling.language import count, say
from bot.slack import report_lines
from bot.slack.answers import buttons
from bot.slack.answers.place import AccountName
from bot.slack.blocks import context, section
from bot.slack.message import Message
from bot.slack.mrkdwn import bold, escape
from bot.slack.plate import DataVisualization

EVENT_TYPE = "oom_guard_report"
_MOST_CHARACTERS = 20  # of a label or a name in Slack's own chart


def weekly(
    report: Report, account_name: AccountName, *, report_id: int, channel: str, shown_as: str = ""
) -> Message:
    """What a channel is told of its week. `shown_as`: NATIVE or a file's id for the chart, "" for none."""
    bars = day_bars(report)
    plates = [_plate(bars, shown_as)] if bars and shown_as else []
    row = [
        # Whoever presses it within a week has the whole of the week that is told here.
        buttons.also(0, say("CSV"), AskReport.of(channel, 14, is_csv=True).typed),
        buttons.also(1, say("30 days"), AskReport.of(channel, 30).typed),
        buttons.also(2, say("Most killed"), Top(Window.WEEK).typed),
    ]
    controls = [ActionsBlock(elements=row)] if report.kills else []
    return Message(
        text=push(report),
        blocks=[*head(report, is_weekly=True), *plates, *body(report, account_name), *controls],
        metadata=Metadata(EVENT_TYPE, {"report_id": str(report_id)}),
    )


def head(report: Report, *, is_weekly: bool) -> list[Block]:
    """Which days, how many kills, and whether that is more than before."""
    when = days(report.days)
    if not report.kills:
        said = (
            say("✅ A calm week, {days}", days=when) if is_weekly else say("✅ Calm days, {days}", days=when)
        )
        return [section(f"{bold(said)}\n{say('No kills, {trend}.', trend=_trend(report))}")]
    name = say("📊 Weekly report, {days}", days=when) if is_weekly else say("📊 Report, {days}", days=when)
    figures = f"{bold(kills(report.kills))} · {_arrow(report)}{_trend(report)}"
    return [section(f"{bold(name)}\n{figures}\n{_who(report)}")]


def body(report: Report, account_name: AccountName) -> list[Block]:
    """Everything below figures and chart, most important first; what is empty is not there."""
    found = report.foresight
    texts = [
        *report_lines.offenders(report, account_name),
        report_lines.fixes(report),
        *([report_lines.near(found), report_lines.waste(found)] if found else []),
        report_lines.silences(report.silences),
    ]
    small = [context(line) for line in report_lines.small_print(found)]
    return [*(section(text) for text in texts if text), *small]


def push(report: Report) -> str:
    """The story in a sentence or two, for notifications and screen readers."""
    when = days(report.days)
    if not report.kills:
        return say("Memory report, {days}: no kills, {trend}.", days=when, trend=_trend(report))
    worst = report.offenders[0]
    return say(
        "Memory report, {days}: {kills}, {trend}. {who}. Most: {name}, {most}.",
        days=when,
        kills=kills(report.kills),
        trend=_trend(report),
        who=_who(report),
        name=escape(worst.subject.name, 60),
        most=kills(worst.kills),
    )


def _trend(report: Report) -> str:
    more, span = report.kills - report.before, len(report.days)
    if not report.before:
        return say("none in the {days} days before", days=span)
    if not report.kills:
        return count(
            report.before,
            "{n} kill in the {days} days before",
            "{n} kills in the {days} days before",
            days=span,
        )
    if more > 0:
        return count(
            more,
            "{n} more than in the {days} days before",
            "{n} more than in the {days} days before",
            days=span,
        )
    if more < 0:
        return count(
            -more,
            "{n} fewer than in the {days} days before",
            "{n} fewer than in the {days} days before",
            days=span,
        )
    return say("as many as in the {days} days before", days=span)


def _arrow(report: Report) -> str:
    if not report.before or report.kills == report.before:
        return ""
    return "▲ " if report.kills > report.before else "▼ "


def _who(report: Report) -> str:
    number = report.new + report.repeated
    if not report.new:
        return count(number, "{n} service, killed before", "{n} services, all killed before")
    if not report.repeated:
        return count(number, "{n} service, never killed before", "{n} services, none killed before")
    return say(
        "{all} services: {new} new, {repeated} repeated", all=number, new=report.new, repeated=report.repeated
    )


def _plate(bars: DayBars, shown_as: str) -> Block:
    if shown_as != NATIVE:
        return ImageBlock(alt_text=alt_text(bars), slack_file=SlackFile(id=shown_as))
    labels = [day(one)[:_MOST_CHARACTERS] for one in bars.days]
    series = [
        {
            "name": (name or others())[:_MOST_CHARACTERS],
            "data": [{"label": label, "value": value} for label, value in zip(labels, row, strict=True)],
        }
        for name, row in bars.parts
    ]
    drawing = {"type": "bar", "series": series, "axis_config": {"categories": labels}}
    return DataVisualization(title(bars)[:50], drawing, "report.chart")
