"""Writing events: the only place that puts an event on a bus, and only synthetic ones; for bot.reconcile alone."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from bot.aws.calls import Actor, Calls, Rejected
from bot.domain.kills.drill import DETAIL_TYPE, SOURCE, synthetic_detail

DEFAULT_BUS = "default"


@dataclass(frozen=True, slots=True)
class Bus:
    """Where synthetic events are put: an event bus of an account and region; "" for our own account."""

    account: str
    region: str
    name: str = DEFAULT_BUS


async def put_synthetic(calls: Calls, bus: Bus, token: str, person: str) -> None:
    """Put the synthetic event of this drill on the bus, on behalf of a person. Raises an AwsTrouble."""
    detail: Mapping[str, object] = synthetic_detail(token, bus.account, bus.region)
    entry = {
        "Source": SOURCE,
        "DetailType": DETAIL_TYPE,
        "Detail": json.dumps(detail),
        "EventBusName": bus.name,
    }
    answer = await calls.change(
        "events", bus.region, "put_events", account=bus.account, actor=Actor(person), Entries=[entry]
    )
    for one in answer.get("Entries", ()):
        if code := str(one.get("ErrorCode") or ""):
            raise Rejected(code, str(one.get("ErrorMessage", ""))[:300])
