"""Drills: a synthetic kill sent through the whole path, from EventBridge to the channel, and how long each leg took."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from bot.domain.aws.event import Event
from bot.domain.aws.field import text
from bot.domain.telling.language import mark

SOURCE = "oomguard.test"  # AWS itself never uses it, and the rules of deploy/ pass it
DETAIL_TYPE = "ECS Task State Change"
TOKEN_FIELD = "oomGuardTest"  # noqa: S105 - a field's name; what is in it opens nothing but one message
TOKEN = re.compile(r"[0-9a-f]{32}")
GIVEN_UP_AFTER = timedelta(seconds=60)
FOLDED_AFTER = timedelta(minutes=2)
ONE_IN = timedelta(minutes=1)
MOST_ATTEMPTS = 5
NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True)
class Passage:
    """A synthetic event that came in: which drill it says to be, and the moment that EventBridge stamped on it."""

    token: str
    stamped_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """One drill as far as it has come; a moment is None where that leg was not seen. `token` names it in its event.

    `sent_at` and `posting_at` are intents, saved before; `error` is why it cannot go on, as AWS or Slack said it.
    """

    id: int
    token: str = field(repr=False)
    user: str
    channel: str
    started_at: datetime
    sent_at: datetime | None = None
    accepted_at: datetime | None = None
    stamped_at: datetime | None = None  # whole seconds
    published_at: datetime | None = None
    received_at: datetime | None = None
    stored_at: datetime | None = None
    posting_at: datetime | None = None
    posted_at: datetime | None = None
    told_at: datetime | None = None
    error: str = ""
    attempts: int = 0


class Step(Enum):
    """What is to be done with a drill."""

    SEND = "put the event on the bus"
    SHOW = "show it in the channel"
    TELL = "tell who asked"
    FOLD = "fold the message in the channel"
    WAIT = "nothing yet"
    FORGET = "it is over"


class Stop(Enum):
    """The first leg that was not seen; the value says what to look at."""

    BUS = mark("EventBridge did not take the event.")
    WAY = mark("EventBridge took the event, and it did not come to my door.")
    CHANNEL = mark("The event came to my door, and Slack did not take the message.")


def next_step(drill: Drill, now: datetime) -> tuple[Step, datetime]:
    """What to do, and when: later than `now` for what has to wait."""
    if drill.told_at is None:
        return _next_leg(drill, now)
    if drill.posted_at is None or drill.attempts >= MOST_ATTEMPTS:
        return Step.FORGET, now
    folded_at = drill.told_at + FOLDED_AFTER
    return (Step.FOLD, now) if now >= folded_at else (Step.WAIT, folded_at)


def _next_leg(drill: Drill, now: datetime) -> tuple[Step, datetime]:
    given_up_at = drill.started_at + GIVEN_UP_AFTER
    if drill.error or drill.posted_at is not None:
        return Step.TELL, now
    if drill.sent_at is None and now < given_up_at:
        return Step.SEND, now
    if drill.received_at is not None:
        return Step.SHOW, now
    return (Step.TELL, now) if now >= given_up_at else (Step.WAIT, given_up_at)


def stopped_at(drill: Drill) -> Stop | None:
    """Where it ended; None where it came through."""
    if drill.posted_at is not None:
        return None
    if drill.received_at is not None:
        return Stop.CHANNEL
    return Stop.BUS if drill.accepted_at is None else Stop.WAY


def legs(drill: Drill) -> list[tuple[str, timedelta | None]]:
    """Each leg's name and how long after the start it was done; None where it was not seen.

    AWS's moments are of AWS's clocks: one that is behind ours shows no time at all, not a negative one.
    """
    moments = [
        (mark("EventBridge took the event"), drill.accepted_at),
        (mark("SNS or SQS sent it on"), drill.published_at),
        (mark("It came to my door"), drill.received_at),
        (mark("It was stored"), drill.stored_at),
        (mark("Slack showed it"), drill.posted_at),
    ]
    return [(name, None if at is None else max(NO_TIME, at - drill.started_at)) for name, at in moments]


def passage_of(event: Event) -> Passage | None:
    """What a synthetic event is; None for any other. One without a token of ours' form belongs to no drill."""
    if event.source != SOURCE:
        return None
    token = text(event.detail, TOKEN_FIELD)
    return Passage(token if TOKEN.fullmatch(token) else "", event.at)


def synthetic_detail(token: str, account: str, region: str) -> Mapping[str, object]:
    """A task that ran out of memory, as ECS would tell it; its names say that there is none."""
    ecs = f"arn:aws:ecs:{region}:{account}"
    reason = "OutOfMemoryError: Container killed due to memory usage"
    return {
        TOKEN_FIELD: token,
        "clusterArn": f"{ecs}:cluster/oom-guard-test",
        "taskArn": f"{ecs}:task/oom-guard-test/{token}",
        "taskDefinitionArn": f"{ecs}:task-definition/oom-guard-test:1",
        "group": "service:oom-guard-test",
        "lastStatus": "STOPPED",
        "desiredStatus": "STOPPED",
        "stopCode": "EssentialContainerExited",
        "stoppedReason": "Essential container in task exited",
        "containers": [{"name": "app", "lastStatus": "STOPPED", "exitCode": 137, "reason": reason}],
    }
