"""The plan of a bad day: which kills ECS reports, in which deliveries, and what must be true in the end."""

import json
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sandbox.aws.arns import ACCOUNT, REGION
from sandbox.aws.ecs_events import event

STAGES = (("DEACTIVATING", 5), ("DEPROVISIONING", 7), ("STOPPED", 8))


@dataclass(frozen=True)
class Report:
    """One message of SNS: one stage of one task's stop. Sent once or more, in any order."""

    message_id: str
    body: str


@dataclass
class Plan:
    """Kills by service; every service has a cluster of its own, so that no storm folds them together."""

    kills: dict[str, int] = field(default_factory=dict)
    reports: list[Report] = field(default_factory=list)

    @property
    def total(self) -> int:
        """All kills of the day."""
        return sum(self.kills.values())


def make_plan(services: int, kills: int, dice: random.Random) -> Plan:
    """Spread the kills over the services, tell each in one to three stages, and shuffle; some are sent twice."""
    plan = Plan()
    began = datetime.now(UTC) - timedelta(minutes=1)
    for number in range(kills):
        service = f"service-{number % services:03d}"
        plan.kills[service] = plan.kills.get(service, 0) + 1
        for status, version in dice.sample(STAGES, dice.randint(1, 3)):
            report = Report(
                str(UUID(int=dice.getrandbits(128), version=4)),
                _told(service, number, status, version, began),
            )
            plan.reports += [report] * dice.choice((1, 1, 1, 2))
    dice.shuffle(plan.reports)
    return plan


def _told(service: str, number: int, status: str, version: int, began: datetime) -> str:
    task = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/{service}/{number:032x}"
    now = began + timedelta(milliseconds=number)
    detail = {
        "clusterArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/{service}",
        "containers": [
            {
                "name": "app",
                "lastStatus": "STOPPED",
                "exitCode": 137,
                "reason": "OutOfMemoryError: Container killed due to memory usage",
                "taskArn": task,
            }
        ],
        "group": f"service:{service}",
        "lastStatus": status,
        "desiredStatus": "STOPPED",
        "launchType": "FARGATE",
        "memory": "1024",
        "startedAt": (now - timedelta(minutes=30)).isoformat(),
        "stopCode": "EssentialContainerExited",
        "stoppedReason": "Essential container in task exited",
        "stoppingAt": now.isoformat(),
        "taskArn": task,
        "taskDefinitionArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/{service}:7",
        "version": version,
    }
    return json.dumps(event("ECS Task State Change", task, detail, now))
