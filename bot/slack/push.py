"""Pushes: an incident in one plain sentence: what a phone's lock screen and a screen reader say."""

from collections.abc import Iterator
from datetime import UTC, datetime

from bot.domain.diagnosis import Standing
from bot.domain.incident import Phase, Resolution
from bot.domain.resizable import is_advice_taken
from bot.domain.story import Story
from bot.domain.verdict import Verdict
from bot.slack.mrkdwn import escape
from bot.slack.resize import progress

LONGEST = 300
WIDTHS = (60, 36)  # of names, tried in turn
NARROWEST = 24  # the rest of the sentence is bounded so that this always fits
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SIGNALS = {
    Verdict.OOM: "OOM",
    Verdict.SUSPECTED_OOM: "Suspected OOM",
    Verdict.SILENT_KILL: "Silent kill",
    Verdict.FAILURE: "Task failure",
    Verdict.MEMORY_WARNING: "Memory warning",
    Verdict.NONE: "No OOM",
}
RESOLUTIONS = {
    Resolution.QUIET: "Resolved: quiet since.",
    Resolution.RETRACTED: "Resolved: ECS took it back.",
    Resolution.NOT_AN_OOM: "Resolved: not an OOM.",
    Resolution.BY_PERSON: "Resolved.",
}


def push(story: Story) -> str:
    """What, where, how often, since when, limit, state, cause and next step: escaped, no markup, at most 300 characters.

    Where that is too little, the next step is left out first, then the cause, and then long names are cut shorter.
    """
    tries = (_told(story, width) for width in WIDTHS)
    told = next((text for text in tries if len(text) <= LONGEST), _told(story, NARROWEST))
    for more in _more(story):
        if len(f"{told} {more}") > LONGEST:
            break
        told = f"{told} {more}"
    return told


def named(story: Story, width: int = 40) -> str:
    """What died, in plain escaped text, each name at most `width` characters: `checkout-api / app`."""
    container = f" / {escape(story.container, width)}" if story.container else ""
    return f"{escape(story.subject, width)}{container}"


def _told(story: Story, width: int) -> str:
    limit = f", {escape(story.ceiling.short, 26)}" if story.ceiling.short else ""
    word = "since" if story.incident.kill_count > 1 else "at"
    how_often = f"{escape(story.count, 42)} {word} {utc(story.incident.first_kill_at)}{limit}"
    where = escape(story.account_name, width)
    what = f"{named(story, width)} {escape(story.headline, 36)}"
    signal = "Killed" if story.standing is Standing.UNLIKELY and not story.is_over else SIGNALS[story.signal]
    return f"{signal} in {where}: {what} ({how_often}). {_state(story)}"


def _more(story: Story) -> Iterator[str]:
    """Why and what to do, a sentence each, most important first."""
    gist = story.gist
    if story.resize is not None:
        yield progress.plainly(story.resize)
    if gist is not None and not story.is_over:
        yield _sentence(f"{escape(gist.cause, 40)}: {escape(gist.told, 100)}" if gist.told else gist.cause)
        fix = " ".join(part for part in (escape(gist.fix, 100), escape(gist.paste, 60)) if part)
        if fix and not is_advice_taken(story):
            yield _sentence(f"{gist.label}: {fix}")
    if story.advice:
        yield f"Suggested: {story.advice[:1].lower()}{story.advice[1:]}"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "…")) else f"{text}."


def _state(story: Story) -> str:
    """Where the incident stands, as one short plain sentence."""
    incident = story.incident
    if incident.phase is Phase.RESOLVED:
        return RESOLUTIONS[incident.resolution or Resolution.BY_PERSON]
    word = (
        "Reopened"
        if incident.reopened_count and incident.phase is Phase.OPEN
        else incident.phase.value.capitalize()
    )
    if story.silence is not None:
        return f"{word}, silenced until {utc(story.silence.ends_at)}."
    return f"{word}."


def utc(moment: datetime) -> str:
    """A moment in plain text: `21 Nov 12:00 UTC`."""
    # No <!date^…> here: phones show a push as it is. English month names whatever the machine's locale says.
    at = moment.astimezone(UTC)
    return f"{at.day} {MONTHS[at.month - 1]} {at:%H:%M} UTC"
