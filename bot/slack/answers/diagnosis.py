"""Diagnosis of an incident, on demand: why, what to change with values to paste, three sizes, and what is not known."""

import math
from collections.abc import Iterator, Sequence

from slack_sdk.models.blocks import Block

from bot.domain.alert.story import Story
from bot.domain.calendar.duration import rough
from bot.domain.diagnosis.diagnosis import (
    Diagnosis,
    Finding,
    KnobChange,
    Option,
    Pattern,
    Recommendation,
    Standing,
)
from bot.domain.investigation.gist import CULPRITS, cost, gist
from bot.domain.telling.language import count, mark, say
from bot.domain.telling.sentence import begun
from bot.slack.alert import subject
from bot.slack.answers.answer import Answer, sentence
from bot.slack.blocks import context, section
from bot.slack.gist_lines import cause_line, fix_line
from bot.slack.mrkdwn import ELLIPSIS, bold, code, date, escape
from bot.slack.push import named

# Slack takes some 13,000 characters in all: the bounds below leave room for every part at its fullest.
MOST_FINDINGS = 4
MOST_KNOBS = 3
LONGEST_PASTE = 500
MOST_LINES = 5  # of reasons, changes, warnings or gaps
STANDINGS = {
    Standing.CONFIRMED: mark("The suspicion is confirmed"),
    Standing.UNLIKELY: mark("Memory is an unlikely cause"),
    Standing.UNKNOWN: mark("Whether it was memory is not known"),
}

SHAPES = {
    Pattern.STARTUP: mark("startup"),
    Pattern.SPIKE: mark("spike"),
    Pattern.RAMP: mark("ramp"),
    Pattern.LEAK: mark("leak"),
    Pattern.STEP: mark("step"),
    Pattern.DIURNAL: mark("diurnal"),
    Pattern.CHRONIC: mark("chronic"),
    Pattern.STUCK: mark("stuck"),
    Pattern.UNKNOWN: mark("no pattern"),
}


def diagnosis_of(story: Story) -> Answer:
    """All that the evidence says of an incident."""
    found, lines = story.diagnosis, story.gist
    if found is None:
        number = bold(f"#{story.incident.id}")
        return sentence(say("Incident {number} has not been looked into.", number=number))
    title = say("{diagnosis} of {what}", diagnosis=bold(say("Diagnosis")), what=subject(story))
    head = [f"{title} · {say('incident {number}', number=story.incident.id)}"]
    if lines is not None:
        head += [line for line in (cause_line(lines), fix_line(lines)) if line]
    told = say("taken back")
    if lines is not None:
        told = say("{what}: {words}", what=escape(lines.cause, 60), words=escape(lines.told, 120))
    return Answer(
        text=say("Diagnosis of {name}: {told}", name=named(story), told=told),
        body=[section("\n".join(head)), *_body(found), context(_footer(found))],
        is_for_thread=True,
    )


def _body(found: Diagnosis) -> Iterator[Block]:
    yield section("\n".join([bold(say("Why")), *_reasons(found)]))
    for finding in found.findings[:MOST_FINDINGS]:
        yield section(_finding(finding))
    yield from _sizes(found)
    for title, lines in ((say("Mind"), _only_there(found)), (say("What changed"), found.changes)):
        if lines:
            yield section("\n".join([bold(title), *_listed(lines)]))
    if found.exec_command:
        title = bold(say("Look inside a task that lives"))
        told = say("{label}: {words}", label=title, words=say("memory by process"))
        yield section(f"{told}\n{_block(found.exec_command)}")
    if found.gaps:
        yield context("\n".join([say("Not looked at:"), *_listed(found.gaps)]))


def _only_there(found: Diagnosis) -> list[str]:
    """The warnings without the deployment, which the changes begin with in any case."""
    return [one for one in found.warnings if not (found.changes and one.startswith(found.changes[0]))]


def _reasons(found: Diagnosis) -> list[str]:
    lines = [found.culprit_why]
    if found.culprit in CULPRITS:
        lines = [say("{what}: {words}", what=say(CULPRITS[found.culprit]), words=found.culprit_why)]
    if gist(found).told != found.pattern_why:
        shape = say("{what}: {words}", what=say(SHAPES[found.pattern]), words=found.pattern_why)
        lines.insert(0, begun(shape))
    if found.standing is not None:
        lines.append(say("{what}: {words}", what=say(STANDINGS[found.standing]), words=found.standing_why))
    if found.owner:
        lines.append(
            say("Managed by {owner}: change it there, or it will be changed back.", owner=found.owner)
        )
    return _listed(lines)


def _finding(finding: Finding) -> str:
    evidence = say("Evidence: {evidence}", evidence=code(finding.evidence, 200))
    lines = [f"{bold(say('Found'))}  {escape(finding.words, 200)}", evidence]
    if finding.fix:
        lines.append(f"{bold(say('Fix'))}  {escape(finding.fix, 200)}")
    return "\n".join(lines) + (f"\n{_block(finding.paste)}" if finding.paste else "")


def _sizes(found: Diagnosis) -> Iterator[Block]:
    sizes = found.recommendation
    if sizes is None:
        if found.no_recommendation_why:
            why = escape(found.no_recommendation_why, 300)
            yield section(say("{label}: {words}", label=bold(say("No size is suggested")), words=why))
        return
    notes = [
        note
        for note in (sizes.caveat, _needs(sizes.chosen), *sizes.reasons)
        if note and note.rstrip(".。").lower() != found.pattern_why.lower()
    ]
    yield section("\n".join([bold(say("Sizes")), _table(sizes), *_listed(notes)]))
    if sizes.knobs:
        yield section(
            "\n".join([bold(say("Change together with the limit")), *map(_knob, sizes.knobs[:MOST_KNOBS])])
        )
    if sizes.price_note:
        yield context(escape(begun(sizes.price_note), 200))


def _table(sizes: Recommendation) -> str:
    """Aligned columns in code: narrow enough for a phone; the arrow marks the one that we would take."""
    rows = [_row(option, is_best=number == sizes.best) for number, option in enumerate(sizes.options[:4])]
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    return "```\n" + "\n".join(line.rstrip() for line in lines) + "\n```"


def _row(option: Option, *, is_best: bool) -> tuple[str, ...]:
    if option.enough is not None:
        reach = say("enough {percent} %", percent=math.floor(100 * option.enough + 1e-9))
    else:
        reach = "" if option.next_oom_s is None else say("lasts {span}", span=rough(option.next_oom_s))
    return ("→" if is_best else " ", f"{option.memory_mib:,} MiB", reach, cost(option.monthly_usd))


def _needs(chosen: Option) -> str:
    """What else the size takes: `It needs a task of 4,096 MiB and 0.5 vCPU.`; "" where nothing."""
    if chosen.task_mib in (None, chosen.memory_mib):
        return ""
    mib = f"{chosen.task_mib:,}"
    if chosen.cpu and chosen.raises_cpu:
        cpu = f"{chosen.cpu / 1024:g}"
        return say("It needs a task of {mib} MiB and {cpu} vCPU, more than today.", mib=mib, cpu=cpu)
    return say("It needs a task of {mib} MiB.", mib=mib)


def _knob(change: KnobChange) -> str:
    told = say("{label}: {words}", label=code(change.variable, 60), words=escape(change.why, 200))
    return f"• {told}"


def _block(text: str) -> str:
    """Text to copy, which cannot leave its block; half a value would be worse than none."""
    shown = escape(text, LONGEST_PASTE)
    return say("_Too long to be shown here whole._") if shown.endswith(ELLIPSIS) else f"```\n{shown}\n```"


def _listed(lines: Sequence[str]) -> list[str]:
    left = len(lines) - MOST_LINES
    more = [count(left, "… and {n} more", "… and {n} more")] if left > 0 else []
    return [*(f"• {escape(line, 200)}" for line in lines[:MOST_LINES]), *more]


def _footer(found: Diagnosis) -> str:
    made = say("Looked at {when}", when=date(found.made_at))
    if found.peak_mib is None:
        return made
    if found.limit_mib is None:
        return f"{made} · {say('highest sample {peak:,.0f} MiB', peak=found.peak_mib)}"
    peak = say("highest sample {peak:,.0f} MiB of {limit:,} MiB", peak=found.peak_mib, limit=found.limit_mib)
    return f"{made} · {peak}"
