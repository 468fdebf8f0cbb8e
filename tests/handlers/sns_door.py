"""An SNS door on a real port, with a real verifier and a real store behind it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client import CollectorRegistry

from bot.aws.message import read_message
from bot.aws.sns.verifier import Verifier
from bot.domain.kills.death import Assessment
from bot.language.reading import Reading, ReadMessage
from bot.language.tongues import Tongues
from bot.store import migrate
from bot.store.database import Database
from bot.store.ledger import Rules
from bot.store.letterbox import LetterBox
from handlers.delivery_metrics import DeliveryMetrics
from handlers.sns import SnsDoor, SnsDoorSettings
from tests.aws.sns.sender import (
    NOW,
    TOPIC,
    CertificateHost,
    pack,
)

CREDENTIALS = "sns:correct horse"
KILLED = {
    "version": "0",
    "id": "9bcdac79-b31f-4d3d-9410-fbd727c29fab",
    "detail-type": "ECS Task State Change",
    "source": "aws.ecs",
    "account": "123456789012",
    "time": "2026-11-01T12:00:07Z",
    "region": "eu-west-1",
    "resources": ["arn:aws:ecs:eu-west-1:123456789012:task/prod/0123456789abcdef0123456789abcdef"],
    "detail": {
        "clusterArn": "arn:aws:ecs:eu-west-1:123456789012:cluster/prod",
        "taskArn": "arn:aws:ecs:eu-west-1:123456789012:task/prod/0123456789abcdef0123456789abcdef",
        "taskDefinitionArn": "arn:aws:ecs:eu-west-1:123456789012:task-definition/checkout:7",
        "group": "service:checkout",
        "lastStatus": "STOPPED",
        "desiredStatus": "STOPPED",
        "startedAt": "2026-11-01T11:00:00Z",
        "stoppingAt": "2026-11-01T12:00:05Z",
        "stoppedAt": "2026-11-01T12:00:06Z",
        "stopCode": "EssentialContainerExited",
        "stoppedReason": "Essential container in task exited",
        "version": 5,
        "containers": [
            {
                "name": "app",
                "lastStatus": "STOPPED",
                "exitCode": 137,
                "reason": "OutOfMemoryError: Container killed due to memory usage",
            }
        ],
    },
}


@dataclass
class Door:
    """A door on a real port, with the store and the counters behind it."""

    client: TestClient[web.Request, web.Application]
    door: SnsDoor
    db: Database
    registry: CollectorRegistry
    host: CertificateHost = field(default_factory=CertificateHost)

    async def post(self, fields: dict[str, Any], **headers: str) -> ClientResponse:
        """Deliver the fields as SNS does."""
        body, own = pack(fields)
        return await self.client.post("/sns", data=body, headers=own | headers)

    def counted(self, result: str) -> float | None:
        """How many deliveries had this result."""
        return self.registry.get_sample_value("oomguard_deliveries_total", {"result": result})


def settings(read: ReadMessage, **changes: Any) -> SnsDoorSettings:
    """The door's settings, its clock standing at NOW."""
    return SnsDoorSettings(
        reading=Reading(read, Tongues()),
        rules=Rules(counts=lambda death: death.verdict.is_kill, reopen_within=timedelta(days=7)),
        clock=lambda: NOW,
        **changes,
    )


def understand(text: str, subject: str, now: datetime) -> Assessment:
    """The real reader."""
    return read_message(text, subject, now=now)


@asynccontextmanager
async def open_door(
    folder: Path, *, migrated: bool = True, read: ReadMessage = understand, **changes: Any
) -> AsyncIterator[Door]:
    """A door in front of a new SQLite store in the folder."""
    url = f"sqlite:///{folder}/oom.db"
    if migrated:
        migrate.upgrade(url)
    db, registry, host = Database.open(url), CollectorRegistry(), CertificateHost()
    try:
        verifier = Verifier([TOPIC], fetch=host, max_body_bytes=100_000)
        door = SnsDoor(verifier, db, LetterBox(db), settings(read, **changes), DeliveryMetrics(registry))
        app = web.Application(client_max_size=120_000)
        app.router.add_post("/sns", door.handle)
        async with TestClient(TestServer(app, host="127.0.0.1")) as client:
            yield Door(client, door, db, registry, host)
    finally:
        await db.close()
