"""Alert facts: all that an incident's alert tells, read at one moment."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.domain.incident.incident import Incident
from bot.domain.incident.storm import Storm
from bot.domain.resize.resize import Resize
from bot.domain.subject.silence import Silence
from bot.store import incidents, investigations, kills, resizes, silences, storms
from bot.store.investigations import Investigation
from bot.store.kills import Kill
from bot.store.notices import Notice

KILLS_TOLD = 50
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFacts:
    """What the store knows of an incident; `kills` are its newest, `silence` is the one that mutes it longest."""

    incident: Incident
    kills: tuple[Kill, ...]
    kills_24h: int  # of its group key
    silence: Silence | None
    ended_silence: Silence | None  # the one that was asked for, where no other mutes it
    investigation: Investigation | None
    resize: Resize | None
    storm: Storm | None  # the one that the notice lies in


def read(conn: Connection, notice: Notice, now: datetime, ended_silence_id: int = 0) -> AlertFacts | None:
    """What the notice's incident has; None where it has been pruned, or the notice is no incident's."""
    incident = None if notice.incident_id is None else incidents.get(conn, notice.incident_id)
    if incident is None:
        return None
    key = incident.group_key
    muting = [one for one in silences.active(conn, now) if one.mutes(key, now)]
    ended_id = None if muting else ended_silence_id
    return AlertFacts(
        incident=incident,
        kills=tuple(kills.of_incident(conn, incident.id, KILLS_TOLD)),
        kills_24h=kills.count_since(conn, key, now - _A_DAY),
        silence=max(muting, key=lambda one: one.ends_at, default=None),
        ended_silence=silences.get(conn, ended_id) if ended_id else None,
        investigation=investigations.get(conn, incident.id),
        resize=resizes.of_incident(conn, incident.id),
        storm=None if notice.in_storm is None else storms.get(conn, notice.in_storm),
    )
