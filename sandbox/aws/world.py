"""The world: everything of AWS that the sandbox plays, wired together and kept alive."""

import json
from collections import deque
from collections.abc import Callable
from typing import Any

from aiohttp import web

from sandbox.aws import elsewhere
from sandbox.aws.arns import ACCOUNT
from sandbox.aws.batch import Batch
from sandbox.aws.chores import Chores
from sandbox.aws.courier import Courier
from sandbox.aws.ecs import Ecs
from sandbox.aws.ecs_deployments_api import EcsDeploymentsApi
from sandbox.aws.ecs_events import Event
from sandbox.aws.ecs_services_api import EcsServicesApi
from sandbox.aws.ecs_tasks_api import EcsTasksApi
from sandbox.aws.endpoint import AwsFaults, Endpoint, Table
from sandbox.aws.errors import AwsError
from sandbox.aws.event_rules import EventRules
from sandbox.aws.iam import Iam
from sandbox.aws.instances import Instances
from sandbox.aws.job_definitions import JobDefinitions
from sandbox.aws.logs import Logs
from sandbox.aws.logs_api import LogsApi
from sandbox.aws.metrics import Metrics
from sandbox.aws.own_events import OwnEvents
from sandbox.aws.ownership import Autoscaling, Stacks
from sandbox.aws.pricing import Pricing
from sandbox.aws.rollouts import Rollouts
from sandbox.aws.schedules import Launch, Rules, Scheduler
from sandbox.aws.sns import STRAIGHT, TOPIC_ARN, Sns, Twist
from sandbox.aws.sns_api import SnsApi
from sandbox.aws.sqs import Sqs
from sandbox.aws.sqs_api import SqsApi
from sandbox.aws.sts import Caller, Sts
from sandbox.aws.workloads import CLUSTER, open_for_business
from sandbox.clock import Clock, Pace
from sandbox.wire import WireLog

STEP_S = 5.0


class World:
    """SNS, ECS and their neighbours in one account and region.

    `twists` are how the next events go wrong, `worded` the tasks whose end is told in a sentence; `event_queues` are
    ARNs of queues that EventBridge has as targets of their own.
    """

    def __init__(self, clock: Clock, wire: WireLog, speed: float = 1.0) -> None:
        """Set `url` to the sandbox's own address before start(); `aged` is called when life has gone on."""
        self.clock = clock
        self.aged: Callable[[], None] = lambda: None
        self.pace = Pace(clock, speed)
        self.url = ""
        self.faults = AwsFaults()
        self._courier = Courier(clock, wire)
        self.sqs = Sqs(clock, lambda: self.url)
        self.event_queues: list[str] = []
        self.sns = Sns(clock, self._courier, lambda: self.url, self.sqs)
        self.logs = Logs(clock)
        self.job_definitions = JobDefinitions(Batch(self.logs, self.pace, self.emit))
        self.twists: deque[Twist] = deque()
        self.worded: set[str] = set()
        self.ecs = Ecs(clock, self.pace, self.logs, self.emit)
        self.instances = Instances(self.ecs)
        self.rollouts = Rollouts(self.ecs, self.instances)
        self.rules = Rules()
        self.event_rules = EventRules.stack(self.rules, TOPIC_ARN)
        self.scheduler = Scheduler(clock)
        self.autoscaling = Autoscaling(clock)
        self.stacks = Stacks(clock)
        self._life = Chores()
        self.sts = Sts(clock)
        self._at_home = self._table()
        self._elsewhere = {"ecs": elsewhere.operations(), "iam": self._at_home["iam"]}
        self._endpoint = Endpoint(self._found_by, self.sts, self.faults, wire)
        open_for_business(self.ecs)
        self._neighbours()

    @property
    def batch(self) -> Batch:
        """The jobs of the job definitions."""
        return self.job_definitions.batch

    def _found_by(self, caller: Caller) -> Table:
        """What a caller finds: all that lives here, or another account in which nothing does."""
        found = self._at_home if caller.account == ACCOUNT else self._elsewhere
        queues = SqsApi(self.sqs, self.clock, caller.account)
        return {**found, "sts": self.sts.operations(caller), "sqs": queues.operations()}

    def _table(self) -> dict[str, Any]:
        return {
            "sns": SnsApi(self.sns).operations(),
            "ecs": {
                **EcsTasksApi(self.ecs, self.instances.room_for).operations(),
                **self.instances.operations(),
                **EcsServicesApi(self.ecs, self.rollouts).operations(),
                **EcsDeploymentsApi(self.ecs, self.rollouts).operations(),
            },
            "logs": LogsApi(self.logs, self.ecs).operations(),
            "cloudwatch": Metrics(self.ecs).operations(),
            "ecr": self.ecs.registry.operations(),
            "events": {**self.event_rules.operations(), "PutEvents": OwnEvents(self.clock, self.put).put},
            "scheduler": self.scheduler.operations(),
            "application-autoscaling": self.autoscaling.operations(),
            "cloudformation": self.stacks.operations(),
            "batch": {**self.batch.operations(), **self.job_definitions.operations()},
            "pricing": Pricing().operations(),
            "iam": Iam(self.faults.is_denied).operations(),
        }

    def _neighbours(self) -> None:
        """Who else has a hand in the workloads: schedules, an autoscaling policy, a stack."""
        self.rules.add("nightly-report", CLUSTER, "nightly-report")
        self.scheduler.add("nightly-report-eu", CLUSTER, "nightly-report:1")
        self.autoscaling.track(CLUSTER, "checkout-api", 70.0)
        self.stacks.owners[self.ecs.services[CLUSTER, "search"].arn] = "search-prod"

    def routes(self) -> list[web.RouteDef]:
        """The AWS APIs below /aws/, and the certificate at the root as AWS has it."""
        return [
            web.get(self.sns.signer.path, self._certificate),
            web.route("*", "/aws", self._endpoint.handle),
            web.route("*", "/aws/{path:.*}", self._endpoint.handle),
        ]

    async def start(self) -> None:
        """Begin to live."""
        await self._courier.start()
        self._life.begin(self._live())

    async def close(self) -> None:
        """Stop everything that goes on."""
        for chores in (self._life, self.ecs.chores, self.batch.chores, self.sns.chores):
            await chores.close()
        await self._courier.close()

    def put(self, event: Event) -> None:
        """What somebody put on the bus: it goes where a rule takes it, and nowhere else."""
        if self.event_rules.pass_on(event, TOPIC_ARN):
            self.emit(event)

    def emit(self, event: Event) -> None:
        """EventBridge's rule: every ECS and Batch event goes to the topic, as JSON.

        Of the resources in `worded` there is a rule with an InputTransformer instead: it waits for the
        end by OOM, and says one sentence with the quotes that EventBridge leaves round it.
        """
        resource, detail = next(iter(event["resources"]), ""), event["detail"]
        for queue in filter(None, map(self.sqs.at, self.event_queues)):
            self.sqs.send(queue, json.dumps(event))
        if resource not in self.worded:
            twist = self.twists.popleft() if self.twists else STRAIGHT
            self.sns.publish(TOPIC_ARN, json.dumps(event), twist=twist)
        elif detail.get("lastStatus") == "STOPPED":
            self.sns.publish(TOPIC_ARN, f"\"Task '{resource}' was stopped due to OutOfMemory.\"")

    def age(self, seconds: float) -> None:
        """Let `seconds` of life pass at once: memory grows, the dead are replaced."""
        self.ecs.advance(seconds)
        self.instances.squeeze()
        self.rollouts.step(seconds)

    def launch(self, launch: Launch) -> None:
        """Run a schedule's task; of a definition that is gone there is none, and EventBridge tells nobody."""
        try:
            definition = self.ecs.definitions.active(launch.definition)
        except AwsError:
            return
        self.ecs.start(launch.cluster, definition, f"family:{definition['family']}", launch.started_by)

    async def _live(self) -> None:
        while True:
            step, since = max(STEP_S, self.pace.speed / 2), self.clock.now()
            await self.pace.live(step)
            for launch in (
                *self.rules.due(since, self.clock.now()),
                *self.scheduler.due(since, self.clock.now()),
            ):
                self.launch(launch)
            self.age(step)
            self.aged()

    async def _certificate(self, request: web.Request) -> web.Response:  # noqa: ARG002 aiohttp's signature
        return web.Response(body=self.sns.signer.pem, content_type="application/x-x509-ca-cert")
