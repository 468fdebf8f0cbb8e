"""The answer to `/oom report`: what the weekly message says, of the days up to now."""

from dataclasses import replace

from bot.domain.command.report_grammar import AskReport
from bot.domain.report.day_bars import day_bars
from bot.domain.report.report import Report
from bot.domain.telling.language import count, say
from bot.domain.telling.listed import commas
from bot.slack import report as in_slack
from bot.slack.answers import buttons, days
from bot.slack.answers.answer import Answer, sentence
from bot.slack.answers.place import AccountName
from bot.slack.blocks import context, section
from bot.slack.mrkdwn import code

_MOST_CHANNELS = 10


def answer(report: Report, asked: AskReport, account_name: AccountName, *, is_all: bool = False) -> Answer:
    """For the one who asked. `is_all`: no route leads to the channel, and so it is about all of them."""
    bars = day_bars(report)
    chart = [section(days.chart(list(zip(report.days, report.per_day, strict=True))))] if bars else []
    note = [context(say("No route leads to this channel: this is about all channels."))] if is_all else []
    other = 7 if asked.days == 30 else 30
    return Answer(
        text=in_slack.push(report),
        body=[*in_slack.head(report, is_weekly=False), *note, *chart, *in_slack.body(report, account_name)],
        buttons=[
            buttons.run(0, _span(other), AskReport(other, asked.channel, asked.name).typed),
            buttons.also(0, say("CSV"), AskReport(asked.days, asked.channel, asked.name, is_csv=True).typed),
        ],
        shareable_as=asked.typed,
    )


def unknown_channel(asked: AskReport, known: list[str]) -> Answer:
    """No route leads there; which channels there are."""
    names = commas(f"<#{one}>" if one[:1] in "CG" and one.isalnum() else code(f"#{one}", 80) for one in known)
    shown = names if len(known) <= _MOST_CHANNELS else say("{names} and others", names=names)
    return sentence(
        say(
            "🤷 No route leads to {channel}. Reports are made for: {channels}.",
            channel=code(asked.name or asked.channel, 80),
            channels=shown,
        )
    )


def csv_coming(asked: AskReport) -> Answer:
    """The file will follow."""
    shown = replace(asked, channel="") if asked.name else asked  # ids are for machines
    return sentence(
        say(
            "📄 The file for {command} follows in our direct messages: files cannot be shown to one person alone.",
            command=code("/oom " + shown.typed, 200),
        )
    )


def csv_sent(rows: int, *, is_cut: bool) -> Answer:
    """It is there."""
    if is_cut:
        return sentence(
            say(
                "📄 The first {rows} rows are in our direct messages; {command} gives all of them.",
                rows=f"{rows:,}",
                command=code("python app.py report --csv"),
            )
        )
    return sentence(
        count(
            rows,
            "📄 The file is in our direct messages ({n} row).",
            "📄 The file is in our direct messages ({n} rows).",
        )
    )


def csv_refused(error: str) -> Answer:
    """Slack does not take it."""
    return sentence(
        say(
            "🚫 Slack did not take the file ({error}). The app needs the scopes files:write and chat:write.",
            error=code(error, 60),
        )
    )


def _span(number: int) -> str:
    return count(number, "{n} day", "{n} days")
