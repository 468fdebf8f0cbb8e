"""Scans: processes that were killed inside a container which lived on, by hour, with the lines that tell it."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from slack_sdk.models.blocks import Block

from bot.domain.duration import said
from bot.domain.inspection.worker_kill import Scan, WorkerKill
from bot.domain.look import NearMisses, ScanLogs
from bot.domain.subject import Subject
from bot.slack.answers import buttons, fleet, place
from bot.slack.answers.answer import MOST_BUTTONS, Answer, sentence
from bot.slack.blocks import context, section
from bot.slack.mrkdwn import bold, code, escape

_LINES = 12
_LONGEST_LINE = 200
_RULES = 4


def scan(found: Scan, account_name: place.AccountName) -> Answer:
    """How many, of which kind, and the newest lines."""
    head = _head(found, account_name)
    body: list[Block] = [section(head)]
    if found.kills:
        body.append(section("\n".join(_kinds(found.kills))))
        body.append(section("\n".join(["```", *map(_line, found.kills[:_LINES]), "```"])))
    small = ["Times are UTC · secrets are masked where we know them"] if found.kills else []
    if found.is_cut:
        small.append("there are more lines than I read: ask for a shorter time")
    if found.known:
        small.append(f"{found.known} more came with a death of the container that ECS told")
    if small:
        body.append(context(" · ".join(small)))
    body += fleet.small_print((), found.gaps)
    kinds = fleet.spoken(_kinds(found.kills))
    return Answer(
        text=fleet.spoken([head.replace("\n", ". "), kinds]),
        body=body,
        buttons=[buttons.also(0, "Near misses", NearMisses().typed)],
    )


def not_found(typed: str, gaps: Sequence[str]) -> Answer:
    """No service of that name runs where we look."""
    told = f" Not looked at: {fleet.told_gaps(gaps)}." if gaps else ""
    return sentence(f"🤷 No service called {code(typed, 120)} runs where I look.{told}")


def several(wish: ScanLogs, subjects: Sequence[Subject]) -> Answer:
    """Several services may be meant."""
    asked = f"Which {code(wish.query, 120)} do you mean?"
    return Answer(
        text=asked,
        body=[section(asked)],
        buttons=[
            buttons.also(number, f"{one.cluster}/{one.name}", ScanLogs(str(one), wish.span).typed)
            for number, one in enumerate(subjects[:MOST_BUTTONS])
        ],
    )


def _head(found: Scan, account_name: place.AccountName) -> str:
    hours = found.span // timedelta(hours=1)
    span = f"{hours} hours" if 1 < hours < 48 else said(found.span)
    where = fleet.head(found.running, account_name)
    if not found.kills:
        searched = any(one.log is not None for one in found.running.definition.containers)
        mark = "✅" if searched and not found.gaps else "🤷"
        return f"{mark} {where}\nNo line of the last {span} tells of a process killed inside a container that lived on."
    tasks = len({one.task for one in found.kills})
    count = len(found.kills)
    many = f"{count:,} silent kill{'' if count == 1 else 's'}"
    return (
        f"🔇 {where}\n{bold(many)} in the last {span}, in {fleet.counted(tasks, 'task')}: "
        f"processes were killed inside, the container{'' if tasks == 1 else 's'} lived on, and ECS told nobody."
    )


def _kinds(kills: Sequence[WorkerKill]) -> list[str]:
    """One line a kind: how often, what to do; the most frequent first."""
    counts = Counter(one.finding.rule for one in kills)
    newest = {one.finding.rule: one.finding for one in reversed(kills)}
    return [
        f"• {count} × {escape(newest[rule].words, 160)} {escape(newest[rule].fix, 240)}"
        for rule, count in counts.most_common(_RULES)
    ]


def _line(kill: WorkerKill) -> str:
    return f"{kill.at:%d %b %H:%M} {escape(kill.task[:8], 8)} {escape(kill.finding.evidence, _LONGEST_LINE)}"
