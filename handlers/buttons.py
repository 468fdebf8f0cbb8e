"""Buttons: clicks on alerts, and the wish to share an answer; each may come twice and then changes nothing more."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from bot.domain.command.command import Window
from bot.domain.command.grammar import parse
from bot.domain.incident.incident import Incident, Phase, Resolution
from bot.domain.subject.subject import Subject
from bot.slack import controls, storm
from bot.slack.answers import buttons, confirmation, refusal
from bot.slack.answers.answer import Answer
from bot.store import incidents, shares
from handlers.answering import SHAREABLE, Answering
from handlers.desk import Desk
from handlers.responses import respond

Body = Mapping[str, Any]
Work = Callable[[int, str], Awaitable[Answer | None]]


class Buttons:
    """The door for clicks on alerts, but for those that open a form."""

    def __init__(self, desk: Desk, answering: Answering) -> None:
        self._desk = desk
        self._readings = answering.readings
        self._changes = answering.changes

    def register(self, bolt: AsyncApp) -> None:
        """Take over the clicks."""
        bolt.action(controls.ACKNOWLEDGE)(self.on_acknowledge)
        bolt.action(controls.RESOLVE)(self.on_resolve)
        bolt.action(controls.MORE)(self.on_more)
        bolt.action(storm.ACKNOWLEDGE)(self.on_acknowledge_storm)
        bolt.action(buttons.SHARE)(self.on_share)

    async def on_acknowledge(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        """The alert shows who acknowledged; a word only to those who came too late."""
        await self._on_incident("ack", self._acknowledge, body, context)
        await ack()

    async def on_acknowledge_storm(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        """All of the storm's open incidents; its message shows it in its turn, so the person is told at once."""
        await self._on_incident("ack", self._acknowledge_storm, body, context)
        await ack()

    async def on_resolve(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        """The alert shows who resolved; a word only to those who came too late."""
        await self._on_incident("resolve", self._resolve, body, context)
        await ack()

    async def on_more(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        """The menu: what was found, feedback, statistics, and links that Slack itself opens."""
        choice, _, _ = value_of(body).partition(":")
        works: dict[str, tuple[str, Work]] = {
            controls.RESOLVE_TOO: ("resolve", self._resolve),
            controls.NOT_AN_OOM: ("not_an_oom", self._not_an_oom),
            controls.STATS: ("stats", self._stats),
            controls.DIAGNOSIS: ("diagnosis", self._diagnosis),
            controls.LOG_TAIL: ("log_tail", self._log_tail),
        }
        if choice != controls.OPEN_PAGE:
            verb, work = works.get(choice, ("outdated", _outdated))
            await self._on_incident(verb, work, body, context)
        await ack()

    async def on_share(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        """Keep the wish; the reconciler posts."""
        told = await self._desk.attempt("share", person(body), self._share(body))
        if told is not None:
            await respond(context, body, told)
        await ack()

    async def _on_incident(self, verb: str, work: Work, body: Body, context: AsyncBoltContext) -> None:
        number = incident_id(body)
        asker = person(body)
        doing = work(number, asker) if number is not None else _outdated(0, asker)
        told = await self._desk.attempt(verb, asker, doing)
        if told is not None:
            await respond(context, body, told)

    async def _acknowledge(self, number: int, asker: str) -> Answer | None:
        incident = await self._changes.acknowledge(number, asker)
        if incident is None:
            return refusal.no_incident(number)
        is_theirs = incident.phase is Phase.ACKNOWLEDGED and incident.acknowledged_by == asker
        return None if is_theirs else confirmation.acknowledged([incident], asker)

    async def _acknowledge_storm(self, number: int, asker: str) -> Answer:
        found, changed = await self._changes.acknowledge_storm(number, asker)
        return refusal.no_storm(number) if found is None else confirmation.storm_acknowledged(found, changed)

    async def _resolve(self, number: int, asker: str) -> Answer | None:
        incident = await self._changes.resolve(number, asker)
        return _unless_theirs(number, incident, asker, Resolution.BY_PERSON)

    async def _not_an_oom(self, number: int, asker: str) -> Answer | None:
        incident = await self._changes.not_an_oom(number, asker)
        return _unless_theirs(number, incident, asker, Resolution.NOT_AN_OOM)

    async def _stats(self, number: int, _asker: str) -> Answer:
        incident = await self._desk.db.read(incidents.get, number)
        if incident is None:
            return refusal.no_incident(number)
        return await self._readings.stats_of(Subject.of(incident.group_key), Window.WEEK)

    async def _diagnosis(self, number: int, _asker: str) -> Answer:
        return await self._readings.diagnosis_of(number)

    async def _log_tail(self, number: int, _asker: str) -> Answer:
        return await self._readings.log_tail_of(number)

    async def _share(self, body: Body) -> Answer:
        words = value_of(body)
        channel = str((body.get("channel") or {}).get("id", ""))
        if not isinstance(parse(words), SHAREABLE) or not channel:
            return refusal.not_shareable()
        await self._desk.db.write(
            shares.add,
            user=person(body),
            channel=channel,
            response_url=str(body.get("response_url", "")),
            words=words,
            source=str((body.get("container") or {}).get("message_ts", "")),
            now=self._desk.clock(),
        )
        return confirmation.will_be_shared()


def value_of(body: Body) -> str:
    """The value of the button or menu option that was pressed."""
    pressed = (body.get("actions") or [{}])[0]
    return str(pressed.get("value") or (pressed.get("selected_option") or {}).get("value") or "")


def incident_id(body: Body) -> int | None:
    """The incident's number in a button's or menu option's value: `12`, `stats:12`; None where there is none."""
    found = re.fullmatch(r"(?:[a-z_]+:)?(\d{1,15})", value_of(body), re.ASCII)
    return int(found[1]) if found else None


def person(body: Body) -> str:
    """Slack's id of who pressed."""
    return str((body.get("user") or {}).get("id", ""))


def _unless_theirs(number: int, incident: Incident | None, asker: str, wish: Resolution) -> Answer | None:
    if incident is None:
        return refusal.no_incident(number)
    is_theirs = incident.resolved_by == asker and incident.resolution is wish
    return None if is_theirs else confirmation.resolved([incident], asker)


async def _outdated(_number: int, _asker: str) -> Answer:
    return refusal.outdated()
