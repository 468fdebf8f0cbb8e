"""The silence modal: opened by the button under an alert, written down when it is submitted."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import Connection

from bot.domain.incident.incident import Incident
from bot.domain.subject.scope import Scope, matcher_of, scopes_of
from bot.domain.subject.silence import Hidden
from bot.slack import controls, silence_modal, storm
from bot.slack.answers import refusal
from bot.slack.answers.answer import Answer
from bot.store import incidents, silences
from handlers.buttons import incident_id, person
from handlers.changes import Changes
from handlers.desk import Desk
from handlers.opening import open_form
from handlers.responses import respond

LOOK_BACK = timedelta(hours=24)


class SilenceModal:
    """Two doors: the click that opens the form, and the form."""

    def __init__(self, desk: Desk, changes: Changes) -> None:
        self._desk = desk
        self._changes = changes

    def register(self, bolt: AsyncApp) -> None:
        """Take over the button and the form."""
        bolt.action(controls.SILENCE)(self.on_button)
        bolt.action(storm.SILENCE)(self.on_storm_button)
        bolt.view(silence_modal.CALLBACK)(self.on_submit)

    async def on_button(
        self, ack: AsyncAck, body: Mapping[str, Any], context: AsyncBoltContext, client: AsyncWebClient
    ) -> None:
        """Open the form, which is the answer to the click; what stands in the way is told in a sentence."""
        opening = self._open(body, client)
        told = await self._desk.attempt("silence_form", person(body), opening)
        if told is not None:
            await respond(context, body, told)
        await ack()

    async def on_storm_button(
        self, ack: AsyncAck, body: Mapping[str, Any], context: AsyncBoltContext, client: AsyncWebClient
    ) -> None:
        """Open the form for the whole cluster, which is the answer to the click under a storm's message."""
        told = await self._desk.attempt("silence_form", person(body), self._open_for_storm(body, client))
        if told is not None:
            await respond(context, body, told)
        await ack()

    async def on_submit(self, ack: AsyncAck, body: Mapping[str, Any], view: Mapping[str, Any]) -> None:
        """Write the silence, then close the form; the alert shows it. Errors appear in the form."""
        wish = silence_modal.read(view)
        if isinstance(wish, dict):
            await ack(response_action="errors", errors=wish)
            return
        told = await self._desk.attempt("silence", person(body), self._add(view, wish, person(body)))
        if told is None:
            await ack()
        else:
            await ack(response_action="errors", errors={silence_modal.REASON: told["text"]})

    async def _open(self, body: Mapping[str, Any], client: AsyncWebClient) -> Answer | None:
        number = incident_id(body)
        if number is None:
            return refusal.outdated()
        since = self._desk.clock() - LOOK_BACK
        incident, would_have_hidden = await self._desk.db.read(_preview, number, since)
        if incident is None:
            return refusal.no_incident(number)
        if not would_have_hidden:
            return refusal.nothing_to_silence()
        return await self._form(body, client, incident, would_have_hidden)

    async def _open_for_storm(self, body: Mapping[str, Any], client: AsyncWebClient) -> Answer | None:
        number = incident_id(body)
        if number is None:
            return refusal.outdated()
        since = self._desk.clock() - LOOK_BACK
        incident, would_have_hidden = await self._desk.db.read(_preview_of_storm, number, since)
        if incident is None:
            return refusal.no_storm(number)
        return await self._form(body, client, incident, would_have_hidden)

    async def _form(
        self,
        body: Mapping[str, Any],
        client: AsyncWebClient,
        incident: Incident,
        would_have_hidden: Mapping[Scope, Hidden],
    ) -> Answer | None:
        view = silence_modal.silence_modal(incident, would_have_hidden, self._desk.account_name)
        opened = await open_form(client, str(body.get("trigger_id", "")), view)
        return opened if isinstance(opened, Answer) else None

    async def _add(self, view: Mapping[str, Any], wish: silence_modal.Wish, asker: str) -> Answer | None:
        number = silence_modal.incident_id(view)
        incident = None if number is None else await self._desk.db.read(incidents.get, number)
        if incident is None:
            return refusal.no_incident(number or 0)
        if wish.scope not in scopes_of(incident.group_key):
            return refusal.outdated()
        matcher = matcher_of(incident.group_key, wish.scope)
        await self._changes.silence(matcher, wish.lasts, asker, wish.reason)
        return None


def _preview(conn: Connection, number: int, since: datetime) -> tuple[Incident | None, dict[Scope, Hidden]]:
    incident = incidents.get(conn, number)
    if incident is None:
        return None, {}
    key = incident.group_key
    counts = {scope: silences.preview(conn, matcher_of(key, scope), since) for scope in scopes_of(key)}
    return incident, counts


def _preview_of_storm(
    conn: Connection, number: int, since: datetime
) -> tuple[Incident | None, dict[Scope, Hidden]]:
    """Any of the storm's incidents: the form keeps its number, and the cluster is the same for all of them."""
    incident = next(iter(incidents.in_storm(conn, number)), None)
    if incident is None:
        return None, {}
    return incident, {
        Scope.CLUSTER: silences.preview(conn, matcher_of(incident.group_key, Scope.CLUSTER), since)
    }
