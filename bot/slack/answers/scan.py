"""Scans: processes that were killed inside a container which lived on, by hour, with the lines that tell it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta

from slack_sdk.models.blocks import Block

from bot.domain.calendar.almanac import MONTHS
from bot.domain.calendar.duration import said
from bot.domain.command.look import NearMisses, ScanLogs
from bot.domain.inspection.worker_kill import Scan, WorkerKill
from bot.domain.subject.subject import Subject
from bot.domain.telling.language import count, say
from bot.domain.telling.listed import sentences
from bot.slack.answers import buttons, fleet, place
from bot.slack.answers.answer import MOST_BUTTONS, Answer, sentence
from bot.slack.blocks import context, section
from bot.slack.mrkdwn import bold, code, escape

_LINES = 5
_LONGEST_LINE = 200
_RULES = 4


def scan(found: Scan, account_name: place.AccountName) -> Answer:
    """How many, of which kind, and the newest lines."""
    head = _head(found, account_name)
    body: list[Block] = [section("\n".join(head))]
    if found.kills:
        body.append(section("\n".join(_kinds(found.kills))))
        body.append(section("\n".join(["```", *map(_line, found.kills[:_LINES]), "```"])))
    if small := list(_small_print(found)):
        body.append(context(" · ".join(small)))
    body += fleet.small_print((), found.gaps)
    return Answer(
        text=sentences([say("{sentence}.", sentence=head[0]), *head[1:], *_kinds(found.kills)]),
        body=body,
        buttons=[buttons.also(0, say("Near misses"), NearMisses().typed)],
    )


def not_found(typed: str, gaps: Sequence[str]) -> Answer:
    """No service of that name runs where we look."""
    none = say("🤷 No service called {name} runs where I look.", name=code(typed, 120))
    told = say("Not looked at: {what}.", what=fleet.told_gaps(gaps)) if gaps else ""
    return sentence(sentences([none, told]))


def _small_print(found: Scan) -> Iterator[str]:
    if found.kills:
        yield say("Times are UTC")
        yield say("secrets are masked where we know them")
    if found.is_cut:
        yield say("there are more lines than I read: ask for a shorter time")
    if found.known:
        yield count(
            found.known,
            "{n} more came with a death of the container that ECS told",
            "{n} more came with a death of the container that ECS told",
        )


def several(wish: ScanLogs, subjects: Sequence[Subject]) -> Answer:
    """Several services may be meant."""
    asked = say("Which {name} do you mean?", name=code(wish.query, 120))
    return Answer(
        text=asked,
        body=[section(asked)],
        buttons=[
            buttons.also(number, f"{one.cluster}/{one.name}", ScanLogs(str(one), wish.span).typed)
            for number, one in enumerate(subjects[:MOST_BUTTONS])
        ],
    )


def _head(found: Scan, account_name: place.AccountName) -> tuple[str, ...]:
    """Which service, and a line or a sentence of what was found."""
    hours = found.span // timedelta(hours=1)
    span = count(hours, "{n} hour", "{n} hours") if 1 < hours < 48 else said(found.span)
    where = fleet.head(found.running, account_name)
    if not found.kills:
        searched = any(one.log is not None for one in found.running.definition.containers)
        emoji = "✅" if searched and not found.gaps else "🤷"
        none = say(
            "No line of the last {span} tells of a process killed inside a container that lived on.",
            span=span,
        )
        return f"{emoji} {where}", none
    told = count(
        len({one.task for one in found.kills}),
        "{kills} in the last {span}, in {n} task: processes were killed inside, the container lived on, and ECS "
        "told nobody.",
        "{kills} in the last {span}, in {n} tasks: processes were killed inside, the containers lived on, and ECS "
        "told nobody.",
        kills=bold(count(len(found.kills), "{n} silent kill", "{n} silent kills")),
        span=span,
    )
    return f"🔇 {where}", told


def _kinds(kills: Sequence[WorkerKill]) -> list[str]:
    """One line a kind: how often, what to do; the most frequent first."""
    counts = Counter(one.finding.rule for one in kills)
    newest = {one.finding.rule: one.finding for one in reversed(kills)}
    return [
        f"• {times} × {sentences([escape(newest[rule].words, 160), escape(newest[rule].fix, 240)])}"
        for rule, times in counts.most_common(_RULES)
    ]


def _line(kill: WorkerKill) -> str:
    return f"{kill.at.day:02} {say(MONTHS[kill.at.month - 1])} {kill.at:%H:%M} {escape(kill.task[:8], 8)} {escape(kill.finding.evidence, _LONGEST_LINE)}"
