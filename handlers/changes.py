"""Changes: what people do to incidents and silences; written before it is confirmed, safe to ask for twice."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from bot.domain.command.command import Acknowledge, AddSilence, EndSilence, Resolve
from bot.domain.incident.incident import Incident, Resolution
from bot.domain.incident.storm import Storm
from bot.domain.subject.nearest import Nearest
from bot.domain.subject.query import EXACTLY, Query
from bot.domain.subject.silence import Matcher, Silence
from bot.domain.subject.subject import Subject
from bot.slack.answers import choice, confirmation, refusal
from bot.slack.answers.answer import Answer
from bot.store import incidents, silences, storms
from handlers import subjects
from handlers.desk import Desk

SAME_WISH = timedelta(minutes=1)  # an equal silence by the same person within it is a second click
Change = Acknowledge | Resolve | AddSilence | EndSilence
Step = Callable[[Connection, int, str, datetime], Incident | None]

log = structlog.get_logger(__name__)


class Changes:
    """Writes the store; the reconciler shows what has changed. Every method may raise StoreUnavailable."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def answer(self, change: Change, asker: str) -> Answer:
        """Do it, and what to tell the person."""
        match change:
            case Acknowledge(target):
                return await self._on_incidents(change, target, asker)
            case Resolve(target):
                return await self._on_incidents(change, target, asker)
            case AddSilence():
                return await self._silence(change, asker)
            case EndSilence(silence_id):
                return await self._unsilence(silence_id, asker)

    async def acknowledge(self, incident_id: int, asker: str) -> Incident | None:
        """The incident as it is afterwards; None where there is none of that number."""
        return await self._step(incidents.acknowledge, "acknowledged", incident_id, asker)

    async def acknowledge_storm(self, storm_id: int, asker: str) -> tuple[Storm | None, int]:
        """The storm, None where there is none of that number, and how many incidents were acknowledged with it."""
        storm, changed = await self._desk.db.write(storms.acknowledge, storm_id, asker, self._desk.clock())
        known = storm is not None
        log.info("storm.acknowledged", storm_id=storm_id, user=asker, incidents=changed, known=known)
        return storm, changed

    async def resolve(self, incident_id: int, asker: str) -> Incident | None:
        """The incident as it is afterwards; None where there is none of that number."""
        return await self._step(_resolve, "resolved", incident_id, asker)

    async def not_an_oom(self, incident_id: int, asker: str) -> Incident | None:
        """Keep the feedback; the incident as it is afterwards, None where there is none of that number."""
        return await self._step(incidents.feedback, "not_an_oom", incident_id, asker)

    async def silence(self, matcher: Matcher, lasts: timedelta, asker: str, reason: str) -> Silence:
        """Mute from now on; a second equal wish within a minute gives the silence of the first."""
        now = self._desk.clock()
        added = await self._desk.db.write(_add_once, matcher, (now, now + lasts), asker, reason)
        log.info("silence.added", silence_id=added.id, user=asker, ends_at=added.ends_at.isoformat())
        return added

    async def _step(self, step: Step, change: str, incident_id: int, asker: str) -> Incident | None:
        incident = await self._desk.db.write(step, incident_id, asker, self._desk.clock())
        log.info(
            "incident.changed", change=change, incident_id=incident_id, user=asker, known=incident is not None
        )
        return incident

    async def _on_incidents(self, change: Acknowledge | Resolve, target: int | str, asker: str) -> Answer:
        is_resolve = isinstance(change, Resolve)
        confirm = confirmation.resolved if is_resolve else confirmation.acknowledged
        if isinstance(target, int):
            incident = await (self.resolve if is_resolve else self.acknowledge)(target, asker)
            return confirm([incident], asker) if incident else refusal.no_incident(target)
        found = await self._desk.db.read(subjects.find, target)
        if found.certain is None:
            return choice.choose(
                target, found, lambda one: type(change)(str(one)).typed, self._desk.account_name
            )
        step = _resolve if is_resolve else incidents.acknowledge
        changed = await self._desk.db.write(_each, step, found.certain, asker, self._desk.clock())
        ids = [one.id for one in changed]
        log.info("incidents.changed", incident_ids=ids, user=asker, resolved=is_resolve)
        return confirm(changed, asker) if changed else refusal.nothing_unfinished(found.certain.name)

    async def _silence(self, wish: AddSilence, asker: str) -> Answer:
        named: Query | Subject | None = Query.exactly(wish.query)
        if named is None:
            found = await self._desk.db.read(subjects.find, wish.query)
            if found.certain is None:
                return self._which(wish, found)
            named = found.certain
        added = await self.silence(named.matcher(), wish.lasts, asker, wish.reason)
        others = await self._desk.db.read(silences.active, self._desk.clock())
        return confirmation.silenced(added, others, self._desk.account_name)

    def _which(self, wish: AddSilence, found: Nearest) -> Answer:
        """Offers the name as it was typed, too: before a load test it has not died yet."""
        exactly = EXACTLY + wish.query
        return choice.choose(
            wish.query,
            found,
            lambda one: replace(wish, query=str(one)).typed,
            self._desk.account_name,
            anyway=replace(wish, query=exactly).typed if Query.exactly(exactly) else "",
        )

    async def _unsilence(self, silence_id: int, asker: str) -> Answer:
        ended = await self._desk.db.write(silences.end, silence_id, asker, self._desk.clock())
        log.info("silence.ended", silence_id=silence_id, user=asker, known=ended is not None)
        if ended is None:
            return refusal.no_silence(silence_id)
        others = await self._desk.db.read(silences.active, self._desk.clock())
        return confirmation.unsilenced(ended, others, asker, self._desk.account_name)


def _resolve(conn: Connection, incident_id: int, asker: str, now: datetime) -> Incident | None:
    return incidents.resolve(conn, incident_id, asker, Resolution.BY_PERSON, now)


def _each(conn: Connection, step: Step, subject: Subject, asker: str, now: datetime) -> Sequence[Incident]:
    ids = sorted(incident.id for incident in incidents.of_subject(conn, subject))
    changed = (step(conn, incident_id, asker, now) for incident_id in ids)
    return [incident for incident in changed if incident is not None]


def _add_once(
    conn: Connection, matcher: Matcher, when: tuple[datetime, datetime], asker: str, reason: str
) -> Silence:
    starts_at, ends_at = when
    for silence in silences.active(conn, starts_at):
        is_same = (silence.matcher, silence.created_by, silence.reason) == (matcher, asker, reason)
        length = silence.ends_at - silence.starts_at
        if is_same and length == ends_at - starts_at and silence.starts_at > starts_at - SAME_WISH:
            return silence
    return silences.add(conn, matcher, starts_at, ends_at, asker, reason)
