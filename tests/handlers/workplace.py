"""The workplace: a strict Slack, a store and the doors for people, all real, on loopback."""

import hashlib
import hmac
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
from prometheus_client import CollectorRegistry
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.chart.picture import Picture
from bot.domain.diagnosis.diagnosis import Diagnosis
from bot.domain.incident.incident import Incident
from bot.domain.incident.storm import Gathering, Opening, Place
from bot.domain.kills.death import Assessment, Death
from bot.domain.kills.verdict import Verdict
from bot.domain.policy.policy import Policy
from bot.domain.report.report_scope import ReportScope
from bot.domain.routing.route import Route, Routes
from bot.language.tongues import Tongues
from bot.slack.alert import alert
from bot.slack.message import Message
from bot.slack.names import Names
from bot.slack.storm import storm_message
from bot.store import deliveries, doubts, incidents, investigations, storms
from bot.store.database import Database
from bot.store.ledger import Rules
from bot.store.waiting import of_cluster
from handlers.answering import Answering
from handlers.channel_names import ChannelNames
from handlers.channel_states import ChannelStates
from handlers.command_metrics import CommandMetrics
from handlers.desk import CurrentLimits, Desk, LogTail
from handlers.facts_at_hand import ReadFacts
from handlers.guideposts import Guideposts
from handlers.locales import Locales
from handlers.people import People
from handlers.slack import build_answering, build_bolt, routes
from handlers.slack_signature import Signatures
from sandbox.clock import SystemClock
from sandbox.slack.faults import Faults
from sandbox.slack.slack import Slack
from sandbox.wire import WireLog
from tests.sandbox.slack_parts import own_manifest
from tests.slack.incidents import NOON, SERVICE, death, story

Json = dict[str, Any]
ALICE, BOB = "U0ALICE", "U0BOB"
NOW = NOON + timedelta(minutes=1)


@dataclass(kw_only=True)
class Workplace:
    """Everything a test may look at, and what people do. `now` is the bot's clock."""

    slack: Slack
    db: Database
    registry: CollectorRegistry
    url: str = ""
    now: datetime = NOW
    answering: Answering = field(init=False)
    desk: Desk = field(init=False)
    doors: TestServer | None = None

    @property
    def channel(self) -> str:
        """The id of #oom-alerts."""
        return self.slack.workspace.channel_named("oom-alerts").id

    async def restart(self) -> None:
        """The process ends, and another one begins: nothing is left but the store."""
        if self.doors is not None:
            await self.doors.close()
        credentials = self.slack.credentials
        self.answering = build_answering(self.desk)
        bolt = build_bolt(
            token=credentials.bot_token,
            base_url=f"{self.url}/slack/api/",
            desk=self.desk,
            answering=self.answering,
        )
        self.doors = await _serve(routes(bolt, Signatures([credentials.signing_secret])))
        self.slack.request_url = str(self.doors.make_url("/slack/events"))

    async def kill(self, *deaths: Death) -> list[int]:
        """Record these deaths as one delivery tells them; the incidents' numbers."""
        recorded = await deliveries.record(
            self.db,
            deliveries.Delivery("arn:aws:sns:eu-west-1:123456789012:oom", uuid4().hex, NOON),
            Assessment(verdict=Verdict.OOM, why="a test", deaths=deaths),
            max(one.died_at for one in deaths),
            Rules(counts=lambda _death: True, reopen_within=timedelta(hours=1)),
        )
        return list(recorded.incident_ids)

    async def incident(self, number: int) -> Incident:
        """The incident as the store has it."""
        found = await self.db.read(incidents.get, number)
        assert found is not None
        return found

    async def look_into(self, number: int, diagnosis: Diagnosis) -> None:
        """Have this found out about the incident."""
        await self.db.write(doubts.open_wanted, self.now)
        (held,) = await self.db.write(
            investigations.lease,
            "tests",
            self.now,
            room=investigations.Room(alone=1, folded=0),
            lease_for=timedelta(minutes=1),
        )
        assert held.incident_id == number
        picture = Picture(died_at=NOON, of="container app", source=None, life=None)
        made = investigations.Made(
            diagnosis=diagnosis, picture=picture, task_definition_arn="", kill_at=NOON, again_at=None
        )
        assert await self.db.write(investigations.save, held, made, self.now)

    async def alert(self, number: int, *deaths: Death, diagnosis: Diagnosis | None = None) -> str:
        """Post the alert of an incident, as the reconciler does; its ts."""
        kills = deaths or (death(),)
        told = story(kills, diagnosis=diagnosis)
        return await self._post(alert(replace(told, incident=await self.incident(number))))

    async def _post(self, message: Message) -> str:
        client = AsyncWebClient(
            token=self.slack.credentials.bot_token, base_url=f"{self.url}/slack/api/", retry_handlers=[]
        )
        posted = await client.chat_postMessage(channel=self.channel, **message.as_arguments())
        return str(posted["ts"])

    async def storm(self, services: int) -> str:
        """A storm of so many services, folded and posted as the reconcilers do; its ts."""
        place = Place("123456789012", "eu-west-1", "prod", self.channel)
        for number in range(services):
            key = replace(SERVICE, name=f"service-{number}")
            await self.kill(death(number, group_key=key))
        waiting = await self.db.read(of_cluster, place)
        openings = [Opening(notice_id=one.id, place=place, at=NOON, is_pending=True) for one in waiting]
        storm_id = await self.db.write(storms.fold, Gathering(place, openings), NOON)
        toll = await self.db.read(storms.toll, storm_id)
        assert toll is not None
        return await self._post(storm_message(toll, "prod-eu"))

    async def command(self, words: str, user: str = ALICE) -> Json:
        """Type `/oom …`; the answer that the person sees."""
        await self.slack.act("command", {"user": user, "channel": self.channel, "text": f"/oom {words}"})
        return self.newest(user)

    def seen(self, user: str = ALICE) -> list[Json]:
        """All messages of #oom-alerts that this person sees, oldest first."""
        messages: list[Json] = self.slack.snapshot(user)["messages"][self.channel]
        return messages

    def newest(self, user: str = ALICE) -> Json:
        """The message that this person sees last."""
        return self.seen(user)[-1]

    def whispers(self, user: str = ALICE) -> list[str]:
        """The texts of what only this person sees."""
        return [message["text"] for message in self.seen(user) if message["ephemeral_for"]]

    async def press(self, ts: str, action_id: str, user: str = ALICE, option: str = "") -> None:
        """Press a button of a message, or choose an option of its menu."""
        message = next(message for message in self.seen(user) if message["ts"] == ts)
        block_id = _block_of(message, action_id)
        await self.slack.act(
            "action",
            {
                "user": user,
                "container": {"type": "message", "channel": self.channel, "ts": ts},
                "block_id": block_id,
                "action_id": action_id,
                "value": {"selected_option": {"value": option}} if option else {},
            },
        )

    def modal(self, user: str = ALICE) -> Json | None:
        """The modal on top, if there is one."""
        views = self.slack.snapshot(user)["views"]
        return views[-1] if views else None

    async def submit(self, values: Mapping[str, Json], user: str = ALICE) -> Json:
        """Fill in the modal and submit it: values by block id (and action id alike); the errors."""
        modal = self.modal(user)
        assert modal is not None
        state = {name: {name: value} for name, value in values.items()}
        answer = await self.slack.act("submit", {"user": user, "view_id": modal["id"], "state": state})
        errors: Json = answer.get("errors", {})
        return errors

    async def post(self, body: str, content_type: str, *, secret: str = "", age_s: int = 0) -> int:
        """Send a body as Slack would, signed; the HTTP status of the answer."""
        at = str(int(time.time()) - age_s)
        key = (secret or self.slack.credentials.signing_secret).encode()
        signature = "v0=" + hmac.new(key, f"v0:{at}:{body}".encode(), hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": at,
            "X-Slack-Signature": signature,
        }
        assert self.slack.request_url is not None
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.slack.request_url, data=body.encode(), headers=headers) as answer,
        ):
            return answer.status

    def count(self, verb: str, result: str) -> float:
        """The counter of commands."""
        labels = {"verb": verb, "result": result}
        return self.registry.get_sample_value("oomguard_commands_total", labels) or 0.0


def _block_of(message: Json, action_id: str) -> str:
    blocks = [*message["blocks"], *(b for a in message["attachments"] or [] for b in a["blocks"])]
    for block in blocks:
        controls = [*block.get("elements", []), block.get("accessory", {})]
        if any(control.get("action_id") == action_id for control in controls):
            return str(block["block_id"])
    raise AssertionError(f"{action_id} is not on the screen")


@asynccontextmanager
async def workplace(
    db: Database,
    *,
    current_limits: CurrentLimits | None = None,
    log_tail: LogTail | None = None,
    policy: Policy | None = None,
    read_facts: ReadFacts | None = None,
    language: str = "en",
    guideposts: Guideposts | None = None,
    report_routes: Routes | None = None,
    budget_s: float = 20,  # a machine that is busy with other tests is no slow store
) -> AsyncIterator[Workplace]:
    """Open for business until the block ends."""
    clock = SystemClock()
    slack = Slack(clock, WireLog(clock), own_manifest(), Faults())
    place = Workplace(slack=slack, db=db, registry=CollectorRegistry())
    outside = await _serve(slack.routes())
    place.url = slack.url = str(outside.make_url("")).rstrip("/")
    rules = policy or Policy()
    client = AsyncWebClient(
        token=slack.credentials.bot_token, base_url=f"{place.url}/slack/api/", retry_handlers=[]
    )
    desk = Desk(
        db=db,
        clock=_clock_of(place),
        account_name=lambda account: {"123456789012": "prod-eu"}.get(account, account),
        metrics=CommandMetrics(place.registry),
        current_limits=current_limits,
        log_tail=log_tail,
        policy=rules,
        person=People(client, rules).person,
        read_facts=read_facts,
        channels=lambda: (place.channel, "payments"),
        which_channel=ChannelNames(client).which,
        report_scope=ReportScope(report_routes or Routes(Route(channel="oom-alerts")), UTC),
        budget_s=budget_s,
        guideposts=replace(
            guideposts or Guideposts(), reach_of=ChannelStates(client).of, name_of=Names(client).of
        ),
        tongues=Tongues(Routes(Route(channel="oom-alerts", language=language)), Locales(client).of),
    )
    place.desk = desk
    await place.restart()
    await slack.start()
    try:
        yield place
    finally:
        await slack.close()
        if place.doors is not None:
            await place.doors.close()
        await outside.close()


def _clock_of(place: Workplace) -> Callable[[], datetime]:
    return lambda: place.now.astimezone(UTC)


async def _serve(doors: list[web.RouteDef]) -> TestServer:
    app = web.Application()
    app.add_routes(doors)
    server = TestServer(app)
    await server.start_server()
    return server
