"""Readings: answers that only ask; these can be shared."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import structlog
from sqlalchemy import Connection

from bot.aws.calls import AwsTrouble
from bot.domain.alert.story import Story, tell
from bot.domain.command.command import Help, ListIncidents, ListSilences, Misuse, Overview, Stats, Top, Window
from bot.domain.command.route_grammar import AskRoute
from bot.domain.diagnosis.evidence import LogLine
from bot.domain.incident.incident import Incident
from bot.domain.kills.death import Death, Limits
from bot.domain.policy.freeze import Freeze
from bot.domain.subject.subject import Subject
from bot.domain.telling.language import say, speaking
from bot.slack.answers import choice, diagnosis, guide, incident_list, log_tail, refusal, silence_list
from bot.slack.answers import stats as stats_answer
from bot.slack.answers import top as top_answer
from bot.slack.answers.answer import Answer
from bot.slack.mrkdwn import code
from bot.store import diagnoses, freezes, incidents, investigations, kills, lessons, silences, stats
from handlers import subjects
from handlers.desk import Desk
from handlers.reporting import Reporting
from handlers.signposts import Signposts

LOGS_BUDGET_S = 1.6  # nothing else is to be told: longer than for the limits
LIMITS_BUDGET_S = 1.2  # AWS may be slow: an answer without today's limits is better than none
Question = Overview | Stats | ListIncidents | Top | ListSilences | AskRoute | Help | Misuse

log = structlog.get_logger(__name__)


class Readings:
    """Reads the store, and AWS for the limits in force; writes nothing."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.reporting = Reporting(desk)
        self.signposts = Signposts(desk)

    async def answer(self, question: Question) -> Answer:
        """The answer; raises StoreUnavailable."""
        match question:
            case Stats(query, window):
                return await self._stats(query, window)
            case ListIncidents(page):
                return await self._list(page)
            case Top(window):
                return await self._top(window)
            case ListSilences(page):
                return await self._silences(page)
            case AskRoute():
                return await self.signposts.answer(question)
            case Overview() | Help() | Misuse():
                return await self._guide(question)

    async def _guide(self, question: Overview | Help | Misuse) -> Answer:
        match question:
            case Overview():
                now = self._desk.clock()
                return guide.overview(*await self._desk.db.read(_standing, now))
            case Help(verb):
                return guide.about(verb)
            case Misuse():
                return guide.usage(question)

    async def stats_of(self, subject: Subject, window: Window) -> Answer:
        """The statistics of one known subject."""
        now = self._desk.clock()
        report, limits_now = await asyncio.gather(
            self._desk.db.read(_report, subject, window, now), self._limits_now(subject)
        )
        return stats_answer.stats(report, limits_now, self._desk.account_name)

    async def diagnosis_of(self, number: int) -> Answer:
        """All that was found out about an incident."""
        story = await self._story(number)
        if story is None:
            return refusal.no_incident(number)
        with speaking(self._desk.tongues.of(story.incident.group_key)):  # it is for all who follow the thread
            return diagnosis.diagnosis_of(story)

    async def log_tail_of(self, number: int) -> Answer:
        """The last log lines of the death that the diagnosis is of, read anew: they are kept nowhere."""
        story = await self._story(number)
        if story is None:
            return refusal.no_incident(number)
        death = await self._desk.db.read(_examined, number) or story.newest
        with speaking(self._desk.tongues.of(story.incident.group_key)):  # likewise
            return log_tail.log_tail(story, await self._lines_of(death), of=death)

    async def _story(self, number: int) -> Story | None:
        return await self._desk.db.read(_told, number, self._desk.clock(), self._desk.account_name)

    async def _lines_of(self, death: Death | None) -> Sequence[LogLine] | str:
        if death is None:
            return say("no death of it is stored any more")
        if self._desk.log_tail is None:
            return say("AWS is not asked")
        try:
            async with asyncio.timeout(LOGS_BUDGET_S):
                return await self._desk.log_tail(death)
        except TimeoutError:
            return say("AWS did not answer in time; try again")

    async def _stats(self, query: str, window: Window) -> Answer:
        found = await self._desk.db.read(subjects.find, query)
        subject = found.certain or found.likely
        if subject is None:
            return choice.choose(
                query, found, lambda one: Stats(str(one), window).typed, self._desk.account_name
            )
        answer = await self.stats_of(subject, window)
        if found.certain is None:
            return answer.with_note(
                say("Nothing is called {name}; this is the only name that contains it.", name=code(query))
            )
        return answer

    async def _list(self, page: int) -> Answer:
        shown, total = await self._desk.db.read(_page_of_incidents, page)
        return incident_list.incident_list(page, shown, total, self._desk.account_name)

    async def _top(self, window: Window) -> Answer:
        since = self._desk.clock() - window.span
        rows = await self._desk.db.read(stats.top, since, top_answer.ROWS)
        return top_answer.top(window, rows, self._desk.account_name)

    async def _silences(self, page: int) -> Answer:
        active = await self._desk.db.read(silences.active, self._desk.clock())
        return silence_list.silence_list(page, active, self._desk.account_name)

    async def _limits_now(self, subject: Subject) -> Mapping[str, Limits] | str:
        if self._desk.current_limits is None:
            return say("AWS is not asked")
        try:
            async with asyncio.timeout(LIMITS_BUDGET_S):
                return await self._desk.current_limits(subject)
        except TimeoutError:
            return say("AWS did not answer in time")
        except AwsTrouble as trouble:
            log.info("people.limits_unknown", subject=str(subject), error=trouble.english)
            return str(trouble)


def _report(conn: Connection, subject: Subject, window: Window, now: datetime) -> stats_answer.Report:
    since = now - window.span
    return stats_answer.Report(
        subject=subject,
        window=window,
        since=since,
        containers=stats.per_container(conn, subject, since),
        days=stats.per_day(conn, subject, since, now),
        last_kills=[kill.death for kill in stats.last_kills(conn, subject, stats_answer.MOST_KILLS)],
        unfinished=incidents.of_subject(conn, subject),
        not_an_oom=stats.not_an_oom(conn, since).get(subject, 0),
        diagnosis=diagnoses.latest(conn, subject),
        hit_rate=lessons.outcomes(conn, now).hit_rate(),
    )


def _examined(conn: Connection, number: int) -> Death | None:
    """Of the incident's deaths the one that an investigation examines; None where it examines none."""
    return next(iter(investigations.examined(kills.of_incident(conn, number))), None)


def _told(conn: Connection, number: int, now: datetime, account_name: Callable[[str], str]) -> Story | None:
    """The incident's story as far as an answer tells it; None for no such incident."""
    incident = incidents.get(conn, number)
    if incident is None:
        return None
    found = investigations.get(conn, number)
    return tell(
        incident,
        [kill.death for kill in kills.of_incident(conn, number)],
        silence=None,
        account_name=account_name(incident.group_key.account),
        owner="",
        now=now,
        kills_24h=0,
        diagnosis=found.diagnosis if found else None,
    )


def _standing(conn: Connection, now: datetime) -> tuple[int, Sequence[Freeze]]:
    return incidents.count_unfinished(conn), freezes.active(conn, now)


def _page_of_incidents(conn: Connection, page: int) -> tuple[Sequence[Incident], int]:
    size = incident_list.PER_PAGE
    return incidents.unfinished(conn, size, (page - 1) * size), incidents.count_unfinished(conn)
