"""Log tails: the last lines of a dead container, in its alert's thread, secrets masked before they get here."""

from collections.abc import Iterator, Sequence

from bot.domain.alert.story import Story
from bot.domain.diagnosis.evidence import LogLine
from bot.domain.kills.death import Death
from bot.domain.subject import console
from bot.domain.telling.language import count, say
from bot.slack.answers.answer import Answer, sentence
from bot.slack.blocks import context, section
from bot.slack.mrkdwn import bold, date, escape, link
from bot.slack.push import named

MOST_LINES = 25
LONGEST_LINE = 300
ROOM = 2800  # of the 3,000 characters of a section


def log_tail(story: Story, lines: Sequence[LogLine] | str, *, of: Death | None = None) -> Answer:
    """The newest lines, or why there are none: in words, with the page in AWS where they can be read.

    `of`: whose lines they are, which is said where it is not the incident's newest death.
    """
    address = console.task_logs(of.group_key, of.task_arn) if of is not None else story.links.task_logs
    page = link(address, say("Task logs in AWS")) if address else ""
    if isinstance(lines, str) or not lines:
        why = lines if isinstance(lines, str) else say("its log has no lines from this life")
        none = say("No log lines of {name}: {why}.", name=named(story), why=escape(why, 300))
        return sentence(f"{none} {page}" if page else none)
    shown = _fitting(lines[-MOST_LINES:])
    last = count(len(shown), "Last {n} line", "Last {n} lines")
    title = say("{lines} of {name}", lines=bold(last), name=bold(named(story)))
    return Answer(
        text=say("{lines} of {name}", lines=last, name=named(story)),
        body=[
            section(f"{title}\n```\n" + "\n".join(shown) + "\n```"),
            context(" · ".join([*_whose(story, of), *_to_know(), *([page] if page else [])])),
        ],
        is_for_thread=True,
    )


def _whose(story: Story, of: Death | None) -> Iterator[str]:
    newest = story.newest
    if of is not None and newest is not None and of.task_arn != newest.task_arn:
        yield say("of the kill at {when}, which the diagnosis is of", when=date(of.died_at))


def _to_know() -> Iterator[str]:
    yield say("Times are UTC")
    yield say("secrets are masked where we know them")
    yield say("a killed process logs no end")


def _fitting(lines: Sequence[LogLine]) -> list[str]:
    """As many of the newest lines as fit, oldest first."""
    told: list[str] = []
    room = ROOM
    for line in reversed(lines):
        text = f"{line.at:%H:%M:%S} {escape(line.text, LONGEST_LINE)}"
        room -= len(text) + 1
        if room < 0:
            break
        told.append(text)
    return told[::-1]
