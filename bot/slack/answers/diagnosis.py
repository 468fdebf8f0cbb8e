"""Diagnosis of an incident, on demand: why, what to change with values to paste, three sizes, and what is not known."""

import math
from collections.abc import Iterator, Sequence

from slack_sdk.models.blocks import Block

from bot.domain.diagnosis import Diagnosis, Finding, KnobChange, Option, Pattern, Recommendation, Standing
from bot.domain.duration import rough
from bot.domain.gist import CULPRITS, cost, gist
from bot.domain.story import Story
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
    Standing.CONFIRMED: "The suspicion is confirmed",
    Standing.UNLIKELY: "Memory is an unlikely cause",
    Standing.UNKNOWN: "Whether it was memory is not known",
}


def diagnosis_of(story: Story) -> Answer:
    """All that the evidence says of an incident."""
    found, lines = story.diagnosis, story.gist
    if found is None:
        return sentence(f"Incident {bold(f'#{story.incident.id}')} has not been looked into.")
    head = [f"{bold('Diagnosis')} of {subject(story)} · incident {story.incident.id}"]
    if lines is not None:
        head += [line for line in (cause_line(lines), fix_line(lines)) if line]
    told = f"{escape(lines.cause, 60)}: {escape(lines.told, 120)}" if lines else "taken back"
    return Answer(
        text=f"Diagnosis of {named(story)}: {told}",
        body=[section("\n".join(head)), *_body(found), context(_footer(found))],
        is_for_thread=True,
    )


def _body(found: Diagnosis) -> Iterator[Block]:
    yield section("\n".join([bold("Why"), *_reasons(found)]))
    for finding in found.findings[:MOST_FINDINGS]:
        yield section(_finding(finding))
    yield from _sizes(found)
    for title, lines in (("Mind", _only_there(found)), ("What changed", found.changes)):
        if lines:
            yield section("\n".join([bold(title), *_listed(lines)]))
    if found.exec_command:
        yield section(
            f"{bold('Look inside a task that lives')}: memory by process\n{_block(found.exec_command)}"
        )
    if found.gaps:
        yield context("\n".join(["Not looked at:", *_listed(found.gaps)]))


def _only_there(found: Diagnosis) -> list[str]:
    """The warnings without the deployment, which the changes begin with in any case."""
    return [one for one in found.warnings if not (found.changes and one.startswith(found.changes[0]))]


def _reasons(found: Diagnosis) -> list[str]:
    pattern = "no pattern" if found.pattern is Pattern.UNKNOWN else found.pattern.value
    culprit = f"{CULPRITS[found.culprit]}: " if found.culprit in CULPRITS else ""
    is_told = gist(found).told == found.pattern_why
    lines = [*([] if is_told else [f"{pattern}: {found.pattern_why}"]), f"{culprit}{found.culprit_why}"]
    if found.standing is not None:
        lines.append(f"{STANDINGS[found.standing]}: {found.standing_why}")
    if found.owner:
        lines.append(f"Managed by {found.owner}: change it there, or it will be changed back.")
    return _listed([_sentence(line) for line in lines])


def _finding(finding: Finding) -> str:
    lines = [f"{bold('Found')}  {escape(finding.words, 200)}", f"Evidence: {code(finding.evidence, 200)}"]
    if finding.fix:
        lines.append(f"{bold('Fix')}  {escape(finding.fix, 200)}")
    return "\n".join(lines) + (f"\n{_block(finding.paste)}" if finding.paste else "")


def _sizes(found: Diagnosis) -> Iterator[Block]:
    sizes = found.recommendation
    if sizes is None:
        if found.no_recommendation_why:
            yield section(f"{bold('No size is suggested')}: {escape(found.no_recommendation_why, 300)}")
        return
    notes = [
        note
        for note in (sizes.caveat, _needs(sizes.chosen), *sizes.reasons)
        if note and note.rstrip(".").lower() != found.pattern_why.lower()
    ]
    yield section("\n".join([bold("Sizes"), _table(sizes), *_listed(notes)]))
    if sizes.knobs:
        yield section(
            "\n".join([bold("Change together with the limit"), *map(_knob, sizes.knobs[:MOST_KNOBS])])
        )
    if sizes.price_note:
        yield context(escape(_sentence(sizes.price_note), 200))


def _table(sizes: Recommendation) -> str:
    """Aligned columns in code: narrow enough for a phone; the arrow marks the one that we would take."""
    rows = [_row(option, is_best=number == sizes.best) for number, option in enumerate(sizes.options[:4])]
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    return "```\n" + "\n".join(line.rstrip() for line in lines) + "\n```"


def _row(option: Option, *, is_best: bool) -> tuple[str, ...]:
    if option.enough is not None:
        reach = f"enough {math.floor(100 * option.enough + 1e-9)} %"
    else:
        reach = "" if option.next_oom_s is None else f"lasts {rough(option.next_oom_s)}"
    return ("→" if is_best else " ", f"{option.memory_mib:,} MiB", reach, cost(option.monthly_usd))


def _needs(chosen: Option) -> str:
    """What else the size takes: `It needs a task of 4,096 MiB and 0.5 vCPU.`; "" where nothing."""
    if chosen.task_mib in (None, chosen.memory_mib):
        return ""
    cpu = f" and {chosen.cpu / 1024:g} vCPU, more than today" if chosen.cpu and chosen.raises_cpu else ""
    return f"It needs a task of {chosen.task_mib:,} MiB{cpu}."


def _knob(change: KnobChange) -> str:
    return f"• {code(change.variable, 60)}: {escape(change.why, 200)}"


def _block(text: str) -> str:
    """Text to copy, which cannot leave its block; half a value would be worse than none."""
    shown = escape(text, LONGEST_PASTE)
    return f"```\n{shown}\n```" if not shown.endswith(ELLIPSIS) else "_Too long to be shown here whole._"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _listed(lines: Sequence[str]) -> list[str]:
    more = [f"… and {len(lines) - MOST_LINES} more"] if len(lines) > MOST_LINES else []
    return [*(f"• {escape(line, 200)}" for line in lines[:MOST_LINES]), *more]


def _footer(found: Diagnosis) -> str:
    peak = "" if found.peak_mib is None else f" · highest sample {found.peak_mib:,.0f} MiB"
    limit = "" if found.limit_mib is None else f" of {found.limit_mib:,} MiB"
    return f"Looked at {date(found.made_at)}{peak}{limit if peak else ''}"
