"""Storms: many group keys of one cluster open at once; one message tells of them instead of hundreds."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.incident.incident import Incident, Phase
from bot.domain.incident.notice import Reason, Shown


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """What a storm has one message for: a cluster's incidents in one channel."""

    account: str
    region: str
    cluster: str
    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StormRule:
    """So many group keys of one place that open within the window are a storm."""

    services: int = 10
    window: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Storm:
    """One storm as the store has it; it runs until `ended_at`. Times are aware UTC."""

    id: int
    place: Place
    generation: int
    began_at: datetime
    last_opened_at: datetime
    ended_at: datetime | None = None
    acknowledged_by: str = ""
    acknowledged_at: datetime | None = None

    @property
    def phase(self) -> Phase:
        """Where it stands, in an incident's words: over is resolved."""
        if self.ended_at is not None:
            return Phase.RESOLVED
        return Phase.ACKNOWLEDGED if self.acknowledged_by else Phase.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """An incident that wants its channel's attention: with a root of its own, unless a storm tells of it.

    `at`: since when it waits for its root, or when that was posted, or when the incident was reopened.
    """

    notice_id: int
    place: Place
    at: datetime
    is_pending: bool  # Slack has not told of it yet


@dataclass(frozen=True, slots=True)
class Gathering:
    """Openings that one storm is to tell of."""

    place: Place
    openings: Sequence[Opening]


def gather(openings: Iterable[Opening], running: Iterable[Place], rule: StormRule) -> Iterator[Gathering]:
    """What belongs to a storm: to a running one all that is pending, else all within a window that is full enough.

    Incidents that have their root already count and are named, but nothing pending means nothing to do.
    """
    stormy = set(running)
    by_place: dict[Place, list[Opening]] = defaultdict(list)
    for opening in openings:
        by_place[opening.place].append(opening)
    for place, found in sorted(by_place.items()):
        pending = [one for one in found if one.is_pending]
        together = pending if place in stormy else _crowded(found, rule)
        if place.cluster and any(one.is_pending for one in together):
            yield Gathering(place, together)


def _crowded(openings: Iterable[Opening], rule: StormRule) -> list[Opening]:
    """Those that lie with so many others within one window."""
    ordered = sorted(openings, key=lambda one: (one.at, one.notice_id))
    crowded: dict[int, Opening] = {}
    first = 0
    for last, opening in enumerate(ordered):
        while opening.at - ordered[first].at > rule.window:
            first += 1
        if last - first + 1 >= rule.services:
            crowded |= {one.notice_id: one for one in ordered[first : last + 1]}
    return list(crowded.values())


def tells_of(storm: Storm, last_kill_at: datetime) -> bool:
    """Whether the storm goes on telling of an incident that was folded into it.

    A kill after the storm's end wants a root of its own; so does whatever a person does to the incident alone, which
    the store notes by unfolding it.
    """
    return storm.ended_at is None or last_kill_at <= storm.ended_at


def is_over(storm: Storm, killed_lately: int, now: datetime, rule: StormRule) -> bool:
    """Whether it ends: nothing opened for the window, and of its group keys too few were killed again to be a storm.

    Without the second half, two hundred services that crash in a loop would get two hundred roots after the window.
    """
    return now - storm.last_opened_at > rule.window and killed_lately < rule.services


def needs_showing(
    storm: Storm, kills: int, shown: Shown | None, *, is_posted: bool, digest: str
) -> Reason | None:
    """Why the storm's message must be shown as it is now; None where Slack already tells the truth."""
    if not is_posted:
        return Reason.NEW
    if shown is None:
        return Reason.FOUND_AGAIN
    if storm.phase is not shown.phase:
        return {
            Phase.OPEN: Reason.REOPENED,
            Phase.ACKNOWLEDGED: Reason.ACKNOWLEDGED,
            Phase.RESOLVED: Reason.RESOLVED,
        }[storm.phase]
    if kills != shown.kill_count:
        return Reason.MORE_KILLS
    return Reason.DETAILS if digest != shown.digest else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """An EC2 container instance and how many of the storm's kills happened on it."""

    arn: str
    kills: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Toll:
    """What a storm cost so far: its incidents, the most killed first, and its kills."""

    storm: Storm
    incidents: Sequence[Incident]
    kills_of: dict[int, int]  # by incident, within the storm
    hosts: Sequence[Host]  # the one with the most kills first
    first_kill_at: datetime
    last_kill_at: datetime

    @property
    def kills(self) -> int:
        """All kills of the storm."""
        return sum(self.kills_of.values())

    @property
    def open_count(self) -> int:
        """How many of its incidents nobody looks at yet."""
        return sum(incident.phase is Phase.OPEN for incident in self.incidents)

    @property
    def shared_hosts(self) -> Sequence[Host]:
        """The host, or the two, on which most of the kills happened; none where they are spread or not on EC2."""
        for count in (1, 2):
            if 2 * sum(host.kills for host in self.hosts[:count]) > self.kills:
                return self.hosts[:count]
        return ()
