"""The gallery of reports: a week's message and the answer to `/oom report`, by the names of their golden files."""

from collections.abc import Mapping
from dataclasses import replace

from bot.domain.chart.chart import NATIVE
from bot.domain.command.report_grammar import AskReport
from bot.domain.report.report import Report, report
from bot.domain.resize.resize import ResizePhase
from bot.domain.subject.subject import Subject
from bot.slack.answers import report as answers
from bot.slack.answers.answer import Answer
from bot.slack.message import Message
from bot.slack.report import weekly
from tests.domain.reports import DAY, UNTIL, ended, foresight, key, material, report_of, silence, tally

CHANNEL = "C0TEAMPAY"
HOSTILE = "<!channel> *a* `b` _c_"
GAP = "prod 123456789012 eu-west-1: not allowed: the role needs cloudwatch:GetMetricData"
BUSY = report_of(
    tally("checkout", 3, 0, 5, 2, 0, 1, 1, before=8),
    tally("payments-worker", 0, 2, 2, 2, 2, 2, 2),
    tally("search", 1, 1, 1, before=20),
    tally("nightly-report", 0, 0, 0, 0, 4),
    resizes=[
        ended(ResizePhase.PROVEN, monthly_usd=4.2),
        ended(ResizePhase.PROVEN, monthly_usd=-31.0),
        ended(ResizePhase.ROLLED_BACK),
        ended(ResizePhase.NOT_ENOUGH),
    ],
    silences=[silence("search"), silence("nightly-report", id=4, ends_at=UNTIL + 3 * DAY)],
    foresight=foresight(unmeasured=(Subject.of(key("cron")),)),
)
CALM = report_of(tally("checkout", before=3), foresight=foresight(near=(), spare=()))
MANY = report_of(*(tally(f"service-{number:02}", 50 - number, before=1) for number in range(50)))
BLIND = report_of(tally("checkout", 1), foresight=foresight(near=(), spare=(), looked_at=0, gaps=(GAP,)))
PARTLY_BLIND = report_of(foresight=foresight(near=(), spare=(), gaps=(GAP,)))
UNMEASURED = report_of(
    foresight=foresight(near=(), spare=(), looked_at=1, unmeasured=(Subject.of(key("cron")),))
)
TWO_CLUSTERS = report_of(
    tally("checkout", 2), replace(tally("checkout", 1), group_key=replace(key(), cluster="staging"))
)
EVIL = report_of(
    tally(HOSTILE, 1, before=2),
    tally("x" * 300, 1),
    foresight=foresight(
        near=tuple(replace(one, subject=Subject.of(key(HOSTILE))) for one in foresight().near),
        gaps=(HOSTILE,),
    ),
    silences=[silence(HOSTILE)],
)


def account_name(_account: str) -> str:
    """Whatever the account."""
    return "prod-eu"


def of(told: Report, shown_as: str = "") -> Message:
    """The weekly message."""
    return weekly(told, account_name, report_id=7, channel=CHANNEL, shown_as=shown_as)


def asked(told: Report, question: AskReport | None = None, *, is_all: bool = False) -> Answer:
    """The answer to a person."""
    return answers.answer(told, question or AskReport(7, CHANNEL, "team-pay"), account_name, is_all=is_all)


REPORTS: Mapping[str, Message] = {
    "busy": of(BUSY, "F0CHART"),
    "busy_native": of(BUSY, NATIVE),
    "busy_without_chart": of(BUSY),
    "calm": of(CALM),
    "calm_and_partly_blind": of(PARTLY_BLIND),
    "fifty_offenders": of(MANY, "F0CHART"),
    "blind": of(BLIND),
    "nobody_looked": of(report_of(tally("checkout", 1, before=1))),
    "without_data": of(UNMEASURED),
    "two_clusters": of(TWO_CLUSTERS),
    "hostile_names": of(EVIL, NATIVE),
}
ANSWERS: Mapping[str, Answer] = {
    "report": asked(BUSY),
    "report_calm": asked(CALM),
    "report_month": asked(BUSY, AskReport(30, "", "team-pay")),
    "report_of_all": asked(report(material(tally("checkout", 1)), lambda _: True), is_all=True),
    "report_unknown_channel": answers.unknown_channel(AskReport(name="lunch"), ["C0TEAMPAY", "oom-alerts"]),
    "report_csv_coming": answers.csv_coming(AskReport(7, CHANNEL, "team-pay", is_csv=True)),
    "report_csv_sent": answers.csv_sent(1234, is_cut=False),
    "report_csv_cut": answers.csv_sent(100_000, is_cut=True),
    "report_csv_refused": answers.csv_refused("missing_scope"),
}
HOSTILE_ANSWERS: Mapping[str, Answer] = {
    "report": asked(EVIL),
    "channel": answers.unknown_channel(AskReport(name=HOSTILE), [HOSTILE]),
}
