"""Pushes: an incident in one plain sentence: what a phone's lock screen and a screen reader say."""

from collections.abc import Iterator

from bot.domain.alert.resizable import is_advice_taken
from bot.domain.alert.story import Story
from bot.domain.calendar.almanac import utc
from bot.domain.diagnosis.diagnosis import Standing
from bot.domain.incident.incident import Incident, Phase, Resolution
from bot.domain.kills.verdict import Verdict
from bot.domain.telling.language import mark, say
from bot.domain.telling.listed import alongside, sentences
from bot.domain.telling.sentence import continued
from bot.slack.mrkdwn import escape
from bot.slack.resize import progress

LONGEST = 300
WIDTHS = (60, 36)  # of names, tried in turn
NARROWEST = 24  # the rest of the sentence is bounded so that this always fits
SIGNALS = {
    Verdict.OOM: mark("OOM"),
    Verdict.SUSPECTED_OOM: mark("Suspected OOM"),
    Verdict.SILENT_KILL: mark("Silent kill"),
    Verdict.FAILURE: mark("Task failure"),
    Verdict.MEMORY_WARNING: mark("Memory warning"),
    Verdict.NONE: mark("No OOM"),
}
RESOLUTIONS = {
    Resolution.QUIET: mark("Resolved: nothing since."),
    Resolution.RETRACTED: mark("Resolved: ECS took it back."),
    Resolution.NOT_AN_OOM: mark("Resolved: not an OOM."),
    Resolution.BY_PERSON: mark("Resolved."),
}


def push(story: Story) -> str:
    """What, where, how often, limit, cause, next step, since when and state: escaped, no markup, at most 300 characters.

    A lock screen shows the first half: there what to do stands before what can wait. Where 300 are too little, the next
    step is left out first, then the cause, and then long names are cut shorter.
    """
    tries = ([_told(story, width), *_state(story)] for width in WIDTHS)
    told = next((parts for parts in tries if _fits(parts)), [_told(story, NARROWEST), *_state(story)])
    at = len(told) if story.is_over else 1
    for more in _more(story):
        longer = [*told[:at], more, *told[at:]]
        if not _fits(longer):
            break
        told, at = longer, at + 1
    return sentences(told)


def _fits(parts: list[str]) -> bool:
    return len(sentences(parts)) <= LONGEST


def named(story: Story, width: int = 40) -> str:
    """What died, in plain escaped text, each name at most `width` characters: `checkout-api / app`."""
    container = f" / {escape(story.container, width)}" if story.container else ""
    return f"{escape(story.subject, width)}{container}"


def _told(story: Story, width: int) -> str:
    return say(
        "{signal} in {where}: {what} ({how_often}).",
        signal=_signal(story),
        where=escape(story.account_name, width),
        what=say("{what} {happened}", what=named(story, width), happened=escape(story.headline, 36)),
        how_often=alongside([_how_often(story), escape(story.ceiling.short, 26)]),
    )


def _signal(story: Story) -> str:
    if story.incident.was_left_to_its_job:
        return say("Told elsewhere")
    is_doubtful = story.standing is Standing.UNLIKELY and not story.is_over
    return say("Killed") if is_doubtful else say(SIGNALS[story.signal])


def _how_often(story: Story) -> str:
    kills, when = escape(story.count, 42), utc(story.incident.first_kill_at)
    if not story.is_over:
        return kills
    if story.incident.kill_count > 1:
        return say("{kills} since {when}", kills=kills, when=when)
    return say("{kills} at {when}", kills=kills, when=when)


def _more(story: Story) -> Iterator[str]:
    """Why and what to do, a sentence each, most important first."""
    gist = story.gist
    if story.resize is not None:
        yield progress.plainly(story.resize)
    if gist is not None and not story.is_over:
        cause = escape(gist.cause, 40)
        yield _sentence(
            say("{what}: {words}", what=cause, words=escape(gist.told, 100)) if gist.told else gist.cause
        )
        paste = "" if gist.paste in gist.fix else escape(gist.paste, 60)
        fix = " ".join(part for part in (escape(gist.fix, 100), paste) if part)
        if fix and not is_advice_taken(story):
            yield _sentence(say("{what}: {words}", what=gist.label, words=fix))
    if story.advice:
        yield say("Suggested: {advice}", advice=continued(story.advice))


def _sentence(text: str) -> str:
    return text if text.endswith((".", "…", "。")) else say("{sentence}.", sentence=text)


def _state(story: Story) -> list[str]:
    """Since when, and where the incident stands, as short plain sentences."""
    incident = story.incident
    if story.is_over:
        if incident.was_left_to_its_job:
            return [say("Resolved: if it was a kill, its job has an alert.")]
        return [say(RESOLUTIONS[incident.resolution or Resolution.BY_PERSON])]
    state, since, when = _phase(incident), "", utc(incident.first_kill_at)
    if incident.phase is Phase.OPEN and not incident.reopened_count:
        state = say("{open} since {when}", open=state, when=when)
    else:
        since = say("Since {when}.", when=when)
    if story.silence is None:
        return [since, say("{sentence}.", sentence=state)]
    until = utc(story.silence.ends_at)
    return [since, say("{state}, silenced until {when}.", state=state, when=until)]


def _phase(incident: Incident) -> str:
    if incident.phase is Phase.ACKNOWLEDGED:
        return say("Acknowledged")
    return say("Reopened" if incident.reopened_count else "Open")
