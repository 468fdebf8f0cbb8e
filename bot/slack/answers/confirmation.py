"""Confirmations: what was done, or that it had been done before, by whom and when."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.incident import Incident, Phase, Resolution
from bot.domain.silence import Silence
from bot.domain.storm import Storm
from bot.slack.answers import place
from bot.slack.answers.answer import Answer, sentence
from bot.slack.answers.silence_list import muted
from bot.slack.mrkdwn import bold, date, escape, mention

MOST_OTHERS = 3  # other silences that are named
WHY = {
    Resolution.QUIET: "because no kill followed",
    Resolution.RETRACTED: "because ECS took the kill back",
    Resolution.NOT_AN_OOM: "as not an OOM",
    Resolution.BY_PERSON: "",
}


def acknowledged(incidents: Sequence[Incident], asker: str) -> Answer:
    """Who is looking at the incidents now; the store keeps the first who said so."""
    return sentence("\n".join(_acknowledged(incident, asker) for incident in incidents))


def storm_acknowledged(storm: Storm, changed: int) -> Answer:
    """How many incidents the person looks at now, or that all had been taken before."""
    cluster = bold(escape(storm.place.cluster, 80))
    if not changed:
        return sentence(f"Nothing is left to acknowledge in the storm of {cluster}.")
    are = "1 incident" if changed == 1 else f"{changed:,} incidents"
    return sentence(f"👀 You are looking at {are} of the storm in {cluster}.")


def resolved(incidents: Sequence[Incident], asker: str) -> Answer:
    """Who ended the incidents and why."""
    return sentence("\n".join(_resolved(incident, asker) for incident in incidents))


def silenced(silence: Silence, others: Sequence[Silence], account_name: place.AccountName) -> Answer:
    """What is mute now, until when, how to end it, and which of `others` mute some of the same."""
    overlapping = [other for other in _overlapping(silence, others) if other.ends_at > silence.starts_at]
    also = f" It overlaps with {_each_until(overlapping, account_name)}." if overlapping else ""
    return sentence(
        f"🔕 {bold(f'Silence #{silence.id}')}: {muted(silence.matcher, account_name)} until {date(silence.ends_at)}. "
        f"Kills are still counted. To end it: `/oom unsilence {silence.id}`.{also}"
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
            by = _each_until(still, account_name)
            return sentence(
                f"🔕 Silence #{silence.id} has ended, but alerts of {what} are still silenced by {by}."
            )
        but = f", but for {_each_until(overlapping, account_name)}" if overlapping else ""
        return sentence(f"🔔 Silence #{silence.id} has ended: alerts of {what} are shown again{but}.")
    by = f" {mention(silence.ended_by)} ended it" if silence.ended_by else " It ended by itself"
    return sentence(f"Silence #{silence.id} was over already.{by} {_when(silence.ends_at)}.")


def will_be_shared() -> Answer:
    """The reconciler posts it."""
    return sentence("📣 Shared: it appears in this channel in a moment.")


def _overlapping(silence: Silence, others: Sequence[Silence]) -> list[Silence]:
    """The one that ends last first."""
    same = [one for one in others if one.id != silence.id and one.matcher.overlaps(silence.matcher)]
    return sorted(same, key=lambda one: one.ends_at, reverse=True)


def _each_until(silences: Sequence[Silence], account_name: place.AccountName) -> str:
    told = [
        f"{bold(f'#{one.id}')} ({muted(one.matcher, account_name)}) until {date(one.ends_at)}"
        for one in silences[:MOST_OTHERS]
    ]
    left = len(silences) - len(told)
    return " and ".join([", ".join(told), *([f"{left} more"] if left else [])])


def _acknowledged(incident: Incident, asker: str) -> str:
    if incident.phase is Phase.RESOLVED:
        return _over(incident)
    if incident.acknowledged_by == asker:
        return f"👀 You are looking at {_named(incident)}."
    return f"{_named(incident)} is with {mention(incident.acknowledged_by)} since {_when(incident.acknowledged_at)}."


def _resolved(incident: Incident, asker: str) -> str:
    if incident.resolved_by == asker and incident.resolution is Resolution.BY_PERSON:
        return f"✅ You resolved {_named(incident)}. A further kill opens it again."
    return _over(incident)


def _over(incident: Incident) -> str:
    why = WHY[incident.resolution or Resolution.BY_PERSON]
    by = f" by {mention(incident.resolved_by)}" if incident.resolved_by else ""
    return f"{_named(incident)} was resolved already{by} {_when(incident.resolved_at)}{why and ', ' + why}."


def _named(incident: Incident) -> str:
    return f"{bold(f'#{incident.id}')} {place.who(incident.group_key)}"


def _when(moment: datetime | None) -> str:
    return "some time ago" if moment is None else date(moment)
