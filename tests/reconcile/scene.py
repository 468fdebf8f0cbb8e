"""A scene: the real store, the real reconcilers, and the sandbox's strict Slack, on a clock that the test moves."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from prometheus_client import CollectorRegistry

from bot.domain.incident.storm import StormRule
from bot.domain.kills.death import Assessment, Death, Limits
from bot.domain.kills.verdict import Confidence, Verdict
from bot.domain.routing.route import Route, Routes
from bot.domain.subject.group_key import GroupKey, OwnerKind
from bot.reconcile.bench import Bench
from bot.reconcile.metrics import Metrics
from bot.reconcile.notices import Notices
from bot.reconcile.pace import Pace
from bot.reconcile.routing import Manner
from bot.reconcile.showing import Shower
from bot.reconcile.storms import Storms
from bot.reconcile.thread import Thread
from bot.reconcile.view import Views
from bot.slack.names import Names
from bot.slack.posting import Poster
from bot.store import deliveries
from bot.store.database import Database
from bot.store.deliveries import Delivery, Recorded
from bot.store.ledger import Rules
from sandbox.clock import ManualClock
from sandbox.slack.slack import Slack

START = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
KEY = GroupKey("123456789012", "eu-west-1", "prod", OwnerKind.SERVICE, "checkout-api", "app")
TASKS = "arn:aws:ecs:eu-west-1:123456789012:task/prod/"


@dataclass(frozen=True)
class HandClock:
    """The bot's clocks, both those of the sandbox, which only the test and the bot's own sleep move on."""

    sandbox: ManualClock

    def __call__(self) -> datetime:
        """Aware UTC."""
        return self.sandbox.now()

    async def sleep(self, seconds: float) -> None:
        """Be there at once."""
        await self.sandbox.advance(seconds)


@dataclass
class Scene:
    """What a test of the reconcilers needs. `routes` may be replaced before the first pass."""

    db: Database
    slack: Slack
    bench: Bench
    clock: HandClock
    routes: Routes
    manner: Manner
    told: int = field(default=0)

    @property
    def channel(self) -> str:
        """The id of #oom-alerts."""
        return self.slack.workspace.channel_named("oom-alerts").id

    def notices(self, worker: str = "worker-1") -> Notices:
        """The reconciler as a process of its own would run it."""
        bench = replace(self.bench, worker=worker)
        views = Views(
            self.db,
            self.routes,
            account_name=lambda _: "prod-eu",
            operator_channel=self.routes.default.channel,
            manner=self.manner,
        )
        return Notices(bench, views, Shower(bench), Thread(bench), Storms(bench, views, StormRule()))

    async def passes(self, worker: str = "worker-1", after: float = 0) -> None:
        """Let `after` seconds go by, then run passes until nothing is due."""
        await self.clock.sleep(after)
        notices = self.notices(worker)
        while found := await one_pass(notices):
            if found is not True:
                await self.clock.sleep(found)

    async def live(self, seconds: float) -> None:
        """Let one process run for so long, and no longer though something may wait."""
        end, notices = self.clock() + timedelta(seconds=seconds), self.notices()
        while (rest := (end - self.clock()).total_seconds()) > 0:
            found = await one_pass(notices)
            if found is not True:
                await self.clock.sleep(min(rest, found or 2.0))

    async def kill(self, task: str, **changes: Any) -> Recorded:
        """Record one kill of checkout-api, as a delivery would."""
        death = replace(_death(task, self.clock()), **changes)
        self.told += 1
        return await deliveries.record(
            self.db,
            Delivery("topic", f"message-{self.told}", self.clock()),
            Assessment(verdict=death.verdict, why=death.reason, deaths=(death,)),
            self.clock(),
            Rules(counts=self.routes.counts, reopen_within=timedelta(days=7)),
        )

    def messages(self, channel: str = "oom-alerts") -> list[Any]:
        """All messages of the channel and its threads that nobody deleted, oldest first."""
        messages = self.slack.workspace.channel_named(channel).messages.values()
        return [one for one in messages if not one.deleted]

    def roots(self, channel: str = "oom-alerts") -> list[Any]:
        """Messages in the channel itself, oldest first."""
        return [one for one in self.messages(channel) if one.thread_ts in (None, one.ts)]

    def replies(self, channel: str = "oom-alerts") -> list[str]:
        """Texts in threads, oldest first."""
        return [one.text for one in self.messages(channel) if one.thread_ts not in (None, one.ts)]

    def calls(self, method: str) -> int:
        """How often the bot called a method of Slack."""
        return sum(entry.kind == method for entry in self.slack.wire.entries())


async def one_pass(notices: Notices) -> bool | float:
    """One pass, and all that it began."""
    found = await notices.one_pass()
    await notices.ended()
    return found


async def kill(stage: Scene, service: str, task: int, cluster: str = "prod", **changes: Any) -> int:
    """Record a kill of another service than checkout-api; its incident."""
    key = replace(KEY, name=service, cluster=cluster)
    arn = f"arn:aws:ecs:eu-west-1:123456789012:task/{cluster}/{service}-{task}"
    return (await stage.kill("", group_key=key, task_arn=arn, **changes)).incident_ids[0]


def _death(task: str, now: datetime) -> Death:
    return Death(
        group_key=KEY,
        task_arn=TASKS + task,
        container="app",
        verdict=Verdict.OOM,
        confidence=Confidence.CERTAIN,
        reason="ECS reported OutOfMemoryError for container app (exit code 137)",
        died_at=now,
        started_at=now - timedelta(minutes=31),
        exit_code=137,
        task_version=6,
        limits=Limits(container_mib=768, task_mib=1024),
    )


@asynccontextmanager
async def scene(db: Database, slack: Slack, sandbox_clock: ManualClock) -> AsyncIterator[Scene]:
    """A scene with #oom-alerts as the default channel."""
    clock = HandClock(sandbox_clock)
    async with aiohttp.ClientSession() as session:
        bench = Bench(
            db=db,
            poster=Poster(slack.credentials.bot_token, f"{slack.url}/slack/api/", session),
            pace=Pace(monotonic=sandbox_clock.time, sleep=clock.sleep),
            metrics=Metrics(CollectorRegistry()),
            worker="worker-1",
            clock=clock,
        )
        default = Route(channel=slack.workspace.channel_named("oom-alerts").id)
        names = Names(bench.poster.client, monotonic=sandbox_clock.time)
        yield Scene(db, slack, bench, clock, Routes(default), Manner(name_of=names.of))
