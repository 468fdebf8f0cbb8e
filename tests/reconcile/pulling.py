"""Pulling: a queue with its dead letters, the poller, the sweep and the heartbeat as a process would run them."""

import json
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from prometheus_client import CollectorRegistry
from sqlalchemy import Connection, select

from bot.aws import identity
from bot.aws.accounts import Place
from bot.aws.calls import Calls
from bot.aws.lookouts import Lookouts
from bot.aws.queue_reach import QueueReach
from bot.aws.queue_writing import REASON
from bot.domain.aws.queue import parse_queue_url
from bot.reconcile.bench import Bench
from bot.reconcile.heartbeat import Heartbeat
from bot.reconcile.pull_metrics import PullMetrics
from bot.reconcile.queues import Intake, Poller, Reach
from bot.reconcile.sweep import Beat, Sweep
from bot.store.ledger import Rules
from bot.store.schema import kills as table
from bot.store.schema import operator_alerts
from sandbox.aws.arns import REGION
from sandbox.aws.sns import TOPIC_ARN
from sandbox.aws.sqs import Queue
from tests.reconcile.cloud import Cloud

WEEK = timedelta(days=7)


class Mailroom:
    """One queue of the world and its dead letters."""

    def __init__(self, aws: Cloud, *, with_grave: bool = True) -> None:
        """Messages hide for 30 s; after five receives SQS itself puts them aside."""
        self._aws = aws
        self.grave = aws.world.sqs.create("dead")
        policy = json.dumps({"deadLetterTargetArn": self.grave.arn, "maxReceiveCount": "5"})
        self.queue = aws.world.sqs.create("oom-guard", {"RedrivePolicy": policy} if with_grave else {})
        self.registry = CollectorRegistry()
        self._metrics = PullMetrics(self.registry)

    def poller(self, bench: Bench | None = None) -> Poller:
        """A process's poller."""
        polls = Calls(Lookouts(), patience_s=30)
        reach = Reach(polls, self._aws.calls, QueueReach(REGION))
        routes = self._aws.stage.routes
        rules = Rules(counts=routes.counts, reopen_within=WEEK)
        intake = Intake(topics=frozenset({TOPIC_ARN}), rules=rules)
        metrics = self._metrics
        return Poller(bench or self._aws.stage.bench, parse_queue_url(self.queue.url), reach, intake, metrics)

    def put(self, body: object) -> None:
        """A message, as text or as JSON."""
        self._aws.world.sqs.send(self.queue, body if isinstance(body, str) else json.dumps(body))

    def counted(self, result: str) -> float | None:
        """How many messages had this result."""
        return self.registry.get_sample_value("oomguard_queue_messages_total", {"result": result})

    def reasons(self) -> list[str]:
        """Why the dead letters are dead."""
        return [one.attributes[REASON]["StringValue"] for one in self.grave.messages.values()]


def bodies(queue: Queue) -> list[str]:
    """All that is in a queue, hidden or not."""
    return [one.body for one in queue.messages.values()]


def sweep(aws: Cloud, *, clusters: Sequence[str] = (), bench: Bench | None = None) -> Sweep:
    """A process's sweep of the one region, every five minutes."""
    routes = aws.stage.routes
    beat = Beat(
        places=[Place("", REGION)],
        has_role=lambda _: False,
        clusters=clusters,
        every=timedelta(minutes=5),
        counts=routes.counts,
        reopen_within=WEEK,
    )
    return Sweep(bench or aws.stage.bench, aws.calls, beat, PullMetrics(CollectorRegistry()))


async def take(poller: Poller) -> bool:
    """Passes until the poll that is under way has brought what there is; what the last one said."""
    said = await poller.one_pass()
    while poller._poll is not None:
        said = await poller.one_pass()
    return said


async def whole(one: Sweep | Heartbeat) -> None:
    """Passes until there is nothing to do."""
    while await one.one_pass():
        pass


def heartbeat(aws: Cloud, bench: Bench | None = None) -> Heartbeat:
    """A process's heartbeat; silence is a day."""
    aws.world.pace.speed = 0.1  # days go by, and nobody looks at the cluster
    return Heartbeat(
        bench or aws.stage.bench,
        partial(identity.own_account, aws.calls, REGION),
        silent_after=timedelta(hours=24),
        account_name=lambda account: {"123456789012": "prod-eu"}.get(account, account),
    )


def recovered(conn: Connection) -> list[bool]:
    """Of each kill, whether the sweep found it."""
    return list(conn.execute(select(table.c.recovered).order_by(table.c.id)).scalars())


def alerts(conn: Connection) -> list[tuple[str, str, int]]:
    """Summary, detail and count of each operator alert."""
    columns = operator_alerts.c
    rows = conn.execute(select(columns.summary, columns.detail, columns.occurrences).order_by(columns.id))
    return [(row.summary, row.detail, row.occurrences) for row in rows]
