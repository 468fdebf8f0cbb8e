"""Letters that tell of kills, and how they are read."""

import json
from datetime import datetime
from typing import Any

from bot.aws.message import read_message
from bot.domain.kills.death import Assessment
from bot.store.deliveries import Delivery
from bot.store.letterbox import Letter
from tests.handlers.sns_door import KILLED
from tests.store.telling import MINUTE, NOW, TOPIC


def letter(number: int, message: str = "", at: datetime = NOW) -> Letter:
    """A letter that tells of the kill of a task of its own."""
    task = f"arn:aws:ecs:eu-west-1:123456789012:task/prod/{number:032x}"
    event: dict[str, Any] = dict(KILLED)
    event |= {"detail": event["detail"] | {"taskArn": task}, "resources": [task]}
    return Letter(
        delivery=Delivery(TOPIC, f"message-{number}", at - MINUTE),
        subject="",
        message=message or json.dumps(event),
        arrived_at=at,
    )


def read(one: Letter) -> Assessment:
    """The real reader."""
    return read_message(one.message, one.subject, now=one.arrived_at)
