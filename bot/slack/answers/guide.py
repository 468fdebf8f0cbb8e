"""The guide: what can be typed after `/oom`, and what was wrong with what was typed."""

from collections.abc import Sequence

from slack_sdk.models.blocks import SectionBlock

from bot.domain.command.command import Misuse
from bot.domain.command.verb import VERBS, Verb
from bot.domain.policy.freeze import Freeze
from bot.domain.telling.language import mark, say
from bot.domain.telling.listed import commas, sentences
from bot.slack.answers import buttons, incident_list
from bot.slack.answers.answer import Answer
from bot.slack.blocks import context, section
from bot.slack.mrkdwn import code, escape
from bot.slack.resize.progress import said

WATCHING = mark("I watch Amazon ECS for containers that are killed for lack of memory, and tell it here.")
SHORT = ("stats", "list", "top", "help")


def overview(unfinished: int, frozen: Sequence[Freeze] = ()) -> Answer:
    """What `/oom` alone answers: how things stand, and the first things to type."""
    standing = incident_list.counted(unfinished) if unfinished else say("No unfinished incidents")
    state = f"🔴 {standing}" if unfinished else f"✅ {standing}"
    verbs = [verb for verb in VERBS if verb.name in SHORT]
    return Answer(
        text=say("{standing}. Type /oom list to see them, /oom help for more.", standing=standing),
        body=[section(f"*{state}*"), *_frozen(frozen), section("\n".join(map(_line, verbs)))],
        buttons=[
            buttons.run(0, say("List"), "list"),
            buttons.run(1, say("Top"), "top"),
            buttons.run(2, say("Help"), "help"),
        ],
    )


def _frozen(frozen: Sequence[Freeze]) -> list[SectionBlock]:
    """Who keeps changes from beginning."""
    lines = [say("🧊 Changes of memory are frozen: {why}", why=said(one.words, 200)) for one in frozen[:3]]
    return [section("\n".join([*lines, say("{command} ends it.", command="`/oom thaw`")]))] if lines else []


def about(verb: Verb | None) -> Answer:
    """All verbs, or one of them with its example."""
    if verb is not None:
        typed, does, example = code("/oom " + _usage(verb)), say(verb.does), code("/oom " + verb.example)
        for_example = say("For example {example}", example=example)
        told = say(
            "{label}: {words}", label=typed, words=sentences([does, say("{sentence}.", sentence=for_example)])
        )
        return Answer(text=told, body=[section(f"{typed}\n{does}\n{for_example}")])
    names = commas(f"/oom {one.name}" for one in VERBS)
    return Answer(
        text=sentences([say(WATCHING), say("You can type {names}.", names=names)]),
        body=[section(say(WATCHING)), section("\n".join(map(_line, VERBS))), context(_names())],
    )


def _names() -> str:
    return sentences(
        [
            say(
                "A task is named by its service, task family or job, as {example}, by a task id or by an ARN.",
                example="`cluster/service`",
            ),
            say("Numbers stand in the alerts."),
            say("Only you see the answers, until you share one."),
        ]
    )


def usage(misuse: Misuse) -> Answer:
    """What was wrong with the words, how the verb is used, and an example."""
    problem, example = escape(misuse.problem, 500), code("/oom " + misuse.example, 200)
    for_example = say("For example: {example}", example=example)
    lines = [f"🤔 {problem}"]
    if misuse.verb is not None:
        lines.append(say("Usage: {usage}", usage=code("/oom " + _usage(misuse.verb))))
    lines.append(for_example)
    return Answer(text=sentences([problem, for_example]), body=[section("\n".join(lines))])


def _usage(verb: Verb) -> str:
    return f"{verb.name} {verb.usage}"


def _line(verb: Verb) -> str:
    return f"{code('/oom ' + _usage(verb))} {say(verb.does)}"
