"""Pushes: an incident in one plain sentence: what a phone's lock screen and a screen reader say."""

from datetime import UTC, datetime

from bot.domain.incident import Phase, Resolution
from bot.domain.story import Story
from bot.domain.verdict import Verdict
from bot.slack.mrkdwn import escape

LONGEST = 300
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SIGNALS = {
    Verdict.OOM: "OOM",
    Verdict.SUSPECTED_OOM: "Suspected OOM",
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
    """What, where, how often, since when, limit, state and next step: escaped, no markup, at most 300 characters."""
    incident = story.incident
    limit = f", {escape(story.ceiling.short, 30)}" if story.ceiling.short else ""
    told = (
        f"{SIGNALS[incident.verdict]} in {escape(story.account_name, 40)}: {named(story)} {story.headline} "
        f"({escape(story.count, 50)}{_since(story)}{limit}). {state(story)}"
    )
    with_advice = f"{told} Suggested: {story.advice}"
    return with_advice if story.advice and len(with_advice) <= LONGEST else told


def named(story: Story) -> str:
    """What died, in plain escaped text: `checkout-api / app`."""
    container = f" / {escape(story.container, 40)}" if story.container else ""
    return f"{escape(story.subject, 50)}{container}"


def state(story: Story) -> str:
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
        return f"{word}, silenced until {_utc(story.silence.ends_at)}."
    return f"{word}."


def _since(story: Story) -> str:
    word = "since" if story.incident.kill_count > 1 else "at"
    return f" {word} {_utc(story.incident.first_kill_at)}"


def _utc(moment: datetime) -> str:
    # No <!date^…> here: phones show a push as it is. English month names whatever the machine's locale says.
    utc = moment.astimezone(UTC)
    return f"{utc.day} {MONTHS[utc.month - 1]} {utc:%H:%M} UTC"
