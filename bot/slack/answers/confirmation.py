"""Confirmations: what was done, or that it had been done before, by whom and when."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.incident.incident import Incident, Phase, Resolution
from bot.domain.incident.storm import Storm
from bot.domain.subject.silence import Silence
from bot.domain.telling.language import count, mark, say
from bot.domain.telling.listed import commas, sentences
from bot.slack.answers import place
from bot.slack.answers.answer import Answer, sentence
from bot.slack.answers.silence_list import muted
from bot.slack.mrkdwn import bold, date, escape, mention

MOST_OTHERS = 3  # other silences that are named
WHY = {
    Resolution.QUIET: mark("because no kill followed"),
    Resolution.RETRACTED: mark("because ECS took the kill back"),
    Resolution.NOT_AN_OOM: mark("as not an OOM"),
    Resolution.BY_PERSON: "",
}


def acknowledged(incidents: Sequence[Incident], asker: str) -> Answer:
    """Who is looking at the incidents now; the store keeps the first who said so."""
    return sentence("\n".join(_acknowledged(incident, asker) for incident in incidents))


def storm_acknowledged(storm: Storm, changed: int) -> Answer:
    """How many incidents the person looks at now, or that all had been taken before."""
    cluster = bold(escape(storm.place.cluster, 80))
    if not changed:
        return sentence(say("Nothing is left to acknowledge in the storm of {cluster}.", cluster=cluster))
    return sentence(
        count(
            changed,
            "👀 You are looking at {n} incident of the storm in {cluster}.",
            "👀 You are looking at {n} incidents of the storm in {cluster}.",
            cluster=cluster,
        )
    )


def resolved(incidents: Sequence[Incident], asker: str) -> Answer:
    """Who ended the incidents and why."""
    return sentence("\n".join(_resolved(incident, asker) for incident in incidents))


def silenced(silence: Silence, others: Sequence[Silence], account_name: place.AccountName) -> Answer:
    """What is mute now, until when, how to end it, and which of `others` mute some of the same."""
    overlapping = [other for other in _overlapping(silence, others) if other.ends_at > silence.starts_at]
    also = _each_until(overlapping, account_name) if overlapping else ""
    return sentence(
        sentences(
            [
                say(
                    "🔕 {silence}: {what} until {when}.",
                    silence=bold(say("Silence #{number}", number=silence.id)),
                    what=muted(silence.matcher, account_name),
                    when=date(silence.ends_at),
                ),
                say("Kills are still counted."),
                say("To end it: {command}.", command=f"`/oom unsilence {silence.id}`"),
                say("It overlaps with {others}.", others=also) if also else "",
            ]
        )
    )


def unsilenced(
    silence: Silence, others: Sequence[Silence], asker: str, account_name: place.AccountName
) -> Answer:
    """What is shown again and what is not because of `others` in force, or who had ended the silence before."""
    what = muted(silence.matcher, account_name)
    if silence.ended_by == asker:
        overlapping = _overlapping(silence, others)
        still = [other for other in overlapping if other.matcher.covers(silence.matcher)]
        if still:
            return sentence(
                say(
                    "🔕 Silence #{number} has ended, but alerts of {what} are still silenced by {others}.",
                    number=silence.id,
                    what=what,
                    others=_each_until(still, account_name),
                )
            )
        return sentence(_shown_again(silence.id, what, _each_until(overlapping, account_name)))
    return sentence(_was_over(silence))


def _shown_again(number: int, what: str, but_for: str) -> str:
    if not but_for:
        return say(
            "🔔 Silence #{number} has ended: alerts of {what} are shown again.", number=number, what=what
        )
    return say(
        "🔔 Silence #{number} has ended: alerts of {what} are shown again, but for {others}.",
        number=number,
        what=what,
        others=but_for,
    )


def _was_over(silence: Silence) -> str:
    over, when = say("Silence #{number} was over already.", number=silence.id), _when(silence.ends_at)
    if not silence.ended_by:
        return sentences([over, say("It ended by itself {when}.", when=when)])
    return sentences([over, say("{who} ended it {when}.", who=mention(silence.ended_by), when=when)])


def will_be_shared() -> Answer:
    """The reconciler posts it."""
    return sentence(say("📣 Shared: it appears in this channel in a moment."))


def _overlapping(silence: Silence, others: Sequence[Silence]) -> list[Silence]:
    """The one that ends last first."""
    same = [one for one in others if one.id != silence.id and one.matcher.overlaps(silence.matcher)]
    return sorted(same, key=lambda one: one.ends_at, reverse=True)


def _each_until(silences: Sequence[Silence], account_name: place.AccountName) -> str:
    told = commas(
        say(
            "{number} ({what}) until {when}",
            number=bold(f"#{one.id}"),
            what=muted(one.matcher, account_name),
            when=date(one.ends_at),
        )
        for one in silences[:MOST_OTHERS]
    )
    left = len(silences) - MOST_OTHERS
    return count(left, "{names} and {n} more", "{names} and {n} more", names=told) if left > 0 else told


def _acknowledged(incident: Incident, asker: str) -> str:
    if incident.phase is Phase.RESOLVED:
        return _over(incident)
    if incident.acknowledged_by == asker:
        return say("👀 You are looking at {incident}.", incident=_named(incident))
    return say(
        "{incident} is with {who} since {when}.",
        incident=_named(incident),
        who=mention(incident.acknowledged_by),
        when=_when(incident.acknowledged_at),
    )


def _resolved(incident: Incident, asker: str) -> str:
    if incident.resolved_by == asker and incident.resolution is Resolution.BY_PERSON:
        return say("✅ You resolved {incident}. A further kill opens it again.", incident=_named(incident))
    return _over(incident)


def _over(incident: Incident) -> str:
    why = WHY[incident.resolution or Resolution.BY_PERSON]
    if incident.was_left_to_its_job:
        why = mark("because its Batch job tells of it")
    told, when = _named(incident), _when(incident.resolved_at)
    if incident.resolved_by:
        who = mention(incident.resolved_by)
        said = say("{incident} was resolved already by {who} {when}", incident=told, who=who, when=when)
    else:
        said = say("{incident} was resolved already {when}", incident=told, when=when)
    return say("{sentence}.", sentence=say("{done}, {why}", done=said, why=say(why)) if why else said)


def _named(incident: Incident) -> str:
    return f"{bold(f'#{incident.id}')} {place.who(incident.group_key)}"


def _when(moment: datetime | None) -> str:
    return say("some time ago") if moment is None else date(moment)
