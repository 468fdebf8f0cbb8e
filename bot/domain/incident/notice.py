"""Notices: what Slack shows of an incident, and the reason to show it (again)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from bot.domain.calendar.duration import rough
from bot.domain.incident.calling import Call
from bot.domain.incident.incident import Incident, Phase, Resolution
from bot.domain.subject.silence import Silence
from bot.domain.telling.language import say

FIRST_MINUTE = timedelta(minutes=1)
LATE_AFTER = timedelta(seconds=10)
EAGER_INTERVAL = timedelta(seconds=5)  # between counter updates in an incident's first minute


class Urgency(IntEnum):
    """What is shown first where Slack's limits let not everything through at once. The store keeps the numbers."""

    NEW = 0  # nobody has seen it yet
    STATE = 1  # somebody did something, or it came back
    COUNTER = 2
    REPLIES = 3  # the root tells the truth, its thread lacks something
    REPORTS = 4  # nobody waits for them


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """How long to gather kills before the first alert, and between two updates of its counter later on."""

    wait: timedelta = timedelta(0)
    interval: timedelta = timedelta(seconds=45)  # Grafana OnCall debounces by the same span


class Reason(StrEnum):
    """Why the notice has to be shown (again); in the order in which they are asked."""

    NEW = "new incident"
    FOUND_AGAIN = "found again after a crash"
    REOPENED = "reopened"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    SILENCED = "silenced"
    SILENCE_ENDED = "silence ended"
    DIAGNOSED = "diagnosed"
    RESIZED = "resize went on"
    MORE_KILLS = "more kills"
    DETAILS = "details changed"

    @property
    def can_wait(self) -> bool:
        """Whether it is a mere counter or detail, which is coalesced; a change of state is shown at once."""
        return self in (Reason.MORE_KILLS, Reason.DETAILS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What Slack was last shown of an incident. `digest` is "" where nothing was posted (it was held back)."""

    digest: str
    phase: Phase
    silence_id: int  # 0: not silenced
    kill_count: int
    reopened_count: int
    at: datetime
    ended_silence_id: int = 0  # the last silence that ended since the first showing
    late: str = ""  # what the root says of having come late
    is_diagnosed: bool = False
    resize: str = ""  # where its resize stood
    called: Call | None = None  # how it called the owner; None in what an earlier version kept


def needs_showing(
    incident: Incident, silence: Silence | None, shown: Shown | None, *, is_posted: bool, digest: str
) -> Reason | None:
    """Why the incident must be shown as it is now; None where Slack already tells the truth.

    A silenced incident that was never posted is held back until the silence ends; one that a later stage of the
    stop took back, or that ended while it was held back, is never posted at all.
    """
    if not is_posted:
        return None if _stays_hidden(incident, silence, shown) else Reason.NEW
    if shown is None:
        return Reason.FOUND_AGAIN
    return _state_change(incident, silence, shown) or _detail_change(incident, shown, digest)


def hurried(
    reason: Reason | None, shown: Shown | None, *, is_diagnosed: bool, resize: str = ""
) -> Reason | None:
    """The reason, but where what people wait for is among the details: the first diagnosis, a resize that went on.

    Somebody who resizes what is silent and was never shown has it shown: others may have to agree.
    """
    if reason is None and resize and (shown is None or not shown.digest):
        return Reason.RESIZED
    if reason is None or not reason.can_wait or shown is None:
        return reason
    if is_diagnosed and not shown.is_diagnosed:
        return Reason.DIAGNOSED
    return Reason.RESIZED if resize != shown.resize else reason


def _stays_hidden(incident: Incident, silence: Silence | None, shown: Shown | None) -> bool:
    was_held_back = shown is not None and shown.silence_id != 0
    return (
        incident.resolution is Resolution.RETRACTED
        or (silence is not None and incident.is_unfinished)
        or (was_held_back and not incident.is_unfinished)
    )


def _state_change(incident: Incident, silence: Silence | None, shown: Shown) -> Reason | None:
    if incident.reopened_count > shown.reopened_count:
        return Reason.REOPENED
    if incident.phase is not shown.phase:
        return {
            Phase.OPEN: Reason.REOPENED,
            Phase.ACKNOWLEDGED: Reason.ACKNOWLEDGED,
            Phase.RESOLVED: Reason.RESOLVED,
        }[incident.phase]
    silence_id = 0 if silence is None else silence.id
    if silence_id != shown.silence_id and incident.is_unfinished:
        return Reason.SILENCED if silence_id else Reason.SILENCE_ENDED
    return None


def _detail_change(incident: Incident, shown: Shown, digest: str) -> Reason | None:
    if incident.kill_count != shown.kill_count:
        return Reason.MORE_KILLS
    return Reason.DETAILS if digest != shown.digest else None


def earliest(
    reason: Reason, began_at: datetime, shown: Shown | None, now: datetime, grouping: Grouping
) -> datetime:
    """When the notice may be shown for this reason: at once, or after the interval that coalesces kills.

    `began_at`: when the incident was opened, or reopened.
    """
    if reason is Reason.NEW:
        return max(now, began_at + grouping.wait)
    if shown is None or not reason.can_wait:
        return now
    is_young = shown.at - began_at < FIRST_MINUTE
    return max(now, shown.at + (min(EAGER_INTERVAL, grouping.interval) if is_young else grouping.interval))


def lateness(due_at: datetime | None, now: datetime, cause: str) -> str:
    """What a root says that is shown long after it should have been: `shown 40 s late: Slack's limits`; else "".

    `due_at` is None where nobody knows; `cause` is marked for the catalogs, "" likewise.
    """
    if due_at is None or now - due_at <= LATE_AFTER:
        return ""
    span = rough((now - due_at).total_seconds())
    return (
        say("shown {span} late: {cause}", span=span, cause=say(cause))
        if cause
        else say("shown {span} late", span=span)
    )
