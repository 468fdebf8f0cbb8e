"""Inspections: what is wrong with the revisions in use, the gravest first, each with its evidence and its fix."""

from collections.abc import Sequence
from itertools import groupby

from slack_sdk.models.blocks import Block

from bot.domain.command.look import FindWaste, NearMisses
from bot.domain.inspection.remark import Inspection, Remark, Severity
from bot.domain.subject import console
from bot.domain.telling.language import count, say
from bot.domain.telling.listed import commas, sentences
from bot.slack.answers import buttons, fleet, place
from bot.slack.answers.answer import Answer
from bot.slack.blocks import context, section
from bot.slack.mrkdwn import aside, bold, code, escape

_MARKS = {Severity.SEVERE: "🔴", Severity.WARNING: "🟡", Severity.HINT: "⚪"}
_ROWS = 15
_PER_SERVICE = 3  # with the longest texts and links still within a section


def inspection(
    found: Inspection, cluster: str, account_name: place.AccountName, gaps: Sequence[str] = ()
) -> Answer:
    """At most fifteen services, those with the gravest remarks first."""
    head = _head(found, cluster)
    if not found.remarks:
        head = f"{'✅' if found.looked_at and not gaps else '🤷'} {head}"
    services = _by_service(found.remarks)
    body: list[Block] = [section(head), *(section(_row(one, account_name)) for one in services[:_ROWS])]
    if (more := len(services) - _ROWS) > 0:
        body.append(context(_and_more(more)))
    told = [
        say("{what}: {words}", what=one.running.subject.name, words=one.words)
        for one in found.remarks[:_ROWS]
    ]
    return Answer(
        text=sentences([head, *(escape(line, 200) for line in told)]),
        body=[*body, *fleet.small_print(found.without_data, gaps)],
        buttons=[
            buttons.also(0, say("Near misses"), NearMisses().typed),
            buttons.also(1, say("Waste"), FindWaste().typed),
        ],
    )


def _and_more(services: int) -> str:
    return count(
        services,
        "And {n} more service; {command} lists them all, for CI as well.",
        "And {n} more services; {command} lists them all, for CI as well.",
        command="`python app.py audit --json`",
    )


def _head(found: Inspection, cluster: str) -> str:
    looked, title = fleet.counted(found.looked_at), bold(say("Audit"))
    if cluster:
        looked = say("{what} in {cluster}", what=looked, cluster=code(cluster, 80))
    if not found.remarks:
        return say(
            "{label}: {words}.", label=title, words=say("nothing found in {services}", services=looked)
        )
    told = commas(_counted(severity, found.count(severity)) for severity in Severity if found.count(severity))
    return say("{audit} of {services}: {found}", audit=title, services=looked, found=told)


def _counted(severity: Severity, number: int) -> str:
    match severity:
        case Severity.SEVERE:
            told = count(number, "{n} severe", "{n} severe", n=number)
        case Severity.WARNING:
            told = count(number, "{n} warning", "{n} warnings", n=number)
        case Severity.HINT:
            told = count(number, "{n} hint", "{n} hints", n=number)
    return f"{_MARKS[severity]} {told}"


def _by_service(remarks: Sequence[Remark]) -> list[list[Remark]]:
    """All of one service together, where its gravest one stands."""
    order = {one.running.subject: number for number, one in reversed(list(enumerate(remarks)))}
    ranked = sorted(remarks, key=lambda one: (order[one.running.subject], one.severity.rank))
    return [list(group) for _, group in groupby(ranked, key=lambda one: one.running.subject)]


def _row(remarks: Sequence[Remark], account_name: place.AccountName) -> str:
    running = remarks[0].running
    revision = code(console.revision(running.definition.arn), 120)
    lines = [f"{fleet.head(running, account_name)} · {revision}"]
    lines += [_line(one) for one in remarks[:_PER_SERVICE]]
    if len(remarks) > _PER_SERVICE:
        lines.append(count(len(remarks) - _PER_SERVICE, "and {n} more", "and {n} more"))
    return "\n".join(lines)


def _line(remark: Remark) -> str:
    words = escape(remark.words, 160)
    if remark.container:
        words = say("{label}: {words}", label=code(remark.container, 60), words=words)
    told = f"{_MARKS[remark.severity]} {words}"
    fix = f"\n     → {escape(remark.fix, 180)}" if remark.fix else ""
    paste = f" {code(remark.paste, 80)}" if remark.paste and remark.paste not in remark.fix else ""
    return f"{told} {aside(remark.evidence)}{fix}{paste}"
