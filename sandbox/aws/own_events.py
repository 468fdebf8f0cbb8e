"""Own events: what somebody else than AWS puts on the event bus, as a test of one's own rule does."""

import json
from collections.abc import Callable
from typing import Any

from sandbox.aws.arns import last_part
from sandbox.aws.ecs_events import Event, event
from sandbox.aws.errors import AwsError
from sandbox.clock import Clock

Parameters = dict[str, Any]
_MOST_AT_ONCE = 10
_LARGEST_BYTES = 262_144


class OwnEvents:
    """PutEvents: each good entry reaches the topic, each bad one is told of."""

    def __init__(self, clock: Clock, emit: Callable[[Event], None]) -> None:
        self._clock = clock
        self._emit = emit

    def put(self, asked: Parameters) -> Parameters:
        """The answer to PutEvents; ValidationException for more than ten entries."""
        if not 0 < len(asked["Entries"]) <= _MOST_AT_ONCE:
            raise AwsError("ValidationException", "Between 1 and 10 entries can be put at once.")
        results = [self._one(entry) for entry in asked["Entries"]]
        return {"Entries": results, "FailedEntryCount": sum("ErrorCode" in one for one in results)}

    def _one(self, entry: Parameters) -> Parameters:
        if refusal := _refusal(entry):
            return {"ErrorCode": refusal[0], "ErrorMessage": refusal[1]}
        now = entry.get("Time", self._clock.now())
        told = event(entry["DetailType"], "", json.loads(entry["Detail"]), now, source=entry["Source"])
        told["resources"] = entry.get("Resources", [])
        self._emit(told)
        return {"EventId": told["id"]}


def _refusal(entry: Parameters) -> tuple[str, str] | None:
    """Code and sentence for an entry that EventBridge does not take."""
    missing = [name for name in ("Source", "DetailType", "Detail") if not entry.get(name)]
    if missing:
        return (
            "InvalidArgument",
            f"Parameter {missing[0]} is not valid. Reason: {missing[0]} is a required argument.",
        )
    if entry["Source"].startswith("aws."):
        return "NotAuthorizedForSourceException", "Not authorized for the source."
    if last_part(entry.get("EventBusName", "default")) != "default":
        return "InvalidArgument", f"Event bus {entry['EventBusName']} does not exist."
    if len(entry["Detail"].encode()) > _LARGEST_BYTES:
        return "InvalidArgument", "Total size of the entries in the request is over the limit."
    try:
        detail = json.loads(entry["Detail"])
    except ValueError:
        detail = None
    return None if isinstance(detail, dict) else ("MalformedDetail", "Detail is malformed.")
