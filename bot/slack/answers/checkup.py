"""Checkups in Slack: what is broken first, each with how to mend it; what is well in one line for each area."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from bot.domain.checkup.checkup import Check, Checkup, State
from bot.domain.command.look import Examine
from bot.domain.telling.language import count, say
from bot.domain.telling.listed import commas
from bot.slack.answers import buttons
from bot.slack.answers.answer import Answer, sentence
from bot.slack.blocks import context, section
from bot.slack.mrkdwn import bold, code, escape

MARKS = {State.BROKEN: "🔴", State.WARNING: "🟡", State.UNSEEN: "▫️", State.OK: "✅"}
_MOST_LINES = 14  # that are not well: each is a section, and a message has room for so many characters
_MOST_WELL = 14  # names in one line of an area
_MOST_TOLD = 9000  # characters of all lines; Slack takes 13,200 with what surrounds them


def checkup_answer(found: Checkup) -> Answer:
    """The worst first."""
    head = _head(found)
    bad = sorted((one for one in found.checks if one.state is not State.OK), key=lambda one: one.state.rank)
    lines = _fitting([_line(one) for one in bad[:_MOST_LINES]])
    body: list[Block] = [section(head), *map(section, lines)]
    if (more := len(bad) - len(lines)) > 0:
        words = count(
            more,
            "And {n} more: {command} tells all.",
            "And {n} more: {command} tells all.",
            command=code("python app.py doctor"),
        )
        body.append(context(words))
    body += map(context, _well(found, is_brief=bool(bad)))
    return Answer(
        text=_spoken(head, bad[:2]),
        body=body,
        buttons=[buttons.run(0, say("Look again"), Examine().typed)],
    )


def not_a_viewer() -> Answer:
    """There is a policy, and it does not name them."""
    return sentence(say("🔒 You need the viewer role to see what the doctor finds."))


def _head(found: Checkup) -> str:
    broken, warnings, unseen = (found.count(one) for one in (State.BROKEN, State.WARNING, State.UNSEEN))
    if not broken and not warnings and not unseen:
        return f"🩺 {bold(count(len(found.checks), 'All is well: {n} thing looked at.', 'All is well: {n} things looked at.'))}"
    parts = [
        count(broken, "{n} broken", "{n} broken") if broken else "",
        count(warnings, "{n} warning", "{n} warnings") if warnings else "",
        count(unseen, "{n} not looked at", "{n} not looked at") if unseen else "",
        count(found.count(State.OK), "{n} well", "{n} well"),
    ]
    return f"🩺 {bold(' · '.join(filter(None, parts)))}"


def _spoken(head: str, worst: Sequence[Check]) -> str:
    """For notifications and screen readers."""
    told = head
    for one in worst:
        words = escape(say("{what}: {words}", what=one.what, words=one.found), 150)
        told = say("{told}. {next}", told=told, next=words)
    return told


def _line(one: Check) -> str:
    where = f" · {escape(one.account, 60)}" if one.account else ""
    lines = [f"{MARKS[one.state]} {bold(escape(one.what, 150))}{where}: {escape(one.found, 500)}"]
    if one.fix:
        lines.append(f"→ {escape(one.fix, 400)}")
    if one.command:
        lines.append(code(one.command, 400))
    return "\n".join(lines)


def _fitting(lines: Sequence[str]) -> list[str]:
    """As many of them as one message has room for."""
    kept: list[str] = []
    room = _MOST_TOLD
    for line in lines:
        room -= len(line)
        if room < 0:
            break
        kept.append(line)
    return kept


def _well(found: Checkup, *, is_brief: bool) -> list[str]:
    """What is well: by name where all is, else by number, or it would push what is broken off a phone's screen."""
    by_area = [(area, [one for one in checks if one.state is State.OK]) for area, checks in found.by_area()]
    told = [(area, checks) for area, checks in by_area if checks]
    if is_brief:
        numbers = " · ".join(f"{say(area.value)} {len(checks)}" for area, checks in told)
        return [say("✅ Well: {areas}", areas=numbers)] if told else []
    return [f"✅ {bold(say(area.value))}: {_names(checks)}" for area, checks in told]


def _names(checks: Sequence[Check]) -> str:
    names = list(dict.fromkeys(escape(one.what, 60) for one in checks))
    shown = commas(names[:_MOST_WELL])
    more = len(names) - _MOST_WELL
    return shown if more <= 0 else count(more, "{names} and {n} more", "{names} and {n} more", names=shown)
