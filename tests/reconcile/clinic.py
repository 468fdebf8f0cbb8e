"""A clinic: the doctor of a scene and its cloud, and the lines that it finds."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.aws.calls import Calls
from bot.domain.aws.queue import Queue
from bot.domain.aws.topic import parse_topic_arn
from bot.domain.checkup.checkup import Area, Check, Checkup
from bot.domain.policy.policy import Grant, Policy, Role
from bot.reconcile.doctor import Doctor
from bot.reconcile.doctor_orders import DoctorOrders
from bot.reconcile.wards import Ward, Wards
from bot.slack.checkup import SlackProbe
from bot.store.checkup import StoreFacts
from sandbox.aws.arns import REGION
from sandbox.aws.sns import TOPIC_ARN
from tests.reconcile.cloud import Cloud

DOOR = "http://127.0.0.1:9/sns"


def orders(aws: Cloud, **changes: Any) -> DoctorOrders:
    """One topic, one channel, our own account, people who may change memory."""
    usual = DoctorOrders(
        channels=((aws.stage.channel, "default"),),
        has_signing_secret=True,
        app_token="",
        topics=(parse_topic_arn(TOPIC_ARN),),
        queues=(),
        bus="default",
        home_region=REGION,
        has_role=lambda _: False,
        places=(),
        clusters=(),
        account_name=lambda account: {"210987654321": "staging"}.get(account, account),
        policy=Policy(grants=(Grant(role=Role.OPERATOR, who=("*",)),)),
        database_url="sqlite:///" + str(Path(__file__).parent / "oom.db"),
        faults=tuple,
    )
    return replace(usual, **changes)


def doctor(aws: Cloud, *, limit_s: float = 20, calls: Any = None, **changes: Any) -> Doctor:
    """On the scene's clock."""
    stage, told = aws.stage, orders(aws, **changes)
    probe = SlackProbe(stage.bench.poster.client, told.app_token)
    wards = Wards(probe, calls or aws.calls, told, stage.clock)
    return Doctor(stage.db.read, wards, told, clock=stage.clock, limit_s=limit_s)


class Narrow(Wards):
    """Looks at one area alone: reading AWS's models takes longer than all else."""

    area: Area

    def all(self, facts: StoreFacts | None) -> list[Ward]:
        return [one for one in super().all(facts) if one.area is self.area]


async def looked(aws: Cloud, area: Area, *, calls: Calls | None = None, **changes: Any) -> Checkup:
    """What the doctor finds in one area, beside what it knows of the store."""
    patient = doctor(aws, **changes)
    narrow = Narrow(
        SlackProbe(aws.stage.bench.poster.client, ""),
        calls or aws.calls,
        orders(aws, **changes),
        aws.stage.clock,
    )
    narrow.area = area
    patient._wards = narrow
    return await patient.examine()


def line(found: Checkup, what: str) -> Check:
    """The one line whose name begins so."""
    [one] = [one for one in found.checks if one.what.startswith(what)]
    return one


def queue(aws: Cloud, name: str, **attributes: str) -> Queue:
    """A queue of the sandbox that is polled."""
    made = aws.world.sqs.create(name, attributes)
    return Queue(made.url, "", "123456789012", name)
