"""The guide: what can be typed after `/oom`, and what was wrong with what was typed."""

from collections.abc import Sequence

from slack_sdk.models.blocks import SectionBlock

from bot.domain.command import Misuse
from bot.domain.freeze import Freeze
from bot.domain.verb import VERBS, Verb
from bot.slack.answers import buttons, incident_list
from bot.slack.answers.answer import Answer
from bot.slack.blocks import context, section
from bot.slack.mrkdwn import code, escape
from bot.slack.resize.progress import said

WATCHING = "I watch Amazon ECS for containers that are killed for lack of memory, and tell it here."
SHORT = ("stats", "list", "top", "help")


def overview(unfinished: int, frozen: Sequence[Freeze] = ()) -> Answer:
    """What `/oom` alone answers: how things stand, and the first things to type."""
    count = incident_list.counted(unfinished)
    state = f"🔴 {count}" if unfinished else "✅ No unfinished incidents"
    verbs = [verb for verb in VERBS if verb.name in SHORT]
    return Answer(
        text=f"{count if unfinished else 'No unfinished incidents'}. Type /oom list to see them, /oom help for more.",
        body=[section(f"*{state}*"), *_frozen(frozen), section("\n".join(map(_line, verbs)))],
        buttons=[
            buttons.run(0, "List", "list"),
            buttons.run(1, "Top", "top"),
            buttons.run(2, "Help", "help"),
        ],
    )


def _frozen(frozen: Sequence[Freeze]) -> list[SectionBlock]:
    """Who keeps changes from beginning."""
    lines = [f"🧊 Changes of memory are frozen: {said(one.words, 200)}" for one in frozen[:3]]
    return [section("\n".join([*lines, "`/oom thaw` ends it."]))] if lines else []


def about(verb: Verb | None) -> Answer:
    """All verbs, or one of them with its example."""
    if verb is not None:
        return Answer(
            text=f"{code('/oom ' + _usage(verb))}: {verb.does} For example {code('/oom ' + verb.example)}.",
            body=[
                section(
                    f"{code('/oom ' + _usage(verb))}\n{verb.does}\nFor example {code('/oom ' + verb.example)}"
                )
            ],
        )
    names = ", ".join(f"/oom {one.name}" for one in VERBS)
    return Answer(
        text=f"{WATCHING} You can type {names}.",
        body=[
            section(WATCHING),
            section("\n".join(map(_line, VERBS))),
            context(
                "A task is named by its service, task family or job, as `cluster/service`, by a task id or by an ARN. "
                "Numbers stand in the alerts. Only you see the answers, until you share one."
            ),
        ],
    )


def usage(misuse: Misuse) -> Answer:
    """What was wrong with the words, how the verb is used, and an example."""
    problem, example = escape(misuse.problem, 500), code("/oom " + misuse.example, 200)
    lines = [f"🤔 {problem}"]
    if misuse.verb is not None:
        lines.append(f"Usage: {code('/oom ' + _usage(misuse.verb))}")
    lines.append(f"For example: {example}")
    return Answer(text=f"{problem} For example: {example}", body=[section("\n".join(lines))])


def _usage(verb: Verb) -> str:
    return f"{verb.name} {verb.usage}"


def _line(verb: Verb) -> str:
    return f"{code('/oom ' + _usage(verb))} {verb.does}"
