"""The sandbox: Slack, AWS and the page on one loopback port, as one object with a beginning and an end."""

import json
import os
from pathlib import Path
from typing import Self

from aiohttp import web

from sandbox import page_routes
from sandbox.aws.arns import ACCOUNT, REGION
from sandbox.aws.endpoint import ACCESS_KEY_ID, SECRET_ACCESS_KEY
from sandbox.aws.scenarios import SCENARIOS, TROUBLE, Scenario, kill
from sandbox.aws.sns import TOPIC_ARN
from sandbox.aws.stage import Stage
from sandbox.aws.sts import RESIZE_ROLE
from sandbox.aws.world import World
from sandbox.clock import Clock, SystemClock
from sandbox.hang_ups import hung_up
from sandbox.slack.faults import Faults
from sandbox.slack.manifest import Manifest
from sandbox.slack.slack import Slack
from sandbox.wire import WireLog

MANIFEST = Path(__file__).parent.parent / "deploy" / "slack" / "manifest.yaml"
OUTAGE_S = 45.0
_LARGEST_UPLOAD = 64 * 1024 * 1024

# Who may change memory in this world: whoever is on call, with a second person beyond twice the memory.
HOUSE_RULES = {
    "grants": [{"role": "approver", "who": ["S0PAYMENTS"]}, {"role": "viewer", "who": ["*"]}],
    "approvals": [{"above_factor": 2}],
    "watch_hours": 0.05,
}

# Whose services these are; the others' owner is the platform team.
OF_PAYMENTS = ("checkout-*", "ledger-*", "nightly-report")


class Sandbox:
    """`async with Sandbox() as sandbox:` serves until the block ends; tests pass a ManualClock."""

    def __init__(
        self, port: int = 0, clock: Clock | None = None, manifest: Path = MANIFEST, speed: float = 1.0
    ) -> None:
        """Port 0 takes any free one; ValueError for a speed outside 0.1 … 3600."""
        self._port = port
        self.clock = clock or SystemClock()
        self.wire = WireLog(self.clock)
        self.faults = Faults()
        self.slack = Slack(self.clock, self.wire, Manifest.load(manifest), self.faults)
        self.world = World(self.clock, self.wire, speed)
        self.stage = Stage(self.world, [*SCENARIOS, self._slack_down()])
        self.url = ""
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        """Bind to 127.0.0.1 and begin to live; OSError when the port is taken."""
        app = web.Application(client_max_size=_LARGEST_UPLOAD, middlewares=[hung_up])
        app.add_routes([*page_routes.routes(), *self.slack.routes(), *self.world.routes()])
        self._runner = web.AppRunner(app, shutdown_timeout=1, access_log=None)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        except OSError:
            await self._runner.cleanup()
            raise
        self.url = self.world.url = self.slack.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self.slack.world_snapshot = self.stage.snapshot
        self.slack.world_verb = self.stage.verb
        self.world.aged = self.slack.stream.changed
        await self.slack.start()
        await self.world.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop all that lives, then the server."""
        await self.world.close()
        await self.slack.close()
        if self._runner:
            await self._runner.cleanup()

    def environment(self, bot_port: int, database_url: str, *, socket_mode: bool = False) -> dict[str, str]:
        """The settings that make a bot on `bot_port` live here; also tells Slack where to find it.

        In Socket Mode it finds the bot nowhere: the bot must call.
        """
        credentials = self.slack.credentials
        alerts = self.slack.workspace.channel_named("oom-alerts").id
        self.slack.request_url = None if socket_mode else f"http://127.0.0.1:{bot_port}/slack/events"
        socket = {"SLACK_APP_TOKEN": credentials.app_token}
        http = {"SLACK_SIGNING_SECRET": credentials.signing_secret}
        return (
            (socket if socket_mode else http)
            | self._aws()
            | {
                "OOM_CONFIG": os.devnull,  # a file in the working directory is of a real installation
                "PORT": str(bot_port),
                "SLACK_API_URL": f"{self.url}/slack/api/",
                "SLACK_BOT_TOKEN": credentials.bot_token,
                "SLACK_CHANNEL": alerts,
                "SNS_TOPIC_ARNS": TOPIC_ARN,
                "SNS_EMULATOR_ORIGIN": self.url,
                "ACCOUNT_NAMES": json.dumps({ACCOUNT: "prod-eu"}),
                "OWNER": "S0PLATFORM",
                "ROUTES": json.dumps(
                    [{"name": name, "channel": alerts, "owner": "S0PAYMENTS"} for name in OF_PAYMENTS]
                ),
                "POLICY": json.dumps(HOUSE_RULES),
                "DATABASE_URL": database_url,
            }
        )

    def _aws(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": f"{self.url}/aws",
            "AWS_REGION": REGION,
            "AWS_RESIZE_ROLE_ARN_PATTERN": RESIZE_ROLE.replace(ACCOUNT, "{account}"),
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
            "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def subscribe(self, endpoint: str) -> None:
        """Subscribe an endpoint to the topic, with dead letters kept; SNS asks it to confirm."""
        grave = self.world.sqs.create("oom-guard-undelivered")
        redrive = json.dumps({"deadLetterTargetArn": grave.arn})
        self.world.sns.subscribe(TOPIC_ARN, endpoint, {"RedrivePolicy": redrive})

    def subscribe_queue(self) -> str:
        """Subscribe a new queue with dead letters to the topic, in place of an endpoint; the queue's URL."""
        grave = self.world.sqs.create("oom-guard-dead")
        redrive = {"deadLetterTargetArn": grave.arn, "maxReceiveCount": "20"}
        queue = self.world.sqs.create("oom-guard", {"RedrivePolicy": json.dumps(redrive)})
        self.world.sns.subscribe(TOPIC_ARN, queue.arn)
        return queue.url

    def _slack_down(self) -> Scenario:
        watch = f"Slack answers 503 for {OUTAGE_S:.0f} s; the alert comes when it is back, once."
        return Scenario("slack-down", TROUBLE, "Slack is down", "🔌", watch, self._kill_without_slack)

    def _kill_without_slack(self, world: World) -> str | None:
        self.faults.down = True
        world.sns.chores.begin(self._bring_slack_back())
        return kill(world)

    async def _bring_slack_back(self) -> None:
        await self.clock.sleep(OUTAGE_S)
        self.faults.down = False
